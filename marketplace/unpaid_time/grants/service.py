"""Commands: choose a budget, grant a free session, take one, and see what became of it."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes import service as quotes
from marketplace.asks.rules import states as ask_states
from marketplace.asks.transitions import transition as transition_ask
from marketplace.audit.service import record
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import confirmations
from marketplace.bookings.terms import service as booking_terms
from marketplace.bookings.transitions import transition as transition_booking
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.policies import queries as policies
from marketplace.unpaid_time import queries as minutes_queries
from marketplace.unpaid_time.grants import notifications, queries, rules
from marketplace.unpaid_time.grants.models import Grant, ProBonoBudget
from marketplace.unpaid_time.grants.transitions import transition_grant
from marketplace.unpaid_time.rules.minutes import PRO_BONO
from marketplace.unpaid_time.service.entries import write


class BudgetSpent(Conflict):
    """So many minutes are not left of what you give this month. Your rate card answers: offer paid time."""


class GrantOver(Conflict):
    """This free session is over: it was booked, the ask has ended, or its three days have passed."""


class GrantWaits(Conflict):
    """A free session is offered for this ask already."""


class NothingToGrantBy(Conflict):
    """There is nothing on your rate card that a session of this length could follow. Publish an offering first."""


@transactional
def choose_budget(coach_user: User, *, minutes_per_month: int) -> int:
    """Say how many minutes a month a coach gives. Raises NotFound for whoever is no coach, Invalid."""
    coach = coaches.profile_of(coach_user)
    if not 0 <= minutes_per_month <= rules.MOST_A_MONTH:
        said = _("Write a number from %(least)s to %(most)s.", least=0, most=rules.MOST_A_MONTH)
        raise Invalid(minutes_per_month=said)
    made = insert(ProBonoBudget).values(coach_id=coach.id, minutes_per_month=minutes_per_month)
    changed = {"minutes_per_month": minutes_per_month}
    session().execute(made.on_conflict_do_update(index_elements=["coach_id"], set_=changed))
    record(coach_user.id, "pro_bono.budget_changed", coach.id, minutes=minutes_per_month)
    return minutes_per_month


@transactional
def grant(coach_user: User, *, ask_id: uuid.UUID, minutes: int) -> Grant:
    """Offer a free session for an ask, out of this month's budget; it stands for three days.

    However many are granted at once, no more minutes are taken than there are: the coach's row is locked. Raises
    NotFound for whoever is not the ask's coach, Invalid, AskOver, QuoteBeingPaid, GrantWaits, BudgetSpent,
    NothingToGrantBy.
    """
    if asks.one(coach_user, ask_id).coach.user_id != coach_user.id:
        raise NotFound
    if not rules.LEAST_MINUTES <= minutes <= rules.MOST_MINUTES:
        least, most = rules.LEAST_MINUTES, rules.MOST_MINUTES
        raise Invalid(minutes=_("Write a number from %(least)s to %(most)s.", least=least, most=most))
    ask = asks.locked(ask_id)
    if ask.status not in ask_states.WAITING:
        raise quotes.AskOver
    known = queries.of_ask(ask.id)
    if known is not None and known.status in rules.TAKEN:
        raise GrantWaits
    offering = asks.offering_for(ask.coach, minutes, ask.kind)
    if offering is None:
        raise NothingToGrantBy
    quotes.close_live(ask, quote_rules.SUPERSEDED, by=coach_user)
    made = _taken(ask, minutes, offering.id)
    record(coach_user.id, "grant.offered", made.id, ask_id=str(ask.id), minutes=minutes)
    if ask.status == ask_states.OPEN:
        transition_ask(ask, ask_states.QUOTED, by=coach_user.id)
    notifications.tell_offered(made)
    return made


def _taken(ask: Ask, minutes: int, offering_id: uuid.UUID) -> Grant:
    """Take the minutes out of the budget under the coach's lock, by a row of the ledger."""
    session().execute(select(Coach.id).where(Coach.id == ask.coach_id).with_for_update())
    if minutes > queries.left_of(ask.coach):
        raise BudgetSpent
    grant_id, entry_id = uuid7(), uuid7()
    cents, currency = minutes_queries.value_of(ask.coach, minutes, ask.kind), ask.coach.currency
    write(
        ask.coach,
        f"grant:{grant_id}",
        PRO_BONO,
        minutes,
        day=clock.today(ask.coach.timezone),
        entry_id=entry_id,
        subject_id=ask.id,
        receiver_id=ask.asker_id,
        value=(cents, currency),
    )
    made = Grant(
        id=grant_id,
        ask_id=ask.id,
        ask=ask,
        offering_id=offering_id,
        entry_id=entry_id,
        status=rules.OFFERED,
        minutes=minutes,
        value_cents=cents,
        currency=currency,
        valid_until=clock.now() + rules.VALID_FOR,
        created_at=clock.now(),
    )
    session().add(made)
    session().flush()
    return made


@transactional
def take(asker: User, *, grant_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Book a free time for a free session: confirmed at once, since nothing is to be paid.

    Raises NotFound for whoever did not ask, GrantOver, QuoteBeingPaid, and what `holds.hold` raises.
    """
    ask, found = _locked(asker, grant_id)
    if ask.asker_id != asker.id:
        raise NotFound
    _settle(ask, found)
    if found.status != rules.OFFERED:
        raise GrantOver
    quotes.close_live(ask, quote_rules.WITHDRAWN, by=asker)
    offering = queries.offering_as_granted(found)
    terms = booking_terms.TermsSnapshot(policies.terms_of(policies.current(offering.policy_id)), 0)
    booking = holds.hold_on_terms(asker, offering, starts_at, terms, brief=ask.about)
    transition_booking(booking, booking_rules.CONFIRMED, by=asker.id)
    found.booking_id = booking.id
    transition_grant(found, rules.BOOKED, by=asker.id)
    transition_ask(ask, ask_states.BOOKED, by=asker.id)
    confirmations.confirmed([booking])
    notifications.tell_receipt(found, booking)
    return booking


def _locked(actor: User, grant_id: uuid.UUID) -> tuple[Ask, Grant]:
    """The ask, then the grant, locked; NotFound."""
    ask = asks.locked(queries.one(actor, grant_id).ask_id)
    return ask, queries.locked(grant_id)


def settle_grants() -> None:
    """End what nobody took in time, and give back the minutes of what was called off. Safe to run twice."""
    for found in queries.to_settle():
        _settle_one(found.id, found.ask_id)


@transactional
def _settle_one(grant_id: uuid.UUID, ask_id: uuid.UUID) -> None:
    _settle(asks.locked(ask_id), queries.locked(grant_id))


def _settle(ask: Ask, found: Grant) -> None:
    if found.status == rules.BOOKED and found.booking is not None:
        if found.booking.status in booking_rules.CALLED_OFF:
            transition_grant(found, rules.CANCELLED)
    elif found.status == rules.OFFERED and ask.status not in ask_states.WAITING:
        transition_grant(found, rules.LAPSED)
    elif found.status == rules.OFFERED and found.valid_until <= clock.now():
        transition_grant(found, rules.LAPSED)
        if ask.status == ask_states.QUOTED and quote_queries.live_locked(ask.id) is None:
            transition_ask(ask, ask_states.LAPSED)
            notifications.tell_over(found)
