"""The story of a session in time order, and where its money is, as its reader may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.audit.models import AuditEntry
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.money import spoken
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, back, coach_gets, coach_of, price, with_tax
from marketplace.payments.models import Refund


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Line:
    """A line of the money: what it is, how much, and how it stands."""

    label: str
    amount: str
    note: str = ""


def story(booking: Booking, trail: Sequence[AuditEntry], refunds: Sequence[Refund], reader: Reader) -> list[Event]:
    """What was done to a session and its money, the oldest first."""
    events = [Event(entry.at, words) for entry in trail if (words := _deed(booking, entry, reader))]
    for refund in refunds:
        amount = spoken(refund.total_cents, booking.currency)
        if refund.reason == "paid too late":
            events.append(Event(refund.intended_at, f"Paid after the time had gone: {amount} goes back"))
        if refund.settled_at is not None:
            how = {"succeeded": "went back", "covered": "came back through the bank's dispute"}
            events.append(Event(refund.settled_at, f"{amount} {how.get(refund.status, 'could not be sent back')}"))
    return sorted(events, key=lambda event: event.at)


def _deed(booking: Booking, entry: AuditEntry, reader: Reader) -> str:
    """One entry of the trail in words; '' for what is not for this reader."""
    mentee = "You" if reader.side == MENTEE else booking.mentee.name
    coach = "You" if reader.side == COACH else coach_of(booking)
    who = coach if entry.actor_id == booking.coach.user_id else mentee
    if entry.action == "booking.released" and reader.side == MENTEE:
        return ""
    reason = f": {booking.end_reason}" if booking.end_reason and entry.actor_id is not None else ""
    return {
        "booking.held": f"{mentee} held this time",
        "booking.coupon_used": f"{mentee} used the coupon {entry.details.get('code', '')}",
        "booking.coupon_dropped": f"{mentee} did without the coupon",
        "booking.requested": f"{mentee} asked for it, {price(booking)} reserved on the card",
        "booking.approved": f"{coach} accepted",
        "booking.confirmed": f"{with_tax(booking, price(booking))} paid, the session is confirmed",
        "booking.declined": f"{coach} declined{reason}",
        "booking.cancelled": f"{who} {_cancelled(entry)}{reason}",
        "booking.completed": _completed(mentee, coach, entry),
        "booking.expired": _lapsed(coach, entry),
        "booking.kept": _kept(booking, reader),
        "booking.released": f"{coach_gets(booking)} became payable",
        "booking.moved": _moved(who, entry, reader),
        "booking.move_proposed": f"{coach} asked to move it{_to(entry, reader)}",
        "booking.move_declined": f"{mentee} left it where it was",
        "booking.move_withdrawn": f"{coach} took that back",
        "booking.no_show_reported": f"{mentee} said that {'you' if coach == 'You' else coach} did not come",
        "booking.no_show_contested": "The two do not agree, so somebody of us decides",
        "booking.no_show_withdrawn": f"{mentee} took it back",
        "booking.coach_no_show": f"{coach} did not come, so {back(booking)} goes back",
        "booking.case_decided": _decided(booking, entry),
        "booking.refunded_beyond": _given_back(booking, entry, reader),
    }.get(entry.action, "")


def _kept(booking: Booking, reader: Reader) -> str:
    whose = "Your" if reader.side == MENTEE else f"{booking.mentee.name}'s"
    return f"{whose} bank was asked for the money"


def _moved(who: str, entry: AuditEntry, reader: Reader) -> str:
    if entry.action != "booking.moved":
        return ""
    return f"{who} moved it from {reader.when(datetime.fromisoformat(entry.details['was']))}{_to(entry, reader)}"


def _to(entry: AuditEntry, reader: Reader) -> str:
    at = entry.details.get("starts_at")
    return f" to {reader.when(datetime.fromisoformat(at))}" if at else ""


def _decided(booking: Booking, entry: AuditEntry) -> str:
    cents = entry.details.get("refund_cents", 0)
    amount = with_tax(booking, spoken(cents, booking.currency)) if cents else "nothing"
    return f"Decided: {amount} goes back"


def _given_back(booking: Booking, entry: AuditEntry, reader: Reader) -> str:
    amount = with_tax(booking, spoken(entry.details.get("cents", 0), booking.currency))
    given = f"We gave {amount} back: {entry.details.get('reason', '')}"
    of_coach = entry.details.get("coach_cents", 0)
    if reader.side == MENTEE:
        return given
    return f"{given} ({f'{spoken(of_coach, booking.currency)} from the coach' if of_coach else 'at our cost'})"


def _cancelled(entry: AuditEntry) -> str:
    return {rules.HELD: "gave it back", rules.REQUESTED: "withdrew the request"}.get(
        entry.details.get("was", ""), "cancelled"
    )


def _completed(mentee: str, coach: str, entry: AuditEntry) -> str:
    if entry.actor_id is None:
        return "A day later nobody had said otherwise: it took place"
    took_place = entry.details.get("outcome") == rules.TOOK_PLACE
    absent = "you" if mentee == "You" else mentee
    return f"{coach} marked that it took place" if took_place else f"{coach} marked that {absent} did not come"


def _lapsed(coach: str, entry: AuditEntry) -> str:
    return {
        "the coach did not answer in time": f"{coach} did not answer in time",
        "the card's authorisation has gone": "The card could not be charged",
        "the bank did not send the money": "The bank did not send the money, so the time was free again",
    }.get(entry.details.get("reason", ""), "Not paid in time, so the time was free again")


def money(booking: Booking, refunds: Sequence[Refund], reader: Reader) -> list[Line]:
    """Where the money is: the price, what came in, what went back, and for the coach what is hers."""
    lines = [Line("Price", price(booking), _came_in(booking, reader))]
    if booking.discount_cents:
        off, whole = (spoken(cents, booking.currency) for cents in (booking.discount_cents, booking.list_cents))
        lines.insert(0, Line(f"Coupon {booking.coupon_code}", f"−{off}", f"off {whole}"))
    if booking.payment is not None and booking.payment.tax_cents and reader.side != COACH:
        of = "" if booking.series_id is None else "on all sessions paid together"
        lines.append(Line("Tax on top", spoken(booking.payment.tax_cents, booking.currency), of))
    lines += [Line("Back to the card", spoken(r.total_cents, booking.currency), _how(r, reader)) for r in refunds]
    kept = booking.price_cents - booking.refunded_cents
    sold = booking.status in rules.CLAIMING or booking.confirmed_at is not None
    if reader.side in {COACH, ADMIN} and sold and (kept or booking.platform_paid_cents):
        _coach, fee = rules.earned(booking)
        percent = f"{booking.fee_basis_points / 100:g} %"
        if fee >= 0:
            lines.append(Line("Our fee", spoken(fee, booking.currency), percent))
        else:
            lines.append(Line("Our cost", spoken(-fee, booking.currency), "we gave back more than our fee"))
        label = "You get" if reader.side == COACH else f"{coach_of(booking)} gets"
        lines.append(Line(label, coach_gets(booking), _payable(booking, reader)))
    return lines


def _came_in(booking: Booking, reader: Reader) -> str:
    payment = booking.payment
    if payment is not None and payment.paid_at is not None:
        return f"paid {reader.when(payment.paid_at)}"
    if payment is not None and payment.status == "authorized":
        return "reserved on the card, not taken"
    return "not paid" if booking.status in rules.CLAIMING else "nothing was taken"


def _how(refund: Refund, reader: Reader) -> str:
    if refund.status == "succeeded" and refund.settled_at is not None:
        return f"sent {reader.when(refund.settled_at)}; banks take up to ten days to show it"
    if refund.status == "held":
        return "waits: Stripe sends nothing back while the bank decides a dispute about this payment"
    if refund.status == "covered":
        return "came back through the bank's dispute instead"
    if refund.status == "failed":
        return "did not go through; we have been told and see to it"
    return "on its way"


def _payable(booking: Booking, reader: Reader) -> str:
    if booking.released_at is not None:
        return f"payable since {reader.when(booking.released_at)}"
    if booking.frozen_at is not None:
        return "kept back until it is settled who came"
    if booking.payment is not None and booking.payment.disputed_at is not None:
        return "kept back while the payment is disputed"
    return f"payable {reader.when(rules.releasable_at(booking.terms, booking.ends_at))}"
