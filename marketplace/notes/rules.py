"""Who may write a note, and how it is encrypted. Who may read one is `queries.visible_to`."""

import uuid
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from marketplace.bookings.rules import CANCELLED, COMPLETED, CONFIRMED, REQUESTED
from marketplace.errors import Unavailable

LONGEST = 20_000

# A session that is to come or was; a time that was only held is nothing to keep notes of.
WORTH_NOTING = frozenset({REQUESTED, CONFIRMED, COMPLETED, CANCELLED})


class NoteKeyMissing(Unavailable):
    """This note was encrypted with a key that is not among NOTES_KEYS any more."""


def may_write(person_id: uuid.UUID, *, coach_user_id: uuid.UUID, booking_status: str) -> bool:
    """The coach of a session keeps its notes, nobody else."""
    return person_id == coach_user_id and booking_status in WORTH_NOTING


def encrypt(text: str, keys: Sequence[bytes]) -> bytes:
    """The text as a Fernet token of the first key."""
    return _fernet(keys).encrypt(text.encode())


def decrypt(token: bytes, keys: Sequence[bytes]) -> str:
    """The text of a token that any of the keys made; raises NoteKeyMissing."""
    try:
        return _fernet(keys).decrypt(token).decode()
    except InvalidToken as error:
        raise NoteKeyMissing from error


def _fernet(keys: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
