"""Another time for a session: may its reader move it, what is proposed; its series."""

from dataclasses import dataclass

from flask import url_for

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.series import queries as series_queries
from marketplace.errors import Conflict
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.money import spoken
from marketplace.pages.session.parts import Action
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_of


@dataclass(frozen=True)
class Proposal:
    """A time that the coach proposes: what is asked, the coach's reason, what follows, and what to do about it."""

    asked: str
    reason: str
    follows: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class SeriesNote:
    """That a session is one of several, and what that means for paying and answering."""

    words: str
    url: str


@dataclass(frozen=True)
class ReschedulePart:
    """`together_cents`: what all sessions cost that an open request or hold is about; of one alone its own price."""

    check_reschedulable: bool
    proposal: Proposal | None
    series: SeriesNote | None
    together_cents: int

    @classmethod
    def of(cls, person: User, booking: Booking, reader: Reader) -> "ReschedulePart":
        together = _together(person, booking)
        cents = sum(each.price_cents for each in together)
        proposed = reschedule_queries.open_proposal(booking) if booking.status == rules.CONFIRMED else None
        return cls(
            check_reschedulable=reader.side != ADMIN and _may_move(person, booking),
            proposal=_proposal(booking, proposed, reader) if proposed is not None else None,
            series=_series(booking, len(together), cents, reader) if booking.series_id is not None else None,
            together_cents=cents,
        )


def _together(person: User, booking: Booking) -> list[Booking]:
    """The sessions that are paid for, or answered, with this one."""
    if booking.series_id is None or booking.status not in rules.UNCONFIRMED:
        return [booking]
    return [each for each in series_queries.series_of(person, booking.series_id) if each.status == booking.status]


def _may_move(person: User, booking: Booking) -> bool:
    try:
        reschedules.check_reschedulable(person, booking)
    except Conflict:
        return False
    return True


def _proposal(booking: Booking, reschedule: Reschedule, reader: Reader) -> Proposal:
    mentee, coach = booking.mentee.name, coach_of(booking)
    there = clock.spoken(reschedule.starts_at, reader.zone, reschedule.ends_at)
    until = reader.when(min(booking.starts_at, reschedule.starts_at))
    accept, decline, withdraw = (
        url_for(f"reschedules.{name}", booking_id=booking.id, reschedule_id=reschedule.id)
        for name in ("accept", "decline", "withdraw")
    )
    stays = _("Without an answer by %(time)s the session stays where it is.", time=until)
    if reader.side == MENTEE:
        return Proposal(
            _("%(coach)s asks to move this session to %(time)s.", coach=coach, time=there),
            reschedule.reason or "",
            " ".join([_("Nothing changes unless you accept."), stays]),
            (
                Action(_("Move to %(time)s", time=there), accept, "primary", {}),
                Action(_("Keep the current time"), decline, fields={}),
            ),
        )
    if reader.side == COACH:
        asked = _("You have asked %(mentee)s to move this session to %(time)s.", mentee=mentee, time=there)
        return Proposal(asked, "", stays, (Action(_("Withdraw the proposal"), withdraw, fields={}),))
    asked = _(
        "%(coach)s has asked %(mentee)s to move this session to %(time)s.", coach=coach, mentee=mentee, time=there
    )
    return Proposal(asked, "", stays, ())


def _series(booking: Booking, count: int, cents: int, reader: Reader) -> SeriesNote:
    amount = spoken(cents, booking.currency)
    words = _("This is one of several sessions.")
    if booking.status == rules.HELD and reader.side == MENTEE:
        words = ngettext(
            "This is one of several sessions. It is paid for at once, %(amount)s.",
            "This is one of several sessions. All %(num)s are paid for at once, %(amount)s.",
            count,
            amount=amount,
        )
    elif booking.status == rules.REQUESTED:
        words = ngettext(
            "This is one of several sessions. They were asked for together, and an answer is for this one, %(amount)s.",
            "This is one of several sessions. They were asked for together, "
            "so an answer is for all %(num)s of them, %(amount)s in all.",
            count,
            amount=amount,
        )
    return SeriesNote(words, url_for("series.show", series_id=booking.series_id))
