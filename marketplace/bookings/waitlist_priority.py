"""Who has waited for a coach's time goes before who asks for it now. The lines are kept above; they answer here."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.dialects.postgresql import Range

from marketplace.accounts.models import User
from marketplace.coaches.models import Offering

Keeper = Callable[[User, Offering, Range[datetime]], bool]
_keepers: list[Keeper] = []


def kept_by(keeper: Keeper) -> Keeper:
    """Have `keeper` asked whether what `mentee` would claim of an offering's coach is due to somebody who waits."""
    _keepers.append(keeper)
    return keeper


def is_promised(mentee: User, offering: Offering, claimed: Range[datetime]) -> bool:
    """Is it? The caller has locked the coach's row."""
    return any(keeper(mentee, offering, claimed) for keeper in _keepers)
