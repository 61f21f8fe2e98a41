"""What must be true of asks."""

from datetime import timedelta

from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "asks_end",
        _l("No ask waits longer than it says; unanswered, it lapses."),
        """
select 'ask' as kind, id::text as id, 'waits for its coach' as said, answer_by as since
from asks where status = 'open' and answer_by <= :now
""",
        timedelta(minutes=30),
    ),
)
