"""Reads: comparisons of the books, and what their differences are about."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text

from marketplace.accounts.models import User
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invariants.models import Comparison
from marketplace.stripe_inbox import rules as stripe_event_rules

# What each of Stripe's objects is about here: the booking or the payout whose story tells more.
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
class Difference:
    """What the two books say of one of Stripe's objects, and the booking or payout that it is about, if we know."""

    row: stripe_event_rules.Difference
    about: uuid.UUID | None


def comparisons(admin: User, *, before: uuid.UUID | None = None, limit: int = 30) -> Sequence[Comparison]:
    """Comparisons, the latest first; `before` continues a page. NotFound for who is no admin."""
    if not admin.is_admin:
        raise NotFound
    chosen = select(Comparison).order_by(Comparison.id.desc()).limit(limit)
    return session().scalars(chosen if before is None else chosen.where(Comparison.id < before)).all()


def comparison(admin: User, comparison_id: uuid.UUID) -> Comparison:
    """One comparison, for an admin; NotFound."""
    found = session().get(Comparison, comparison_id, populate_existing=True) if admin.is_admin else None
    if found is None:
        raise NotFound
    return found


def latest_finished(*, but: uuid.UUID | None = None) -> Comparison | None:
    """The latest comparison that could be made, other than `but`."""
    chosen = select(Comparison).where(Comparison.finished_at.is_not(None), Comparison.failure.is_(None))
    if but is not None:
        chosen = chosen.where(Comparison.id != but)
    return session().scalar(chosen.order_by(Comparison.finished_at.desc(), Comparison.id.desc()).limit(1))


def differences_of(found: Comparison) -> list[Difference]:
    """Its differences with what each is about."""
    rows = [stripe_event_rules.Difference(**row) for row in found.differences]
    about = _about({row.source for row in rows if row.source})
    return [Difference(row, about.get(row.source)) for row in rows]


def _about(sources: Collection[str]) -> dict[str, uuid.UUID]:
    if not sources:
        return {}
    rows = session().execute(_ABOUT, {"sources": list(sources)})
    return {row.source: row.about for row in rows}
