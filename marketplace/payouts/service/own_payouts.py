"""Payouts to the admin who decides about them."""

from collections.abc import Sequence

from marketplace.accounts.models import User
from marketplace.accounts.queries import other_admins
from marketplace.errors import NotAllowed
from marketplace.payouts.models import Payout


class OwnPayout(NotAllowed):
    """This includes a payout to yourself: another admin decides about it."""


def check_own_payouts(admin: User, payouts: Sequence[Payout]) -> dict[str, list[str]]:
    """What the audit trail is to say where the only active admin decides about payouts to themselves, else {}.

    Raises OwnPayout where another admin could decide instead.
    """
    own = [str(payout.id) for payout in payouts if payout.coach.user_id == admin.id]
    if own and other_admins(admin.id):
        raise OwnPayout
    return {"own_payouts": own} if own else {}
