"""The summary of a session: its state, its time, what comes next, what one may do now."""

from dataclasses import dataclass

from flask import url_for

from marketplace import config
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.cancellations import rules as cancellation_rules
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.coupon_use.service import PaymentBegun, is_too_late, may_apply_coupon
from marketplace.bookings.invites.service import meeting_url
from marketplace.bookings.meeting_links.rules import how_it_opens
from marketplace.bookings.meeting_links.service import meeting
from marketplace.bookings.models import Booking
from marketplace.coaches.rules import is_public
from marketplace.languages import gettext as _
from marketplace.money import spoken
from marketplace.pages import wording
from marketplace.pages.next_steps import next_step
from marketplace.pages.session import calendar_links
from marketplace.pages.session.parts import Action, ConfirmForm, Link, ReasonForm
from marketplace.pages.session.reschedule import ReschedulePart
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, Said


@dataclass(frozen=True)
class JoinLink:
    """The meeting link: the address while it is open, else the sentence that says when it opens.

    `first` is what has to be done before anybody meets there.
    """

    url: str | None
    address: str
    kind: str
    opens: str
    first: str


@dataclass(frozen=True)
class CouponField:
    """The coupon in use, or where a code is typed before one pays, or the sentence that says why it is too late."""

    code: str | None
    apply_url: str = ""
    remove_url: str = ""
    too_late: str = ""

    @classmethod
    def of(cls, booking: Booking, person: User) -> "CouponField | None":
        """None where no coupon can be used."""
        if is_too_late(person, booking):
            return cls(None, too_late=PaymentBegun().sentence)
        if not may_apply_coupon(person, booking):
            return None
        apply_url, remove_url = (url_for(f"coupons.{name}", booking_id=booking.id) for name in ("use", "drop"))
        return cls(booking.coupon_code, apply_url, remove_url)


@dataclass(frozen=True)
class Summary:
    """State, time, next step and actions, as one reader may see and do them."""

    state: Said
    next_step: str
    join: JoinLink | None
    adds_tax: bool
    actions: tuple[Action, ...]
    calendars: tuple[Link, ...]
    coupon: CouponField | None
    no_show: ConfirmForm | None
    decline: ReasonForm | None

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User, reschedule: ReschedulePart, payer: str) -> "Summary":
        held = _is_held_by(booking, reader)
        return cls(
            state=wording.state(booking, reader),
            next_step=next_step(booking, reader, payer),
            join=join_link(booking, reader),
            adds_tax=may_pay(booking, reader) and config.current().stripe_tax,
            actions=tuple(_actions(booking, reader, reschedule)),
            calendars=calendars(booking, reader),
            no_show=_no_show(booking, reader),
            coupon=CouponField.of(booking, person) if held else None,
            decline=_decline(booking) if _may_answer(booking, reader) else None,
        )


def may_pay(booking: Booking, reader: Reader) -> bool:
    """May the reader pay for this one session now? A series is paid for at once, on its own page."""
    return _is_held_by(booking, reader) and not wording.is_settling(booking)


def _is_held_by(booking: Booking, reader: Reader) -> bool:
    return reader.side == MENTEE and wording.is_held(booking, reader.now) and booking.series_id is None


def _may_answer(booking: Booking, reader: Reader) -> bool:
    return reader.side == COACH and wording.is_open_request(booking, reader.now)


def _may_cancel(booking: Booking, reader: Reader) -> bool:
    confirmed = booking.status == rules.CONFIRMED
    if reader.side == COACH:
        return confirmed and not booking.frozen_at and booking.ends_at > reader.now
    ahead = cancellation_rules.may_cancel_as_mentee(starts_at=booking.starts_at, now=reader.now)
    return reader.side == MENTEE and ((confirmed and ahead) or wording.is_open_request(booking, reader.now))


def _outcomes(booking: Booking, reader: Reader) -> list[str]:
    """The outcomes that the coach may mark now."""
    if reader.side != COACH or booking.status != rules.CONFIRMED or booking.frozen_at:
        return []
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "now": reader.now}
    return [outcome for outcome in rules.OUTCOMES if completion_rules.may_complete(outcome=outcome, **times)]


def _actions(booking: Booking, reader: Reader, reschedule: ReschedulePart) -> list[Action]:
    """What the reader may do, the most urgent first."""
    return [
        *_of_a_hold(booking, reader),
        *_of_a_request(booking, reader, reschedule),
        *(_took_place(booking) for outcome in _outcomes(booking, reader) if outcome == rules.TOOK_PLACE),
        *([taken_back] if (taken_back := _take_back(booking, reader)) else []),
        *_of_a_plan(booking, reader, reschedule),
    ]


def _of_a_hold(booking: Booking, reader: Reader) -> list[Action]:
    pay, cancel = (url_for(f"session_actions.{name}", booking_id=booking.id) for name in ("pay", "cancel"))
    price = wording.price(booking)
    words = _("Reserve %(price)s", price=price) if booking.by_approval else _("Pay %(price)s", price=price)
    found = []
    if may_pay(booking, reader):
        found.append(Action(words, pay, "primary", fields={}))
    if _is_held_by(booking, reader):
        found.append(Action(_("Release this time"), cancel, fields={"expected_refund_cents": 0}))
    return found


def _of_a_request(booking: Booking, reader: Reader, reschedule: ReschedulePart) -> list[Action]:
    if not _may_answer(booking, reader):
        return []
    amount = spoken(reschedule.together_cents, booking.currency)
    approve = url_for("session_actions.approve", booking_id=booking.id)
    return [Action(_("Accept and take %(amount)s", amount=amount), approve, "primary", fields={})]


def _took_place(booking: Booking) -> Action:
    url = url_for("session_actions.complete", booking_id=booking.id)
    return Action(_("It took place"), url, "primary", fields={"outcome": rules.TOOK_PLACE})


def _no_show(booking: Booking, reader: Reader) -> ConfirmForm | None:
    """That the mentee did not come, with what follows from it, before it is said."""
    if rules.MENTEE_NO_SHOW not in _outcomes(booking, reader):
        return None
    mentee = booking.mentee.name
    return ConfirmForm(
        summary=_("%(name)s did not come", name=mentee),
        url=url_for("session_actions.complete", booking_id=booking.id),
        fields={"outcome": rules.MENTEE_NO_SHOW},
        intro=_(
            "Nothing is refunded to %(mentee)s: %(price)s stays, and you get %(amount)s. %(mentee)s reads that you say "
            "so, and may answer. You can take it back for 15 minutes.",
            mentee=mentee,
            price=wording.price(booking),
            amount=wording.coach_gets(booking),
        ),
        submit=_("Mark that %(name)s did not come", name=mentee),
    )


def _take_back(booking: Booking, reader: Reader) -> Action | None:
    """Take back that the mentee did not come, for as long as that is possible."""
    if reader.side != COACH or not completion_rules.may_take_back(
        outcome=booking.outcome,
        ended_at=booking.ended_at,
        by_coach=booking.ended_by == booking.coach.user_id,
        is_open=booking.frozen_at is None and booking.released_at is None,
        now=reader.now,
    ):
        return None
    until = reader.when(booking.ended_at + completion_rules.TAKEN_BACK_WITHIN) if booking.ended_at else ""
    url = url_for("session_actions.take_back", booking_id=booking.id)
    return Action(_("Take it back (until %(time)s)", time=until), url, fields={})


def _of_a_plan(booking: Booking, reader: Reader, reschedule: ReschedulePart) -> list[Action]:
    """What there is to do with a session ahead, or after one that is over."""
    found = []
    if reschedule.check_reschedulable:
        words = _("Propose another time") if reader.side == COACH else _("Move to another time")
        found.append(Action(words, url_for("reschedules.choose", booking_id=booking.id)))
    if _may_cancel(booking, reader):
        words = _("Withdraw the request") if booking.status == rules.REQUESTED else _("Cancel the session")
        found.append(Action(words, url_for("session_actions.ask_to_cancel", booking_id=booking.id)))
    if reader.side == MENTEE and booking.status not in rules.CLAIMING and is_public(booking.coach.status):
        again = url_for("coaches.rate_card", handle=booking.coach.handle)
        found.append(Action(_("Book %(coach)s again", coach=wording.coach_of(booking)), again))
    return found


def calendars(booking: Booking, reader: Reader) -> tuple[Link, ...]:
    """Ways into the reader's calendar, while there is something to come."""
    if booking.status != rules.CONFIRMED or reader.side == ADMIN or booking.ends_at <= reader.now:
        return ()
    return (
        Link(_("Google Calendar"), calendar_links.google(booking, wording.other(booking, reader))),
        Link(_("Outlook"), calendar_links.outlook(booking, wording.other(booking, reader))),
        Link(_("Apple and others (.ics)"), url_for("session.calendar", booking_id=booking.id)),
    )


def _decline(booking: Booking) -> ReasonForm:
    return ReasonForm(
        summary=_("Decline instead"),
        url=url_for("session_actions.decline", booking_id=booking.id),
        field="reason",
        label=_("Why"),
        help=_("%(name)s reads it.", name=booking.mentee.name),
        submit=_("Decline, take nothing"),
    )


def join_link(booking: Booking, reader: Reader) -> JoinLink | None:
    """For mentee and coach alone, while the session is confirmed and not over."""
    if booking.status != rules.CONFIRMED or reader.side == ADMIN or booking.ends_at <= reader.now:
        return None
    link = meeting(booking)
    opens = ""
    if link.url is None and link.opens_at > reader.now:
        at = reader.when(link.opens_at)
        opens = _(
            "The meeting link appears here at %(time)s, ten minutes before. It is in the invitation, too.", time=at
        )
    address = (link.url or "").removeprefix("https://")
    coach = None if reader.side == COACH else booking.coach.user.name
    first = how_it_opens(meeting_url(booking), coach=coach)
    return JoinLink(link.url, address, "outline-secondary" if booking.frozen_at else "primary", opens, first)
