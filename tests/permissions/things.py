"""One of everything that belongs to somebody: Ada coaches Mia; Eve and Noor have nothing to do with it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.accounts.sessions import service as sessions
from marketplace.accounts.tokens import service as tokens
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import service as series
from marketplace.calendars.service import subscriptions as calendars
from marketplace.coupons import service as coupons
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.notes import service as notes
from marketplace.payouts.service import bank_accounts
from marketplace.policies import queries as policies
from marketplace.reconciliation import service as reconciliation
from marketplace.scheduling.service import date_overrides, time_off, weekly_hours
from marketplace.waitlist import service as waitlist
from tests.factories import BRIEF, a_booking, a_coach, a_person, an_admin, an_offering, open_all_week

THURSDAY = datetime(2027, 3, 4, 10, tzinfo=UTC)
NOTHING = "01890000-0000-7000-8000-000000000000"


@dataclass
class World:
    """The people, and what a placeholder in an address stands for."""

    mentee: User
    coach: User
    other_mentee: User
    other_coach: User
    admin: User
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, rule: str, name: str) -> Any:
        """What stands for a placeholder of this route; where nobody has such a thing, an id of nothing."""
        return self.values.get(name, NOTHING)


def world(stripe: Any) -> World:
    """Everybody, and what they have made."""
    ada = open_all_week(a_coach("ada"))
    mia = a_person("Mia")
    made = World(mia, ada.user, a_person("Noor"), a_coach("eve").user, an_admin("Alma"))
    offering = an_offering(ada)
    booking = a_booking(mia, offering, THURSDAY, stripe)
    issuance.issue_invoices(str(booking.payment_id))
    (invoice,) = invoices.of_payment(booking.payment_id)
    note = notes.write(ada.user, booking_id=booking.id, text="A private thought.", shared=False)
    proposal = reschedules.propose(ada.user, booking_id=booking.id, starts_at=THURSDAY + timedelta(days=1))
    token, _ = tokens.create_token(mia, name="hers", scopes=["read"])
    feed, secret = accounts.create_feed(mia, side="mentee")
    browser, _ = sessions.begin_session(mia, user_agent="Firefox", place="203.0.113.9")
    away = time_off.add_time_off(ada.user, starts_on=date(2027, 3, 20), ends_on=date(2027, 3, 22))
    wanted = {"starts_on": date(2027, 3, 20), "ends_on": date(2027, 3, 22)}
    entry = waitlist.join(mia, offering_id=offering.id, brief=BRIEF, **wanted)
    held = series.hold_series(
        mia, offering_id=offering.id, starts_at=THURSDAY + timedelta(days=4), every_weeks=1, count=2, brief=BRIEF
    )
    schedule = weekly_hours.add_schedule(ada.user, name="Evenings")
    override = date_overrides.add_override(
        ada.user, schedule_id=ada.id, date=date(2027, 3, 9), start_minute=600, end_minute=660
    )
    code = coupons.make(ada.user, code="SPRING", percent=20)
    calendar = calendars.add(ada.user, kind="ics", name="Family", url="https://calendar.example.com/a.ics")
    bank_accounts.connect_bank(ada.user, country="DE")
    asked = reconciliation.request_reconciliation(made.admin)
    made.values = {
        "about": booking.id,
        "booking_id": booking.id,
        "calendar_id": calendar.id,
        "coach_id": ada.id,
        "coupon_id": code.id,
        "currency": "usd",
        "day": date(2027, 3, 9),
        "entry_id": entry.id,
        "event_id": "evt_nothing",
        "feed_id": feed.id,
        "filename": "app.css",
        "handle": "ada",
        "invoice_id": invoice.id,
        "job_id": 1,
        "kind": "platform",
        "name": "revenue",
        "note_id": note.id,
        "number": 2027,
        "offering_id": offering.id,
        "override_id": override.id,
        "policy_id": policies.current(None).policy_id,
        "reconciliation_id": asked.id,
        "reschedule_id": proposal.id,
        "schedule_id": schedule.id,
        "series_id": held.id,
        "session_id": browser.id,
        "time_off_id": away.id,
        "token": secret,
        "token_id": token.id,
        "year": 2027,
    }
    return made
