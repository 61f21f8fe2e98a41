"""Reads: what the sweeps found."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.db import session
from marketplace.sweeps.models import Sweep


def sweeps(admin: User, *, limit: int = 48) -> Sequence[Sweep]:
    """Sweeps, the latest first; NotFound for who is no admin."""
    only_admins(admin)
    return session().scalars(select(Sweep).order_by(Sweep.id.desc()).limit(limit)).all()
