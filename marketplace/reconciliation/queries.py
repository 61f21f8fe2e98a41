"""Reads: reconciliations, and what their differences are about."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.db import ordered, session
from marketplace.errors import NotFound
from marketplace.reconciliation import rules
from marketplace.reconciliation.models import Reconciliation

# What each of Stripe's objects is about here: the booking or the payout whose timeline tells more.
_ABOUT = text("""
select distinct on (source) source, about from (
    select charge_id as source, subject_id as about from payments where charge_id in :sources
    union all
    select r.stripe_id, p.subject_id from refunds r join payments p on p.id = r.payment_id
    where r.stripe_id in :sources
    union all
    select d.stripe_id, p.subject_id from disputes d join payments p on p.id = d.payment_id
    where d.stripe_id in :sources
    union all
    select stripe_id, id from payouts where stripe_id in :sources
    union all
    select source, subject_id from ledger_entries where source in :sources
) as found order by source
""").bindparams(bindparam("sources", expanding=True))


@dataclass(frozen=True)
class TracedDifference:
    """What the ledger and Stripe say of one object, and the booking or payout that it is about, where known."""

    row: rules.Difference
    about: uuid.UUID | None


SORTS = {
    "asked_at": (Reconciliation.asked_at, Reconciliation.id),
    "compared": (Reconciliation.compared, Reconciliation.id),
    "differences": (func.jsonb_array_length(Reconciliation.differences), Reconciliation.id),
}


def reconciliations(
    admin: User,
    *,
    before: uuid.UUID | None = None,
    sort: str = "asked_at",
    descending: bool = True,
    offset: int = 0,
    limit: int | None = 30,
) -> Sequence[Reconciliation]:
    """Reconciliations, the latest first; `before` continues a page. NotFound for who is no admin."""
    only_admins(admin)
    chosen = select(Reconciliation)
    if before is not None:
        chosen = chosen.where(Reconciliation.id < before)
    page = ordered(chosen, SORTS, sort=sort, descending=descending, offset=offset, limit=limit)
    return session().scalars(page).all()


def reconciliation(admin: User, reconciliation_id: uuid.UUID) -> Reconciliation:
    """One reconciliation, for an admin; NotFound."""
    found = session().get(Reconciliation, reconciliation_id, populate_existing=True) if admin.is_admin else None
    if found is None:
        raise NotFound
    return found


def latest_finished(*, but: uuid.UUID | None = None) -> Reconciliation | None:
    """The latest reconciliation that could be made, other than `but`."""
    chosen = select(Reconciliation).where(Reconciliation.finished_at.is_not(None), Reconciliation.failure.is_(None))
    if but is not None:
        chosen = chosen.where(Reconciliation.id != but)
    return session().scalar(chosen.order_by(Reconciliation.finished_at.desc(), Reconciliation.id.desc()).limit(1))


def differences_of(found: Reconciliation) -> list[TracedDifference]:
    """Its differences with what each is about."""
    rows = [rules.Difference(**row) for row in found.differences]
    about = _about({row.source for row in rows if row.source})
    return [TracedDifference(row, about.get(row.source)) for row in rows]


def _about(sources: Collection[str]) -> dict[str, uuid.UUID]:
    if not sources:
        return {}
    rows = session().execute(_ABOUT, {"sources": list(sources)})
    return {row.source: row.about for row in rows}
