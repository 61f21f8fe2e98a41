"""The page of one session: everything that its reader may see and do."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template

from marketplace.accounts.models import User
from marketplace.attendance import queries as attendance
from marketplace.audit.queries import story_of
from marketplace.authentication.access import viewers_zone
from marketplace.bookings import queries, rules
from marketplace.bookings.coupon_use.service import may_use_coupon
from marketplace.bookings.meeting_links.service import meeting
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.http import actor
from marketplace.invoices import queries as invoices
from marketplace.invoices.rules import TITLES
from marketplace.notes import queries as notes
from marketplace.notes import rules as note_rules
from marketplace.pages import timeline, wording
from marketplace.pages.moving import Moving
from marketplace.pages.who_came import WhoCame
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader


@dataclass(frozen=True)
class Possible:
    """What the reader may do with a session now."""

    pay: bool
    coupon: bool
    give_back: bool
    cancel: bool
    answer: bool
    outcomes: tuple[str, ...]
    calendar: bool
    note: bool
    book_again: bool

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User) -> "Possible":
        as_mentee, as_coach = reader.side == MENTEE, reader.side == COACH
        confirmed = booking.status == rules.CONFIRMED
        times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "now": reader.now}
        ahead = rules.may_cancel_as_mentee(starts_at=booking.starts_at, now=reader.now)
        holds = as_mentee and wording.is_held(booking, reader.now) and booking.series_id is None
        return cls(
            pay=holds and not wording.is_settling(booking),
            coupon=holds and may_use_coupon(person, booking),
            give_back=holds,
            cancel=(as_coach and confirmed and not booking.frozen_at)
            or (as_mentee and ((confirmed and ahead) or wording.is_open_request(booking, reader.now))),
            answer=as_coach and wording.is_open_request(booking, reader.now),
            outcomes=tuple(
                o
                for o in rules.OUTCOMES
                if as_coach and confirmed and not booking.frozen_at and rules.may_complete(outcome=o, **times)
            ),
            calendar=confirmed and reader.side != ADMIN,
            note=note_rules.may_write(person.id, coach_user_id=booking.coach.user_id, booking_status=booking.status),
            book_again=as_mentee and booking.status not in rules.CLAIMING and booking.coach.status == "approved",
        )


def session_page(booking_id: uuid.UUID, **shown: Any) -> Response:
    """The page, as a browser may not keep it; NotFound for strangers."""
    person = actor()
    booking = queries.one(person, booking_id)
    reader = Reader.of(person, booking, viewers_zone())
    refunds = queries.refunds_of(booking)
    return private(
        "bookings/session.html",
        booking=booking,
        reader=reader,
        other=wording.other(booking, reader),
        said=wording.state(booking, reader),
        next_step=wording.next_step(booking, reader),
        may=Possible.of(booking, reader, person),
        policy=booking.terms if booking.status in rules.CLAIMING else None,
        moving=Moving.of(person, booking, reader),
        money=timeline.money(booking, refunds, reader),
        invoices=invoices.seen_of_payment(person, booking.payment_id),
        titles=TITLES,
        story=timeline.story(booking, story_of(booking.id), refunds, reader),
        notes=notes.of_booking(person, booking.id) if reader.side != ADMIN else [],
        meeting=meeting(booking) if booking.status == rules.CONFIRMED and reader.side != ADMIN else None,
        who_came=WhoCame.of(booking, attendance.find(booking.id), reader),
        longest_reason=LONGEST_REASON,
        longest_note=note_rules.LONGEST,
        **shown,
    )


def private(template: str, **shown: Any) -> Response:
    """A page that no cache may keep."""
    answer = make_response(render_template(template, **shown))
    answer.headers["Cache-Control"] = "no-store"
    return answer
