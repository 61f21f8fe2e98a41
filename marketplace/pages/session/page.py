"""One session as its reader may see it: every part of the page, ready to be shown."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from marketplace.accounts.models import User
from marketplace.attendance import queries as attendance_queries
from marketplace.audit.queries import timeline_of
from marketplace.authentication.access import viewers_zone
from marketplace.bookings import queries, rules
from marketplace.bookings.holds.schemas import LONGEST_BRIEF, SHORTEST_BRIEF
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.money import spoken
from marketplace.pages import wording
from marketplace.pages.responses import private
from marketplace.pages.session.attendance import Attendance
from marketplace.pages.session.brief import BriefPart
from marketplace.pages.session.feedback import FeedbackPart
from marketplace.pages.session.files import FilesPart
from marketplace.pages.session.money import MoneyPart
from marketplace.pages.session.notes import NotesPart
from marketplace.pages.session.overruns import OverrunPart
from marketplace.pages.session.parts import Notice
from marketplace.pages.session.payment_return import ONE_SESSION, notices, overlaps
from marketplace.pages.session.reschedule import ReschedulePart
from marketplace.pages.session.summary import Summary, may_pay
from marketplace.pages.session.timeline import SessionEvent, timeline
from marketplace.pages.wording import COACH, MENTEE, Reader
from marketplace.payments.billing_parties.queries import name_of_payer


@dataclass(frozen=True)
class SessionPage:
    """What the templates under session/ show. `terms` are the rules that still apply, in sentences."""

    booking: Booking
    reader: Reader
    people: tuple[tuple[str, uuid.UUID | None], ...]
    heading: str
    list_url: str
    notices: tuple[Notice, ...]
    summary: Summary
    attendance: Attendance
    reschedule: ReschedulePart
    feedback: FeedbackPart | None
    overruns: OverrunPart | None
    brief: BriefPart
    files: FilesPart | None
    notes: NotesPart | None
    timeline: tuple[SessionEvent, ...]
    money: MoneyPart
    terms: tuple[str, ...]

    @classmethod
    def of(cls, person: User, booking: Booking, *, came_back: str | None, checked: bool) -> "SessionPage":
        """For one of the two, or an admin who looks on."""
        reader = Reader.of(person, booking, viewers_zone())
        refunds = queries.refunds_of(booking)
        other = wording.other(booking, reader)
        reschedule = ReschedulePart.of(person, booking, reader)
        payable, payer = may_pay(booking, reader), name_of_payer(booking.payment_id)
        is_ahead = booking.status in rules.CLAIMING
        address: dict[str, Any] = {"as": COACH if reader.side == COACH else MENTEE, "past": None if is_ahead else "yes"}
        return cls(
            booking=booking,
            reader=reader,
            people=_people(booking, reader),
            heading=_("%(title)s with %(name)s", title=booking.title, name=other),
            list_url=url_for("bookings.mine", **address),
            notices=notices(
                booking,
                ONE_SESSION,
                came_back=came_back,
                checked=checked,
                payable=payable,
                other=other,
                until=reader.when(booking.hold_expires_at),
                again_url=url_for("session.show", booking_id=booking.id, paid=1),
                overlapping=overlaps([booking], reader) if payable else (),
            ),
            summary=Summary.of(booking, reader, person, reschedule, payer),
            attendance=Attendance.of(booking, attendance_queries.find(booking.id), reader, payer=payer),
            reschedule=reschedule,
            feedback=FeedbackPart.of(person, booking, reader),
            overruns=OverrunPart.of(person, booking, reader),
            brief=BriefPart.of(booking, reader, person),
            files=FilesPart.of(booking, reader, person),
            notes=NotesPart.of(booking, reader, person),
            timeline=timeline(booking, timeline_of(booking.id), refunds, reader),
            money=MoneyPart.of(booking, refunds, reader, person),
            terms=_terms(booking, reader) if is_ahead else (),
        )


def _terms(booking: Booking, reader: Reader) -> tuple[str, ...]:
    """The rules that still apply; none once it is over."""
    if booking.ends_at <= reader.now:
        return ()
    left = booking.terms.sentences_left(
        starts_at=booking.starts_at,
        booked_at=booking.created_at,
        now=reader.now,
        moves=reschedule_queries.reschedules_by(booking.id, booking.mentee_id),
    )
    if booking.refund_at_most_cents is not None:
        most = spoken(booking.refund_at_most_cents, booking.currency)
        left.append(_("It was moved, so at most %(amount)s is refunded.", amount=most))
    return tuple(left)


def _people(booking: Booking, reader: Reader) -> tuple[tuple[str, uuid.UUID | None], ...]:
    """Whose faces are shown, with the keys of their pictures: of the other, or for an admin of both."""
    coach = (booking.coach.user.name, booking.coach.portrait_id)
    mentee = (booking.mentee.name, None)
    return {MENTEE: (coach,), COACH: (mentee,)}.get(reader.side, (coach, mentee))


def session_page(
    booking_id: uuid.UUID,
    *,
    came_back: str | None = None,
    checked: bool = True,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> Response:
    """The page; NotFound for strangers. `typed` stands in its form again, with what is wrong with it."""
    page = SessionPage.of(actor(), queries.one(actor(), booking_id), came_back=came_back, checked=checked)
    lengths = {"shortest_brief": SHORTEST_BRIEF, "longest_brief": LONGEST_BRIEF}
    return private("session/show.html", page=page, typed=typed or {}, errors=errors, **lengths)
