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
from marketplace.money import spoken
from marketplace.pages import wording
from marketplace.pages.session.parts import Action, ReasonForm
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
    coupon: CouponField | None
    decline: ReasonForm | None

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User, reschedule: ReschedulePart) -> "Summary":
        held = _is_held_by(booking, reader)
        return cls(
            state=wording.state(booking, reader),
            next_step=wording.next_step(booking, reader),
            join=_join(booking, reader),
            adds_tax=may_pay(booking, reader) and config.current().stripe_tax,
            actions=tuple(_actions(booking, reader, reschedule)),
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
        return confirmed and not booking.frozen_at
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
        *(_complete(booking, outcome) for outcome in _outcomes(booking, reader)),
        *_of_a_plan(booking, reader, reschedule),
    ]


def _of_a_hold(booking: Booking, reader: Reader) -> list[Action]:
    pay, cancel = (url_for(f"session_actions.{name}", booking_id=booking.id) for name in ("pay", "cancel"))
    words = f"Reserve {wording.price(booking)}" if booking.by_approval else f"Pay {wording.price(booking)}"
    found = []
    if may_pay(booking, reader):
        found.append(Action(words, pay, "primary", fields={}))
    if _is_held_by(booking, reader):
        found.append(Action("Release this time", cancel, fields={"expected_refund_cents": 0}))
    return found


def _of_a_request(booking: Booking, reader: Reader, reschedule: ReschedulePart) -> list[Action]:
    if not _may_answer(booking, reader):
        return []
    amount = spoken(reschedule.together_cents, booking.currency)
    approve = url_for("session_actions.approve", booking_id=booking.id)
    return [Action(f"Accept and take {amount}", approve, "primary", fields={})]


def _complete(booking: Booking, outcome: str) -> Action:
    took_place = outcome == rules.TOOK_PLACE
    return Action(
        "It took place" if took_place else f"{booking.mentee.name} did not come",
        url_for("session_actions.complete", booking_id=booking.id),
        "primary" if took_place else "secondary",
        fields={"outcome": outcome},
    )


def _of_a_plan(booking: Booking, reader: Reader, reschedule: ReschedulePart) -> list[Action]:
    """What there is to do with a session ahead, or after one that is over."""
    found = []
    if booking.status == rules.CONFIRMED and reader.side != ADMIN:
        found.append(Action("Add to calendar", url_for("session.calendar", booking_id=booking.id)))
    if reschedule.check_reschedulable:
        words = "Propose another time" if reader.side == COACH else "Move to another time"
        found.append(Action(words, url_for("reschedules.choose", booking_id=booking.id)))
    if _may_cancel(booking, reader):
        words = "Withdraw the request" if booking.status == rules.REQUESTED else "Cancel the session"
        found.append(Action(words, url_for("session_actions.ask_to_cancel", booking_id=booking.id)))
    if reader.side == MENTEE and booking.status not in rules.CLAIMING and is_public(booking.coach.status):
        again = url_for("coaches.rate_card", handle=booking.coach.handle)
        found.append(Action(f"Book {wording.coach_of(booking)} again", again))
    return found


def _decline(booking: Booking) -> ReasonForm:
    return ReasonForm(
        summary="Decline instead",
        url=url_for("session_actions.decline", booking_id=booking.id),
        field="reason",
        label="Why",
        help=f"{booking.mentee.name} reads it.",
        submit="Decline, take nothing",
    )


def _join(booking: Booking, reader: Reader) -> JoinLink | None:
    """For mentee and coach alone, while the session is confirmed."""
    if booking.status != rules.CONFIRMED or reader.side == ADMIN:
        return None
    link = meeting(booking)
    is_next = booking.ends_at > reader.now and not booking.frozen_at
    opens = ""
    if link.url is None and link.opens_at > reader.now:
        at = reader.when(link.opens_at)
        opens = f"The meeting link appears here at {at}, ten minutes before. It is in the invitation, too."
    address = (link.url or "").removeprefix("https://")
    coach = None if reader.side == COACH else booking.coach.user.name
    first = how_it_opens(meeting_url(booking), coach=coach)
    return JoinLink(link.url, address, "primary" if is_next else "outline-secondary", opens, first)
