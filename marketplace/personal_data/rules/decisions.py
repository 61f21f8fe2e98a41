"""What is decided about a table: whose rows are whose, what goes, is blanked, stays and why.

Conditions are SQL over `:person` (the key in `users`), `:coach` (the key in `coaches`, or null), `:emails` (every
address the account had, in lower case), `:name`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketplace.languages import LazyText

SESSIONS = "(select id from bookings where mentee_id = :person or coach_id = :coach)"
AS_MENTEE = "(select id from bookings where mentee_id = :person)"
AS_COACH = "(select id from bookings where coach_id = :coach)"
PAID = "(select id from payments where payer_id = :person)"
PAYOUTS = "(select id from payouts where coach_id = :coach)"
CALENDARS = "(select id from calendars where coach_id = :coach)"
SCHEDULES = "(select id from schedules where coach_id = :coach)"

# What stands in the place of a name.
DELETED = "Deleted account"


@dataclass(frozen=True)
class Erasure:
    """In the rows of `where`, each column becomes that SQL expression."""

    where: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class TableDecision:
    """What is decided about one table.

    `what` its rows are called, `mine` are the rows that are handed out, but for the `secrets`; `delete` are the rows
    that go; `erase` blanks columns; `keeps` are columns about people that stay, each with the reason; `plain` hold
    nothing of a person.
    """

    table: str
    what: LazyText | str
    mine: str = ""
    secrets: tuple[str, ...] = ()
    delete: str = ""
    erase: tuple[Erasure, ...] = ()
    keeps: Mapping[str, str] = field(default_factory=dict)
    plain: tuple[str, ...] = ()

    def decided(self) -> set[str]:
        """The columns about which something is decided one by one."""
        erased = {column for erasure in self.erase for column in erasure.columns}
        return erased | set(self.keeps) | set(self.plain)


def gone(table: str, where: str, what: LazyText | str = "", secrets: tuple[str, ...] = ()) -> TableDecision:
    """A table whose rows of a person are handed out, if they say something, and go with them."""
    return TableDecision(table, what, mine=where if what else "", secrets=secrets, delete=where)


IDS = "A key that names nobody once the account has no name."
BOOKS = "The books have to be whole: tax and accounting law keep them for years."
ISSUED = "A document that was issued is never changed: tax law keeps it for years."
ADMINS = "An admin's words on a decision about money, kept with the decision."
