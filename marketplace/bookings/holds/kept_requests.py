"""Commands: keep what a visitor asked to hold until the address is confirmed; hold it then."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.holds import service as holds
from marketplace.bookings.holds.models import KeptRequest
from marketplace.bookings.models import Booking
from marketplace.db import session, transactional, uuid7
from marketplace.errors import NotFound

# As long as the link of a sign-up works.
KEPT_FOR = timedelta(days=2)


@transactional
def keep(
    *,
    offering_id: uuid.UUID,
    starts_at: datetime,
    brief: str,
    policy_version: uuid.UUID | None,
    client_place: str | None = None,
) -> uuid.UUID:
    """Keep the request of somebody who is not known yet; returns the key under which it is found again."""
    kept = KeptRequest(
        id=uuid7(),
        offering_id=offering_id,
        starts_at=starts_at,
        brief=brief,
        policy_version=policy_version,
        client_place=client_place,
    )
    session().add(kept)
    return kept.id


def kept(request_id: uuid.UUID) -> KeptRequest:
    """What is kept under this key; NotFound once it is too old."""
    found = session().get(KeptRequest, request_id)
    if found is None or found.kept_at + KEPT_FOR < clock.now():
        raise NotFound
    return found


@transactional
def hold_kept(mentee: User, *, request_id: uuid.UUID) -> Booking:
    """Hold for `mentee` what is kept under this key, once. Raises NotFound, and what `holds.hold` raises."""
    wanted = kept(request_id)
    booking = holds.hold(
        mentee,
        offering_id=wanted.offering_id,
        starts_at=wanted.starts_at,
        brief=wanted.brief,
        policy_version=wanted.policy_version,
        client_place=wanted.client_place,
    )
    session().delete(wanted)
    return booking


@transactional
def forget_kept_requests() -> None:
    """Delete those that nobody came back for."""
    session().execute(delete(KeptRequest).where(KeptRequest.kept_at < clock.now() - KEPT_FOR))
