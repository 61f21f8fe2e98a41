"""A bank debit under way keeps its times, though the money comes days later: how long, and what people are told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace import clock, config
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.bookings import profile_url, tell_one


def kept_until(together: Sequence[Booking]) -> datetime:
    """Until when at most a debit keeps these times: whoever else would book them needs some hours too."""
    return min(booking.starts_at for booking in together) - timedelta(hours=config.current().debit_hours_before)


def in_time(together: Sequence[Booking]) -> bool:
    """Would a debit that is asked for now arrive while it keeps these times?"""
    return clock.now() + timedelta(days=config.current().debit_days) <= kept_until(together)


def tell_kept(together: Sequence[Booking], until: datetime) -> None:
    """The mentee's part is done: she waits for her bank."""
    _tell("kept", f"Your bank is sending the money for {together[0].title}", together, until=until)


def tell_too_slow(together: Sequence[Booking]) -> None:
    """The debit has not arrived, and the time could be kept no longer."""
    _tell("too_slow", f"Your bank was too slow for {together[0].title}", together)


def tell_failed(together: Sequence[Booking], why: str) -> None:
    """The bank sent no money. The coach never knew, so the mentee alone is told."""
    _tell("failed", f"Your bank did not pay for {together[0].title}", together, why=why)


def tell_taken_back(together: Sequence[Booking]) -> None:
    """The coach gave the time up while the debit was under way."""
    _tell("taken_back", f"{together[0].coach.user.name} has cancelled {together[0].title}", together)


def _tell(
    step: str, subject: str, together: Sequence[Booking], *, until: datetime | None = None, why: str = ""
) -> None:
    first = together[0]
    told = {"step": step, "until": until, "why": why, "profile_url": profile_url(first), "together": together}
    tell_one(first, first.mentee, f"debit-{step}", "debit", subject, **told)  # type: ignore[arg-type]
