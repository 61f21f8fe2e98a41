"""What Stripe does not know any more though it told us of it: told to admins, once."""

import uuid

from marketplace import config
from marketplace.accounts.service import notify_admins
from marketplace.audit.queries import timeline_of
from marketplace.audit.service import record
from marketplace.db import transactional

DISPUTE, TRANSFER = "dispute", "transfer"


@transactional
def note_missing(what: str, stripe_id: str, *, subject_id: uuid.UUID, page: str) -> None:
    """Note that Stripe does not know a dispute or transfer of ours: its state stays, and a person looks.

    `subject_id` is our row's, `page` the path where admins see it.
    """
    action = f"{what}.missing"
    if any(entry.action == action for entry in timeline_of(subject_id)):
        return
    record(None, action, subject_id, stripe=stripe_id)
    notify_admins(
        template="missing_at_stripe",
        key=f"missing:{stripe_id}",
        what=what,
        stripe_id=stripe_id,
        page_url=f"{config.current().public_url}{page}",
    )
