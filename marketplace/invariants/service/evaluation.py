"""Commands: look at the invariants, keep what was found, tell admins what broke and what is well again."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.service import tell_admins
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.errors import NotFound
from marketplace.invariants.models import CheckResult
from marketplace.invariants.queries import results as invariant_results
from marketplace.invariants.rules import catalog as rules
from marketplace.invariants.rules.invariant import Finding
from marketplace.jobs import enqueue


@transactional
def ask_to_look(admin: User) -> None:
    """Have the worker look at everything now; NotFound for who is no admin."""
    if not admin.is_admin:
        raise NotFound
    enqueue("check_invariants", once="check_invariants", everything=True)
    record(admin.id, "checks.asked_for", "all")


@transactional
def check_invariants(everything: bool = False) -> None:
    """Look at every invariant that is due, or at all of them; keep what was found and tell admins of what changed."""
    kept = _locked()
    now = clock.now()
    due = [one for one in rules.INVARIANTS if everything or rules.is_due(one, kept[one.name].looked_at, now)]
    found = invariant_results.look(due)
    for finding in found:
        _keep(kept[finding.invariant.name], finding)
    _tell([finding for finding in found if not finding.well], [kept[finding.invariant.name] for finding in found])


def _locked() -> dict[str, CheckResult]:
    """The rows of all invariants, locked: two looks at once would tell twice. Those of former ones go."""
    names = [one.name for one in rules.INVARIANTS]
    session().execute(delete(CheckResult).where(CheckResult.name.not_in(names)))
    rows = [{"name": name, "took_ms": 0, "count": 0, "offenders": []} for name in sorted(names)]
    session().execute(insert(CheckResult).values(rows).on_conflict_do_nothing(index_elements=["name"]))
    chosen = select(CheckResult).order_by(CheckResult.name).with_for_update()
    return {row.name: row for row in session().scalars(chosen, execution_options={"populate_existing": True})}


def _keep(result: CheckResult, finding: Finding) -> None:
    now = clock.now()
    result.looked_at, result.took_ms = now, finding.took_ms
    result.count, result.failure = finding.count, finding.failure
    result.offenders = [_as_json(asdict(offender)) for offender in finding.offenders]
    result.broken_since = None if finding.well else result.broken_since or now


def _as_json(offender: dict[str, Any]) -> dict[str, Any]:
    since = offender["since"]
    return offender | {"since": since.isoformat() if since else None}


def _tell(broken: Sequence[Finding], looked_at: Sequence[CheckResult]) -> None:
    """One mail to each admin of what is new: broken and not told yet, or told and well by now."""
    untold = {result.name: result for result in looked_at if not result.well and result.told_at is None}
    healed = [result for result in looked_at if result.well and result.told_at is not None]
    new = [finding for finding in broken if finding.invariant.name in untold]
    if not new and not healed:
        return
    look_id = uuid7()
    well = [one.sentence for one in rules.INVARIANTS if one.name in {result.name for result in healed}]
    subject = "Something is not as it must be" if new else "Everything that was reported is well again"
    tell_admins(
        subject=subject,
        template="checks_changed",
        key=f"checks:{look_id}",
        broken=new,
        well=well,
        checks_url=f"{config.current().public_url}/admin/invariants",
    )
    for result in untold.values():
        result.told_at = clock.now()
    for result in healed:
        result.told_at = None
