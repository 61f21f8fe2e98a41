"""Figures of the whole site: today, and month by month."""

from datetime import date, timedelta

import pytest

from marketplace import business_figures, clock
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.errors import NotFound
from tests.factories import a_booking
from tests.scenes import TEN


def test_months_end_with_the_present_one():
    assert business_figures.months_to(date(2027, 3, 9), 4) == [
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
        date(2027, 3, 1),
    ]
    assert business_figures.months_to(date(2026, 12, 31), 2) == [date(2026, 11, 1), date(2026, 12, 1)]


def test_money_and_sessions_are_counted_by_month(alma, mia, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    months = business_figures.months_to(TEN.date(), 2)
    before, paid = business_figures.money_by_month(alma, months)
    assert (before.gross_cents, paid.gross_cents, paid.fees_cents) == (0, 12000, 0)
    moment.advance(days=9)
    completions.complete_sessions()
    earnings.release_earnings()
    _before, earned = business_figures.money_by_month(alma, months)
    assert (earned.month, earned.currency, earned.fees_cents) == (date(2027, 3, 1), "usd", 1200)
    _before, sessions = business_figures.sessions_by_month(alma, months)
    assert (sessions.held, sessions.hours, sessions.no_shows) == (1, 1.0, 0)


def test_today_counts_sessions_of_the_day_and_what_was_booked(alma, mia, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    assert business_figures.today(alma, "UTC").booked == 1
    assert business_figures.today(alma, "UTC").sessions == 0
    moment.advance(days=(TEN.date() - clock.now().date()) // timedelta(days=1))
    assert business_figures.today(alma, "UTC").sessions == 1


def test_figures_are_for_admins(mia):
    months = business_figures.months_to(TEN.date())
    for figures in (
        lambda: business_figures.today(mia, "UTC"),
        lambda: business_figures.money_by_month(mia, months),
        lambda: business_figures.sessions_by_month(mia, months),
    ):
        with pytest.raises(NotFound):
            figures()
