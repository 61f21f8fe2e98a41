"""The timeline of a session: what was done to it and its money, as its reader may know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.audit.models import AuditEntry
from marketplace.bookings import rules as bookings
from marketplace.bookings.models import Booking
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages import end_reasons
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_gets, coach_of, price, refunded, with_tax
from marketplace.payments.models import Refund
from marketplace.payments.refund_reasons import rules as refund_reasons

Told = Mapping[str, LazyText]


@dataclass(frozen=True)
class SessionEvent:
    """Something that happened."""

    at: datetime
    words: str


def _to_all(words: LazyText) -> Told:
    return {MENTEE: words, COACH: words, ADMIN: words}


def _by_mentee(yours: LazyText, theirs: LazyText) -> Told:
    return {MENTEE: yours, COACH: theirs, ADMIN: theirs}


def _by_coach(yours: LazyText, theirs: LazyText) -> Told:
    return {COACH: yours, MENTEE: theirs, ADMIN: theirs}


# A deed as the mentee, the coach and admins read it; whoever is missing is not told.
DEEDS: dict[str, Told] = {
    "booking.held": _by_mentee(_l("You held this time"), _l("{mentee} held this time")),
    "booking.coupon_used": _by_mentee(_l("You used the coupon {code}"), _l("{mentee} used the coupon {code}")),
    "booking.coupon_dropped": _by_mentee(_l("You removed the coupon"), _l("{mentee} removed the coupon")),
    "booking.requested": _by_mentee(
        _l("You asked for it, {price} reserved on the card"), _l("{mentee} asked for it, {price} reserved on the card")
    ),
    "booking.approved": _by_coach(_l("You accepted"), _l("{coach} accepted")),
    "booking.confirmed": _to_all(_l("{paid} paid, the session is confirmed")),
    "booking.confirmed for nothing": _to_all(_l("Nothing is to be paid, the session is confirmed")),
    "booking.declined": _by_coach(_l("You declined"), _l("{coach} declined")),
    "booking.declined, saying why": _by_coach(_l("You declined: {reason}"), _l("{coach} declined: {reason}")),
    "booking.cancelled by mentee": _by_mentee(_l("You cancelled"), _l("{mentee} cancelled")),
    "booking.cancelled by mentee, saying why": _by_mentee(
        _l("You cancelled: {reason}"), _l("{mentee} cancelled: {reason}")
    ),
    "booking.cancelled by coach": _by_coach(_l("You cancelled"), _l("{coach} cancelled")),
    "booking.cancelled by coach, saying why": _by_coach(
        _l("You cancelled: {reason}"), _l("{coach} cancelled: {reason}")
    ),
    "booking.cancelled while held": _by_mentee(_l("You released this time"), _l("{mentee} released this time")),
    "booking.cancelled while held, saying why": _by_mentee(
        _l("You released this time: {reason}"), _l("{mentee} released this time: {reason}")
    ),
    "booking.cancelled while requested": _by_mentee(
        _l("You withdrew the request"), _l("{mentee} withdrew the request")
    ),
    "booking.cancelled while requested, saying why": _by_mentee(
        _l("You withdrew the request: {reason}"), _l("{mentee} withdrew the request: {reason}")
    ),
    "booking.completed by itself": _to_all(_l("A day later nobody had said otherwise: it took place")),
    "booking.completed as took_place": _by_coach(
        _l("You marked that it took place"), _l("{coach} marked that it took place")
    ),
    "booking.completed as mentee_no_show": {
        COACH: _l("You marked that {mentee} did not come"),
        MENTEE: _l("{coach} marked that you did not come"),
        ADMIN: _l("{coach} marked that {mentee} did not come"),
    },
    "booking.no_show_taken_back": _by_coach(
        _l("You took back that {mentee} did not come"), _l("{coach} took back that {mentee} did not come")
    ),
    "booking.expired": _to_all(_l("Not paid in time, so the time was free again")),
    f"booking.expired: {bookings.NOT_ANSWERED}": _by_coach(
        _l("You did not answer in time"), _l("{coach} did not answer in time")
    ),
    f"booking.expired: {bookings.NOT_CAPTURED}": _to_all(_l("The card could not be charged in time")),
    f"booking.expired: {bookings.AUTHORISATION_GONE}": _to_all(_l("The card could not be charged")),
    f"booking.expired: {bookings.DEBIT_FAILED}": _to_all(
        _l("The bank did not send the money, so the time was free again")
    ),
    "booking.brief_changed": _by_mentee(_l("You changed what it is about"), _l("{mentee} changed what it is about")),
    "booking.kept": _by_mentee(_l("Your bank was asked for the money"), _l("{mentee}'s bank was asked for the money")),
    "booking.released": {
        COACH: _l("Earning released to you: {coach_gets}"),
        ADMIN: _l("Earning released to {coach}: {coach_gets}"),
    },
    "booking.moved by mentee": _by_mentee(
        _l("You moved it from {was} to {to}"), _l("{mentee} moved it from {was} to {to}")
    ),
    "booking.moved by coach": _by_coach(
        _l("You moved it from {was} to {to}"), _l("{coach} moved it from {was} to {to}")
    ),
    "booking.move_proposed": _by_coach(_l("You asked to move it to {to}"), _l("{coach} asked to move it to {to}")),
    "booking.move_declined": _by_mentee(_l("You kept the time as it was"), _l("{mentee} kept the time as it was")),
    "booking.move_withdrawn": _by_coach(_l("You withdrew the proposal"), _l("{coach} withdrew the proposal")),
    "booking.no_show_reported": {
        MENTEE: _l("You reported that {coach} did not come"),
        COACH: _l("{mentee} reported that you did not come"),
        ADMIN: _l("{mentee} reported that {coach} did not come"),
    },
    "booking.no_show_contested": {
        MENTEE: _l("You and {coach} do not agree, so an admin decides"),
        COACH: _l("You and {mentee} do not agree, so an admin decides"),
        ADMIN: _l("{mentee} and {coach} do not agree, so an admin decides"),
    },
    "booking.no_show_withdrawn": _by_mentee(_l("You withdrew the report"), _l("{mentee} withdrew the report")),
    "booking.coach_no_show": _by_coach(
        _l("You did not come, so {refunded} is refunded"), _l("{coach} did not come, so {refunded} is refunded")
    ),
    "booking.case_decided with a refund": _to_all(_l("Decided: {amount} is refunded")),
    "booking.case_decided": _to_all(_l("Decided: nothing is refunded")),
    "booking.refunded_beyond by coach": {
        MENTEE: _l("We refunded {amount}: {why}"),
        COACH: _l("We refunded {amount}: {why} ({of_coach} from your share)"),
        ADMIN: _l("We refunded {amount}: {why} ({of_coach} from the coach)"),
    },
    "booking.refunded_beyond": {
        MENTEE: _l("We refunded {amount}: {why}"),
        COACH: _l("We refunded {amount}: {why} (at our cost)"),
        ADMIN: _l("We refunded {amount}: {why} (at our cost)"),
    },
}

SAYING_WHY = ", saying why"

# How a refund ended.
SETTLED = {
    "succeeded": _l("{amount} was refunded"),
    "covered": _l("{amount} was returned through the bank's dispute"),
    "failed": _l("{amount} could not be refunded"),
}


def timeline(
    booking: Booking, trail: Sequence[AuditEntry], refunds: Sequence[Refund], reader: Reader
) -> tuple[SessionEvent, ...]:
    """What was done to a session and its money; `trail` are its audit entries."""
    events = [SessionEvent(entry.at, words) for entry in trail if (words := _deed(booking, entry, reader))]
    for refund in refunds:
        amount = spoken(refund.total_cents, booking.currency)
        if refund.reason == refund_reasons.PAID_LATE:
            events.append(
                SessionEvent(
                    refund.intended_at, _("Paid after the time had gone: %(amount)s is refunded", amount=amount)
                )
            )
        if refund.settled_at is not None:
            words = SETTLED.get(refund.status, SETTLED["failed"]).format(amount=amount)
            events.append(SessionEvent(refund.settled_at, words))
    return tuple(sorted(events, key=lambda event: event.at))


def _deed(booking: Booking, entry: AuditEntry, reader: Reader) -> str:
    """One entry of the trail in words; '' for what is not for this reader."""
    words: LazyText | str = DEEDS.get(_kind(booking, entry), {}).get(reader.side, "")
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
        reason=booking.end_reason or "",
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
        "booking.expired": f": {end_reasons.code_of(entry.details.get('reason', ''))}",
        "booking.confirmed": " for nothing" if booking.is_free else "",
        "booking.case_decided": " with a refund" if entry.details.get("refund_cents") else "",
        "booking.refunded_beyond": " by coach" if entry.details.get("coach_cents") else "",
    }.get(entry.action, "")
    keys = (f"{entry.action}{finer}", f"{entry.action} by {by}", entry.action)
    key = next((key for key in keys if key in DEEDS), "")
    gave_reason = booking.end_reason and entry.actor_id is not None and f"{key}{SAYING_WHY}" in DEEDS
    return f"{key}{SAYING_WHY}" if gave_reason else key
