"""The timeline of a session: what was done to it and its money, as its reader may know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.audit.models import AuditEntry
from marketplace.bookings.models import Booking
from marketplace.money import spoken
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_gets, coach_of, price, refunded, with_tax
from marketplace.payments.models import Refund

Told = Mapping[str, str]


@dataclass(frozen=True)
class SessionEvent:
    """Something that happened."""

    at: datetime
    words: str


def _to_all(words: str) -> Told:
    return {MENTEE: words, COACH: words, ADMIN: words}


def _by_mentee(yours: str, theirs: str) -> Told:
    return {MENTEE: yours, COACH: theirs, ADMIN: theirs}


def _by_coach(yours: str, theirs: str) -> Told:
    return {COACH: yours, MENTEE: theirs, ADMIN: theirs}


# A deed as the mentee, the coach and admins read it; whoever is missing is not told.
DEEDS: dict[str, Told] = {
    "booking.held": _by_mentee("You held this time", "{mentee} held this time"),
    "booking.coupon_used": _by_mentee("You used the coupon {code}", "{mentee} used the coupon {code}"),
    "booking.coupon_dropped": _by_mentee("You removed the coupon", "{mentee} removed the coupon"),
    "booking.requested": _by_mentee(
        "You asked for it, {price} reserved on the card", "{mentee} asked for it, {price} reserved on the card"
    ),
    "booking.approved": _by_coach("You accepted", "{coach} accepted"),
    "booking.confirmed": _to_all("{paid} paid, the session is confirmed"),
    "booking.declined": _by_coach("You declined{reason}", "{coach} declined{reason}"),
    "booking.cancelled by mentee": _by_mentee("You cancelled{reason}", "{mentee} cancelled{reason}"),
    "booking.cancelled by coach": _by_coach("You cancelled{reason}", "{coach} cancelled{reason}"),
    "booking.cancelled while held": _by_mentee("You released this time{reason}", "{mentee} released this time{reason}"),
    "booking.cancelled while requested": _by_mentee(
        "You withdrew the request{reason}", "{mentee} withdrew the request{reason}"
    ),
    "booking.completed by itself": _to_all("A day later nobody had said otherwise: it took place"),
    "booking.completed as took_place": _by_coach("You marked that it took place", "{coach} marked that it took place"),
    "booking.completed as mentee_no_show": {
        COACH: "You marked that {mentee} did not come",
        MENTEE: "{coach} marked that you did not come",
        ADMIN: "{coach} marked that {mentee} did not come",
    },
    "booking.expired": _to_all("Not paid in time, so the time was free again"),
    "booking.expired: the coach did not answer in time": _by_coach(
        "You did not answer in time", "{coach} did not answer in time"
    ),
    "booking.expired: the card could not be charged in time": _to_all("The card could not be charged in time"),
    "booking.expired: the card's authorisation has gone": _to_all("The card could not be charged"),
    "booking.expired: the bank did not send the money": _to_all(
        "The bank did not send the money, so the time was free again"
    ),
    "booking.kept": _by_mentee("Your bank was asked for the money", "{mentee}'s bank was asked for the money"),
    "booking.released": {
        COACH: "Earning released to you: {coach_gets}",
        ADMIN: "Earning released to {coach}: {coach_gets}",
    },
    "booking.moved by mentee": _by_mentee("You moved it from {was} to {to}", "{mentee} moved it from {was} to {to}"),
    "booking.moved by coach": _by_coach("You moved it from {was} to {to}", "{coach} moved it from {was} to {to}"),
    "booking.move_proposed": _by_coach("You asked to move it to {to}", "{coach} asked to move it to {to}"),
    "booking.move_declined": _by_mentee("You kept the time as it was", "{mentee} kept the time as it was"),
    "booking.move_withdrawn": _by_coach("You withdrew the proposal", "{coach} withdrew the proposal"),
    "booking.no_show_reported": {
        MENTEE: "You reported that {coach} did not come",
        COACH: "{mentee} reported that you did not come",
        ADMIN: "{mentee} reported that {coach} did not come",
    },
    "booking.no_show_contested": {
        MENTEE: "You and {coach} do not agree, so an admin decides",
        COACH: "You and {mentee} do not agree, so an admin decides",
        ADMIN: "{mentee} and {coach} do not agree, so an admin decides",
    },
    "booking.no_show_withdrawn": _by_mentee("You withdrew the report", "{mentee} withdrew the report"),
    "booking.coach_no_show": _by_coach(
        "You did not come, so {refunded} is refunded", "{coach} did not come, so {refunded} is refunded"
    ),
    "booking.case_decided with a refund": _to_all("Decided: {amount} is refunded"),
    "booking.case_decided": _to_all("Decided: nothing is refunded"),
    "booking.refunded_beyond by coach": {
        MENTEE: "We refunded {amount}: {why}",
        COACH: "We refunded {amount}: {why} ({of_coach} from your share)",
        ADMIN: "We refunded {amount}: {why} ({of_coach} from the coach)",
    },
    "booking.refunded_beyond": {
        MENTEE: "We refunded {amount}: {why}",
        COACH: "We refunded {amount}: {why} (at our cost)",
        ADMIN: "We refunded {amount}: {why} (at our cost)",
    },
}


def timeline(
    booking: Booking, trail: Sequence[AuditEntry], refunds: Sequence[Refund], reader: Reader
) -> tuple[SessionEvent, ...]:
    """What was done to a session and its money; `trail` are its audit entries."""
    events = [SessionEvent(entry.at, words) for entry in trail if (words := _deed(booking, entry, reader))]
    for refund in refunds:
        amount = spoken(refund.total_cents, booking.currency)
        if refund.reason == "paid too late":
            events.append(SessionEvent(refund.intended_at, f"Paid after the time had gone: {amount} is refunded"))
        if refund.settled_at is not None:
            how = {"succeeded": "was refunded", "covered": "was returned through the bank's dispute"}
            words = f"{amount} {how.get(refund.status, 'could not be refunded')}"
            events.append(SessionEvent(refund.settled_at, words))
    return tuple(sorted(events, key=lambda event: event.at))


def _deed(booking: Booking, entry: AuditEntry, reader: Reader) -> str:
    """One entry of the trail in words; '' for what is not for this reader."""
    words = DEEDS.get(_kind(booking, entry), {}).get(reader.side, "")
    cents = entry.details.get("refund_cents", 0) or entry.details.get("cents", 0)
    return words.format(
        mentee=booking.mentee.name,
        coach=coach_of(booking),
        price=price(booking),
        paid=with_tax(booking, price(booking)),
        refunded=refunded(booking),
        coach_gets=coach_gets(booking),
        amount=with_tax(booking, spoken(cents, booking.currency)),
        of_coach=spoken(entry.details.get("coach_cents", 0), booking.currency),
        code=entry.details.get("code", ""),
        why=entry.details.get("reason", ""),
        reason=f": {booking.end_reason}" if booking.end_reason and entry.actor_id is not None else "",
        was=_instant(entry, "was", reader),
        to=_instant(entry, "starts_at", reader),
    )


def _instant(entry: AuditEntry, name: str, reader: Reader) -> str:
    """An instant of the entry's details on the reader's clock; '' if there is none."""
    try:
        return reader.when(datetime.fromisoformat(entry.details.get(name, "")))
    except ValueError:
        return ""


def _kind(booking: Booking, entry: AuditEntry) -> str:
    """The entry's key in the table: its action, with who did it or how it came where that makes a difference."""
    by = "coach" if entry.actor_id == booking.coach.user_id else "mentee"
    finer = {
        "booking.cancelled": f" while {entry.details.get('was')}",
        "booking.completed": f" as {entry.details.get('outcome')}" if entry.actor_id else " by itself",
        "booking.expired": f": {entry.details.get('reason')}",
        "booking.case_decided": " with a refund" if entry.details.get("refund_cents") else "",
        "booking.refunded_beyond": " by coach" if entry.details.get("coach_cents") else "",
    }.get(entry.action, "")
    keys = (f"{entry.action}{finer}", f"{entry.action} by {by}", entry.action)
    return next((key for key in keys if key in DEEDS), "")
