"""The mentee's home: what needs attention, the next session, and the latest invoices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from flask import url_for

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes.offered_times.queries import is_for_quote
from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import rules as attendance_rules
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.listings import queries as listing_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.coaches.models import Coach
from marketplace.invoices import queries as invoice_queries
from marketplace.invoices.models import Invoice
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.money import spoken
from marketplace.pages import wording
from marketplace.pages.components import NeedsAttention
from marketplace.pages.session.files import FilesPart
from marketplace.pages.session.parts import Link
from marketplace.pages.session.summary import JoinLink, calendars, join_link
from marketplace.pages.wording import MENTEE, Reader, Said
from marketplace.session_credits import queries as credit_queries

LATEST_INVOICES = 2


@dataclass(frozen=True)
class NextSession:
    """The session that is under way or comes next: where one meets, and the files to attach before it."""

    booking: Booking
    state: Said
    join: JoinLink | None
    calendars: tuple[Link, ...]
    files: FilesPart | None

    @classmethod
    def of(cls, person: User, reader: Reader) -> "NextSession | None":
        """None where nothing is confirmed to come."""
        booking = listing_queries.next_session(person.id)
        if booking is None:
            return None
        return cls(
            booking=booking,
            state=wording.state(booking, reader),
            join=join_link(booking, reader),
            calendars=calendars(booking, reader),
            files=FilesPart.of(booking, reader, person),
        )


@dataclass(frozen=True)
class MenteeHome:
    """What stands above and below the list of sessions to come."""

    tasks: Sequence[NeedsAttention]
    next: NextSession | None
    invoices: Sequence[Invoice]
    reader: Reader

    @classmethod
    def of(cls, person: User, zone: str) -> "MenteeHome":
        reader = Reader(side=MENTEE, zone=zone, now=clock.now())
        return cls(
            tasks=tasks_of(person, reader),
            next=NextSession.of(person, reader),
            invoices=invoice_queries.page_for(person, limit=LATEST_INVOICES),
            reader=reader,
        )


def tasks_of(person: User, reader: Reader) -> list[NeedsAttention]:
    """What needs the mentee's attention, the nearest deadline first."""
    found = [
        *_holds(person, reader),
        *_proposals(person, reader),
        *_no_shows(person, reader),
        *_quotes(person),
        *_credits(person),
    ]
    return sorted(found, key=lambda task: task.until or reader.now)


def _about(booking: Booking, reader: Reader) -> dict[str, str]:
    """What sentences about a session name: its title and its time."""
    return {
        "title": booking.title,
        "time": clock.spoken(booking.starts_at, reader.zone, booking.ends_at),
    }


def _coach(coach: Coach) -> tuple[str, UUID | None]:
    return coach.user.name, coach.portrait_id


def _holds(person: User, reader: Reader) -> Iterator[NeedsAttention]:
    """Times that are held and not paid for; a series, which is paid for at once, is one."""
    held = sorted(hold_queries.to_pay(person.id), key=lambda each: (str(each.series_id or each.id), each.starts_at))
    for _key, group in groupby(held, key=lambda each: each.series_id or each.id):
        bookings = list(group)
        first = bookings[0]
        who, portrait_id = _coach(first.coach)
        series = first.series_id is not None
        yield NeedsAttention(
            who=who,
            portrait_id=portrait_id,
            what=_series_held(bookings, reader) if series else _held(first, reader),
            action=wording.action(first, reader),
            # Rules, codes and other sessions at the same time stand where one pays.
            address=url_for("series.show", series_id=first.series_id)
            if series
            else url_for("session.show", booking_id=first.id),
            until=min(each.hold_expires_at for each in bookings),
            now=reader.now,
            cents=sum(each.price_cents for each in bookings) if series else None,
            currency=first.currency if series else "",
        )


def _held(booking: Booking, reader: Reader) -> str:
    about = _about(booking, reader)
    if booking.offered and booking.calendar_uid is None and not is_for_quote(booking.id):
        return _("From the waitlist, held for you: %(title)s, %(time)s.", **about)
    if booking.by_approval:
        return _("Not reserved on your card yet: %(title)s, %(time)s.", **about)
    return _("Not paid yet: %(title)s, %(time)s.", **about)


def _series_held(bookings: Sequence[Booking], reader: Reader) -> str:
    return ngettext(
        "Not paid yet: %(title)s, %(num)s session, %(time)s.",
        "Not paid yet: %(title)s, %(num)s sessions, the first %(time)s.",
        len(bookings),
        **_about(bookings[0], reader),
    )


def _credits(person: User) -> Iterator[NeedsAttention]:
    """What is paid for and not scheduled."""
    for credit in credit_queries.to_schedule(person.id):
        who, portrait_id = _coach(credit.coach)
        yield NeedsAttention(
            who=who,
            portrait_id=portrait_id,
            what=_("Paid for and not scheduled: %(title)s. What is not scheduled is refunded.", title=credit.title),
            action=_("Choose a time"),
            address=url_for("session_credits.show", credit_id=credit.id),
            until=credit.expires_at,
            cents=credit.price_cents,
            currency=credit.currency,
        )


def _proposals(person: User, reader: Reader) -> Iterator[NeedsAttention]:
    for proposal in reschedule_queries.proposals_to_answer(person.id):
        booking = proposal.booking
        who, portrait_id = _coach(booking.coach)
        yield NeedsAttention(
            who=who,
            portrait_id=portrait_id,
            what=_(
                "Asks to move “%(title)s” from %(time)s to %(proposed)s.",
                proposed=clock.spoken(proposal.starts_at, reader.zone, proposal.ends_at),
                **_about(booking, reader),
            ),
            action=_("Answer"),
            address=url_for("session.show", booking_id=booking.id),
            until=min(booking.starts_at, proposal.starts_at),
        )


def _no_shows(person: User, reader: Reader) -> Iterator[NeedsAttention]:
    for booking in attendance_queries.no_shows_to_answer(person.id):
        who, portrait_id = _coach(booking.coach)
        yield NeedsAttention(
            who=who,
            portrait_id=portrait_id,
            what=_(
                "Reports that you did not come: %(title)s, %(time)s. Without an answer nothing is refunded.",
                **_about(booking, reader),
            ),
            action=_("Answer"),
            address=url_for("session.show", booking_id=booking.id),
            until=attendance_rules.reportable(starts_at=booking.starts_at, ends_at=booking.ends_at)[1],
            cents=booking.price_cents,
            currency=booking.currency,
        )


def _quotes(person: User) -> Iterator[NeedsAttention]:
    for quote in quote_queries.to_choose(person.id):
        who, portrait_id = _coach(quote.ask.coach)
        yield NeedsAttention(
            who=who,
            portrait_id=portrait_id,
            what=ngettext(
                "Offers you %(num)s minute for %(price)s.",
                "Offers you %(num)s minutes for %(price)s.",
                quote.minutes,
                price=spoken(quote.price_cents, quote.currency),
            ),
            action=_("Choose a time") if quote.deliver_by is None else _("Open"),
            address=url_for("quotes.choose", quote_id=quote.id),
            until=quote.valid_until,
        )
