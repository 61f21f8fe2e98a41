"""`python -m devtools.personal_data`: write down in docs/personal-data.md what is decided about each table."""

from pathlib import Path

from marketplace.personal_data.rules.catalog import DECISIONS
from marketplace.personal_data.rules.decisions import TableDecision
from marketplace.personal_data.rules.reasons import EXPORT_DAYS, UNDO_DAYS

PAGE = Path(__file__).parent.parent / "docs" / "personal-data.md"
HEAD = f"""# Personal data

What becomes of a person's data, for operators who are asked. The tables below are written from
`marketplace/personal_data/rules` by `make personal-data`; a test fails for every new table or column that can hold
anything of a person until somebody has decided about it there.

## A copy

Everybody has a copy of everything made on **Account > Your data**, or by `POST /api/v1/me/exports`: an archive of JSON
by table, invoices and statements as PDF, and the files of briefs. A job makes it. Only its owner can download it, with
a fresh password, for {EXPORT_DAYS} days; then it is swept. No passwords, secrets of tokens or sealed bank details are
in it.

## Leaving

Everybody may ask for their account to be deleted, there or by `POST /api/v1/me/deletion`, with a fresh password. It is
refused, with every reason, while sessions, payments, refunds, disputes or reports are open, while the price of a
session is not released, a coach still offers something or is owed money, and for admins. For {UNDO_DAYS} days it can be
taken back. Then the reasons are looked at once more (what was opened meanwhile keeps the account, and a mail says so),
and everything happens in one transaction. The last mail is forgotten once it was sent.

An operator who has to act at once (a court, a death) deactivates the account first: `flask deactivate`.

What Stripe keeps is Stripe's: delete the customer or reject the connected account in its dashboard. Backups of the
database keep what they had until they are thrown away: keep them for as short a time as you can defend.
Logs have ids and addresses of requests, no names; rotate them.
Finished jobs, whose arguments may be an address, go after three days; counts of calls after minutes.

## Table by table
"""


def _row(decision: TableDecision) -> list[str]:
    erased = sorted({column for erasure in decision.erase for column in erasure.columns})
    rows = []
    if decision.delete:
        rows.append(f"| `{decision.table}` | their rows | deleted |")
    if erased:
        rows.append(f"| `{decision.table}` | {', '.join(f'`{column}`' for column in erased)} | blanked |")
    by_reason: dict[str, list[str]] = {}
    for column, why in decision.keeps.items():
        by_reason.setdefault(why, []).append(f"`{column}`")
    return rows + [
        f"| `{decision.table}` | {', '.join(columns)} | stays. {why} |" for why, columns in by_reason.items()
    ]


def written() -> str:
    """The whole page."""
    decisions = [DECISIONS[name] for name in sorted(DECISIONS)]
    rows = [row for decision in decisions for row in _row(decision)]
    nothing = ", ".join(f"`{decision.table}`" for decision in decisions if not _row(decision))
    table = "\n".join(["| table | what | when they leave |", "|---|---|---|", *rows])
    return f"{HEAD}\n{table}\n\nNothing of a person is in: {nothing}.\n"


if __name__ == "__main__":
    PAGE.write_text(written())
