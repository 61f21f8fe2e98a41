"""What signing in leaves on record."""

import uuid

from marketplace.audit import service as audit
from marketplace.db import transactional

# People type passwords where addresses belong: what named nobody is not kept.
NOBODY = "nobody"


@transactional
def note_failed_sign_in(user_id: uuid.UUID | None, *, place: str) -> None:
    """Somebody tried to sign in and was not let in; None where the address is nobody's."""
    audit.record(None, "sign_in.failed", NOBODY if user_id is None else user_id, place=place)
