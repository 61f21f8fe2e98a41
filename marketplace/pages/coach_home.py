"""The coach's home: what needs attention, today and this week, and money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, url_for

from marketplace import clock, config
from marketplace.asks import queries as ask_queries
from marketplace.attendance import queries as attendance_queries
from marketplace.bookings.approvals import queries as approval_queries
from marketplace.bookings.completions import queries as completion_queries
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.earnings.rules import earned
from marketplace.bookings.listings import queries as listing_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.calendars import queries as calendar_queries
from marketplace.calendars.rules import addresses as calendar_rules
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.money import spoken
from marketplace.pages import wording
from marketplace.pages.components import NeedsAttention
from marketplace.pages.responses import private
from marketplace.pages.weeks import WEEK, local_date, midnight
from marketplace.pages.wording import Reader
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries.earnings import Earnings
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.written_answers import queries as answer_queries


@dataclass(frozen=True)
class Step:
    """A step to the first booking; without an address there is nothing to do but to wait."""

    name: str
    words: str
    done: bool
    action: str = ""
    url: str = ""


def home_page(coach: Coach) -> Response:
    """What needs the coach's attention, the steps to the first booking, the week, and money."""
    earned_ = earning_queries.earnings_of(coach)
    steps = list(_steps(coach))
    today = clock.today(coach.timezone)
    begins = midnight(today, coach.timezone)
    sessions = listing_queries.between(coach.id, begins, midnight(today + WEEK, coach.timezone))
    return private(
        "dashboard/home.html",
        coach=coach,
        steps=[] if all(step.done for step in steps) else steps,
        tasks=tasks_of(coach, earned_) if coach.was_approved else [],
        days=_by_day(sessions, today, coach.timezone),
        today=today,
        earned=earned_,
        currencies=earned_.currencies(coach.currency),
        wording=wording,
        reader=Reader(side="coach", zone=coach.timezone, now=clock.now()),
        window_hours=config.current().dispute_window_hours,
    )


def tasks_of(coach: Coach, earned_: Earnings) -> list[NeedsAttention]:
    """What needs the coach's attention: what has a deadline first, the nearest before the others."""
    found = [
        *_requests(coach),
        *_asks(coach),
        *_written_answers(coach),
        *_reports(coach),
        *_closings(coach),
        *_proposals(coach),
        *_obstacles(coach, earned_),
    ]
    return sorted(found, key=lambda task: (task.until is None, task.until or clock.now()))


def _about(booking: Booking, what: str, action: str, until: datetime, cents: int) -> NeedsAttention:
    return NeedsAttention(
        who=booking.mentee.name,
        what=what,
        action=action,
        address=url_for("session.show", booking_id=booking.id),
        until=until,
        cents=cents,
        currency=booking.currency,
    )


def _said(booking: Booking, coach: Coach) -> dict[str, str]:
    """What sentences about a session name: its title, its time, and what the coach gets."""
    return {
        "title": booking.title,
        "time": clock.spoken(booking.starts_at, coach.timezone, booking.ends_at),
        "amount": spoken(earned(booking)[0], booking.currency),
    }


def _requests(coach: Coach) -> Iterator[NeedsAttention]:
    for booking in approval_queries.open_requests(coach.id):
        what = _("Request: %(title)s, %(time)s. You get %(amount)s.", **_said(booking, coach))
        assert booking.decide_by is not None
        yield _about(booking, what, _("Answer"), booking.decide_by, booking.price_cents)


def _asks(coach: Coach) -> Iterator[NeedsAttention]:
    """Asks that wait, the first to lapse first; the others are in the inbox."""
    for ask in ask_queries.waiting(coach.id):
        yield NeedsAttention(
            who=ask.asker.name,
            what=ngettext("Asks for %(num)s minute of your time", "Asks for %(num)s minutes of your time", ask.minutes),
            action=_("Answer"),
            address=url_for("asks.show", ask_id=ask.id),
            until=ask.answer_by,
            cents=ask.price_cents,
            currency=ask.currency,
        )


def _written_answers(coach: Coach) -> Iterator[NeedsAttention]:
    """Answers and replies to write, the first to be due first."""
    for answer in answer_queries.to_write(coach.id):
        asked = answer.follow_up_at is not None
        yield NeedsAttention(
            who=answer.mentee.name,
            what=_("Asks about your written answer") if asked else _("Ordered a written answer of you"),
            action=_("Reply") if asked else _("Write it"),
            address=url_for("written_answers.show", answer_id=answer.id),
            until=None if asked else answer.deliver_by,
            cents=answer.price_cents,
            currency=answer.currency,
        )


def _reports(coach: Coach) -> Iterator[NeedsAttention]:
    for report in attendance_queries.to_answer(coach.id):
        booking = report.booking
        what = _(
            "Reports that you did not come: %(title)s, %(time)s. Without an answer all of it is refunded.",
            **_said(booking, coach),
        )
        yield _about(booking, what, _("Answer"), report.answer_by, booking.price_cents)


def _closings(coach: Coach) -> Iterator[NeedsAttention]:
    """Sessions that are over: said how they went, they are closed; by themselves a day later."""
    for booking in completion_queries.to_close(coach.id):
        what = _("Say how it went: %(title)s, %(time)s. You get %(amount)s.", **_said(booking, coach))
        until = booking.ends_at + completion_rules.COMPLETES_ITSELF_AFTER
        yield _about(booking, what, _("Close the session"), until, booking.price_cents)


def _proposals(coach: Coach) -> Iterator[NeedsAttention]:
    """Other times that the coach has proposed, and nobody has answered."""
    for proposal in reschedule_queries.open_proposals(coach.id):
        booking = proposal.booking
        what = _(
            "Has not answered yet: you proposed %(time)s for %(title)s.",
            title=booking.title,
            time=clock.spoken(proposal.starts_at, coach.timezone, proposal.ends_at),
        )
        yield _about(booking, what, _("Open"), min(booking.starts_at, proposal.starts_at), booking.price_cents)


def _obstacles(coach: Coach, earned_: Earnings) -> Iterator[NeedsAttention]:
    """What keeps money or mentees away until the coach does something."""
    standing = payable_queries.standing_of(coach)
    bank = url_for("earnings.bank")
    if not standing.connected:
        yield NeedsAttention(
            what=_("No bank is connected: your payouts wait until one is."),
            action=_("Connect your bank"),
            address=bank,
        )
    elif not standing.ready:
        yield NeedsAttention(
            what=_("Your bank details are not complete: your payouts wait until they are."),
            action=_("Go on with your bank details"),
            address=bank,
        )
    if earned_.hold_reason:
        yield NeedsAttention(
            what=_("Your payouts are on hold: %(reason)s", reason=earned_.hold_reason),
            action=_("Earnings"),
            address=url_for("earnings.earnings"),
        )
    if coach.currency not in config.current().offered_currencies():
        yield NeedsAttention(
            what=_(
                "Prices in %(currency)s cannot be paid here at present: nothing of your rate card can be booked.",
                currency=coach.currency.upper(),
            ),
            action=_("Offerings"),
            address=url_for("coach_dashboard.offerings"),
        )
    for calendar in calendar_queries.calendars_of(coach.user):
        if calendar.standing in {calendar_rules.BROKEN, calendar_rules.OVERDUE}:
            yield NeedsAttention(
                what=_("Calendar %(name)s: %(state)s", name=calendar.name, state=calendar.state),
                action=_("Calendars"),
                address=url_for("calendars.mine"),
            )


def _steps(coach: Coach) -> Iterator[Step]:
    """The way to the first booking."""
    yield Step(
        _("Profile"), coach.headline, done=True, action=_("Edit profile"), url=url_for("coach_dashboard.profile")
    )
    approved = coach.status == rules.APPROVED
    waits = _("We read each application, and answer by mail.") if coach.status == rules.APPLIED else ""
    yield Step(_("Approval"), waits, done=approved)
    week = hours_queries.week_of(coach.id)
    yield Step(
        _("Weekly hours"),
        _("Mentees can book you at these hours.") if week else _("Without hours nobody sees a free time."),
        done=bool(week),
        action=_("Edit hours") if week else _("Set hours"),
        url=url_for("hours.week"),
    )
    offerings = queries.offerings_of(coach.id)
    empty = _("Your rate card is empty until you publish one.")
    yield Step(
        _("Offerings"),
        empty if approved else _("They can be published once you are approved."),
        done=bool(offerings),
        action=_("Publish an offering") if approved else "",
        url=url_for("coach_dashboard.new_offering") if approved else "",
    )


def _by_day(sessions: Sequence[Booking], today: date, zone: str) -> list[tuple[date, list[Booking]]]:
    """The sessions of each day that has any, today first."""
    days: dict[date, list[Booking]] = {today: []}
    for booking in sessions:
        days.setdefault(local_date(booking.starts_at, zone), []).append(booking)
    return sorted(days.items())
