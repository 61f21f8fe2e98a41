"""What a dispute took."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.bookings.disputes.models import DisputeLoss
from marketplace.db import session


def losses_of(dispute_id: uuid.UUID) -> Sequence[DisputeLoss]:
    """What a dispute took of each session."""
    return session().scalars(select(DisputeLoss).where(DisputeLoss.dispute_id == dispute_id)).all()
