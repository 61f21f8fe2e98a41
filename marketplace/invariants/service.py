"""Commands: evaluate the invariants, keep the results, tell admins what changed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.accounts.service import notify_admins
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.invariants import queries
from marketplace.invariants.models import InvariantResult
from marketplace.invariants.rules import catalog
from marketplace.invariants.rules.invariant import Finding
from marketplace.jobs import enqueue


@transactional
def request_evaluation(admin: User) -> None:
    """Have the worker evaluate every invariant now; NotFound for who is no admin."""
    only_admins(admin)
    enqueue("check_invariants", once="check_invariants", everything=True)
    record(admin.id, "checks.asked_for", "all")


@transactional
def check_invariants(everything: bool = False) -> None:
    """Evaluate every invariant that is due, or all of them; keep the results and tell admins of what changed."""
    kept = _locked()
    now = clock.now()
    due = [one for one in catalog.INVARIANTS if everything or catalog.is_due(one, kept[one.name].looked_at, now)]
    found = queries.evaluate(due)
    for finding in found:
        _keep(kept[finding.invariant.name], finding)
    _tell([finding for finding in found if not finding.well], [kept[finding.invariant.name] for finding in found])


def _locked() -> dict[str, InvariantResult]:
    """The rows of all invariants, locked: two evaluations at once would tell twice. Those of former ones go."""
    names = [one.name for one in catalog.INVARIANTS]
    session().execute(delete(InvariantResult).where(InvariantResult.name.not_in(names)))
    rows = [{"name": name, "took_ms": 0, "count": 0, "offenders": []} for name in sorted(names)]
    session().execute(insert(InvariantResult).values(rows).on_conflict_do_nothing(index_elements=["name"]))
    chosen = select(InvariantResult).order_by(InvariantResult.name).with_for_update()
    return {row.name: row for row in session().scalars(chosen, execution_options={"populate_existing": True})}


def _keep(result: InvariantResult, finding: Finding) -> None:
    now = clock.now()
    result.looked_at, result.took_ms = now, finding.took_ms
    result.count, result.failure = finding.count, finding.failure
    result.offenders = [_as_json(asdict(violation)) for violation in finding.violations]
    result.broken_since = None if finding.well else result.broken_since or now


def _as_json(violation: dict[str, Any]) -> dict[str, Any]:
    since = violation["since"]
    return violation | {"since": since.isoformat() if since else None}


def _tell(broken: Sequence[Finding], results: Sequence[InvariantResult]) -> None:
    """One mail to each admin of what is new: broken and not told yet, or told and well by now."""
    untold = {result.name: result for result in results if not result.well and result.told_at is None}
    healed = [result for result in results if result.well and result.told_at is not None]
    new = [finding for finding in broken if finding.invariant.name in untold]
    if not new and not healed:
        return
    evaluation_id = uuid7()
    well = [one.sentence for one in catalog.INVARIANTS if one.name in {result.name for result in healed}]
    notify_admins(
        template="invariants_changed",
        key=f"checks:{evaluation_id}",
        broken=new,
        well=well,
        checks_url=f"{config.current().public_url}/admin/invariants",
    )
    for result in untold.values():
        result.told_at = clock.now()
    for result in healed:
        result.told_at = None
