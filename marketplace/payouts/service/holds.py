"""Holds on one coach's payouts, with a reason that the coach reads."""

import uuid

from sqlalchemy import select

from marketplace import authority, clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, NotFound
from marketplace.languages import speaking
from marketplace.notifications.service import notify
from marketplace.payouts.models import PayoutHold
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.service.payout_jobs import enqueue_payout


class OnHoldAlready(Conflict):
    """This coach's payouts are on hold already; release that hold first."""


class NotOnHold(Conflict):
    """This coach's payouts are not on hold."""


@transactional
def hold_coach(admin: User, *, coach_id: uuid.UUID, reason: str) -> PayoutHold:
    """Hold a coach's payouts; transfers under way still arrive. Raises OnHoldAlready."""
    coach = _locked(admin, coach_id)
    hold = PayoutHold(id=uuid7(), coach_id=coach.id, reason=reason, placed_by=admin.id, placed_at=clock.now())
    with refusing("payout_holds_one_open_idx", OnHoldAlready):
        session().add(hold)
    record(admin.id, "payouts.held", coach.id, hold=str(hold.id), reason=reason)
    _tell(coach, hold, released=False)
    return hold


@transactional
def release_coach(admin: User, *, coach_id: uuid.UUID) -> PayoutHold:
    """Release a coach's payouts; those that waited are sent at once. Raises NotOnHold, OwnCase."""
    coach = _locked(admin, coach_id)
    authority.check_impartial(admin.id, coach.user_id)
    hold = payable_queries.hold_of(coach.id)
    if hold is None:
        raise NotOnHold
    hold.released_by, hold.released_at = admin.id, clock.now()
    for payout_id in run_queries.waiting_of(coach.id):
        enqueue_payout(payout_id)
    record(admin.id, "payouts.released", coach.id, hold=str(hold.id))
    _tell(coach, hold, released=True)
    return hold


def _locked(admin: User, coach_id: uuid.UUID) -> Coach:
    """The coach, locked in the way that sending locks, so that a payout sees the hold."""
    if not payout_permissions.may_pay_out(admin):
        raise NotFound
    session().execute(select(Coach.id).where(Coach.id == coach_id).with_for_update(key_share=True))
    return coaches.for_admin(admin, coach_id)


def _tell(coach: Coach, hold: PayoutHold, *, released: bool) -> None:
    with speaking(coach.user.preferences):
        notify(
            coach.user.email,
            template="payout_hold",
            key=f"payout-hold:{hold.id}:{'released' if released else 'placed'}",
            name=coach.user.name,
            reason=hold.reason,
            released=released,
            earnings_url=f"{config.current().public_url}/dashboard/earnings",
        )
