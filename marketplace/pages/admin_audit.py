"""The audit log: who did what to what, and which admin looked at whose data."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from marketplace.account_changes.queries import people
from marketplace.accounts.queries import names
from marketplace.audit import queries, rules
from marketplace.audit.models import READ, AuditEntry
from marketplace.audit.schemas import AuditSearchSchema
from marketplace.authentication.access import admin_only
from marketplace.bookings.listings import queries as listings
from marketplace.coaches import queries as coaches
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages import end_reasons, tables
from marketplace.pages.csv_export import batches
from marketplace.pages.responses import private
from marketplace.pages.tables import TIME, Column

bp = Blueprint("admin_audit", __name__, url_prefix="/admin/record")

# So many people whose name or address fits are looked for.
MOST_PEOPLE = 50
LINES = 30
# Pages of what has no name of its own: words, endpoint, argument.
PAGES = {
    "payout_run": (_l("Payout run"), "admin_payouts.run", "run_id"),
    "payout": (_l("Payout"), "admin_ledger.timeline", "about"),
    "payment": (_l("Payment"), "admin_ledger.timeline", "about"),
    "dispute": (_l("Dispute"), "admin_disputes.dispute", "dispute_id"),
    "policy": (_l("Cancellation policy"), "admin_policies.show", "policy_id"),
}


def what(line: AuditEntry) -> str:
    """What was done, in words."""
    return rules.words(line.action, str(line.details.get("what", "")))


def why(line: AuditEntry) -> str:
    """What the line says beside that: a reason, a sum, how many people were looked at."""
    details = line.details
    said = [end_reasons.told(details["reason"])] if isinstance(details.get("reason"), str) else []
    if isinstance(details.get("cents"), int) and isinstance(details.get("currency"), str):
        said.append(spoken(details["cents"], details["currency"]))
    if details.get("counted"):
        said.append(_("people and coaches: %(count)s", count=details["counted"]))
    if details.get("own_payouts"):
        said.append(_("One of them was to themselves; there was no other admin."))
    return ". ".join(said)


COLUMNS = (
    Column("at", _l("When"), kind=TIME, sorts=True),
    Column("who", _l("Who"), path=lambda line: line.actor_id or ""),
    Column("what", _l("What"), path=what),
    Column("about", _l("About"), path="subject_id"),
    Column("why", _l("More"), path=why),
)


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """The newest lines, or those about one thing or person, by one person, of a kind, or of looks at data alone."""
    asked = tables.read(COLUMNS, default="-at", filters=AuditSearchSchema(), size=LINES)
    wanted = asked.filters | {"about": _about(asked.filters["about"]), "actor_ids": _actors(asked.filters["by"])}
    del wanted["by"]
    order = {name: value for name, value in asked.order.items() if name != "sort"}
    if asked.as_csv:
        return asked.csv("audit-log.csv", batches(queries.log, **wanted | {"descending": asked.descending}))
    lines = queries.log(**wanted, **order)
    page = private(
        "admin/record.html",
        shown=asked.table(lines, _("Audit log")),
        names=names({line.actor_id for line in lines if line.actor_id}),
        subjects=_subjects(lines),
        kinds=list(rules.SUBJECTS.items()),
        what=what,
        looks=asked.filters["looks"],
    )
    return page, asked.status


def _about(typed: str) -> list[str]:
    """The ids that the words mean: an id itself, or people whose name or address they are part of."""
    if not typed or _is_id(typed):
        return [typed] if typed else []
    found = [person.id for person in people.search(actor(), search=typed, limit=MOST_PEOPLE)]
    return [typed, *map(str, [*found, *coaches.ids_of(found)])]


def _actors(typed: str) -> list[uuid.UUID] | None:
    if not typed:
        return None
    if _is_id(typed):
        return [uuid.UUID(typed)]
    return [person.id for person in people.search(actor(), search=typed, limit=MOST_PEOPLE)]


def _is_id(typed: str) -> bool:
    try:
        return bool(uuid.UUID(typed))
    except ValueError:
        return False


def _subjects(lines: Sequence[AuditEntry]) -> dict[Any, tuple[str, str]]:
    """What the lines are about: words and the address of its page, by the line's id."""
    ids = {uuid.UUID(line.subject_id) for line in lines if _is_id(line.subject_id)}
    known = {str(each): (name, url_for("admin_people.detail", user_id=each)) for each, name in names(ids).items()}
    known |= {
        str(each): (name, url_for("admin_coaches.detail", coach_id=each))
        for each, name in coaches.names_of(ids).items()
    }
    known |= {
        str(each): (title, url_for("admin_bookings.timeline", booking_id=each))
        for each, title in listings.titles(ids).items()
    }
    return {line.id: known.get(line.subject_id) or _page_of(line) for line in lines}


def _page_of(line: AuditEntry) -> tuple[str, str]:
    subject = line.action.partition(".")[0]
    if subject in PAGES and _is_id(line.subject_id):
        words, endpoint, argument = PAGES[subject]
        named: dict[str, Any] = {argument: line.subject_id}
        return str(words), url_for(endpoint, **named)
    if _is_id(line.subject_id):
        return f"…{line.subject_id[-8:]}", url_for("admin_audit.browse", about=line.subject_id)
    # Of a look at a whole list, what was done says it already.
    return ("" if line.action == READ else line.subject_id), ""
