"""When a coach is paid out: by a schedule of their choice, or on request."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional
from marketplace.errors import Conflict, Invalid
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _
from marketplace.payouts.models import PayoutTerms
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.rules import schedules as schedule_rules


class NothingToAskFor(Conflict):
    """There is nothing that a payout could carry now."""


@transactional
def choose_schedule(user: User, *, schedule: str) -> PayoutTerms:
    """Be paid out weekly, monthly, or only when asking for it. Raises Invalid."""
    if schedule not in schedule_rules.SCHEDULES:
        raise Invalid(schedule=_("Choose one of %(choices)s.", choices=", ".join(schedule_rules.SCHEDULES)))
    coach = coaches.profile_of(user)
    terms = _write(coach.id, {"schedule": schedule, "asked_at": None})
    record(user.id, "payout_terms.schedule", coach.id, schedule=schedule)
    return terms


@transactional
def ask(user: User) -> PayoutTerms:
    """Request a payout of all that is payable; an admin approves the run that carries it.

    Raises NothingToAskFor with the reason: too little, a debt, no bank, on hold, one is under way.
    """
    coach = coaches.profile_of(user)
    # Of two requests at once the second sees what became of the first.
    session().execute(select(Coach.id).where(Coach.id == coach.id).with_for_update(key_share=True))
    reason = payable_queries.reason_not_to_ask(coach.id)
    if reason is not None:
        raise NothingToAskFor(reason.told())
    terms = _write(coach.id, {"asked_at": clock.now()})
    record(user.id, "payout_terms.asked", coach.id)
    enqueue("propose_due", once="propose_due")
    return terms


def _write(coach_id: uuid.UUID, values: dict[str, Any]) -> PayoutTerms:
    row = {"coach_id": coach_id, "schedule": schedule_rules.WEEKLY} | values
    written = insert(PayoutTerms).values(row).on_conflict_do_update(index_elements=["coach_id"], set_=values)
    session().execute(written)
    return payable_queries.terms_of(coach_id)
