"""Reading people's passkeys."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.passkeys.models import Passkey
from marketplace.db import session


def passkeys_of(user_id: uuid.UUID) -> Sequence[Passkey]:
    """A person's passkeys, the newest first."""
    return session().scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id.desc())).all()


def has_passkey(user_id: uuid.UUID) -> bool:
    """Whether a person has any."""
    return bool(session().scalar(select(exists().where(Passkey.user_id == user_id))))


def count_passkeys(user_id: uuid.UUID) -> int:
    """How many passkeys a person has."""
    return session().scalar(select(func.count()).where(Passkey.user_id == user_id)) or 0


def by_credential(credential_id: bytes) -> Passkey | None:
    """The passkey with that id of a credential and its `.user`; None where nobody has it, or no longer."""
    chosen = select(Passkey).options(joinedload(Passkey.user, innerjoin=True))
    return session().scalar(
        chosen.where(Passkey.credential_id == credential_id), execution_options={"populate_existing": True}
    )
