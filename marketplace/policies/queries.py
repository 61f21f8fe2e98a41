"""Reads: which policies there are, and what each says now."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from marketplace import config
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.policies.models import Policy, PolicyVersion
from marketplace.policies.rules import Terms


def _latest() -> Select[PolicyVersion]:
    """The version of each policy that is sold now."""
    newest = (
        select(func.max(PolicyVersion.number))
        .where(PolicyVersion.policy_id == Policy.id)
        .correlate(Policy)
        .scalar_subquery()
    )
    return select(PolicyVersion).join(PolicyVersion.policy).where(PolicyVersion.number == newest)


def current(policy_id: uuid.UUID | None) -> PolicyVersion:
    """What a policy says now; without one, the house's. NotFound."""
    which = Policy.is_house if policy_id is None else Policy.id == policy_id
    found = session().scalars(_latest().where(which)).one_or_none()
    if found is None:
        raise NotFound
    return found


def version(version_id: uuid.UUID) -> PolicyVersion:
    """One version; NotFound."""
    found = session().get(PolicyVersion, version_id)
    if found is None:
        raise NotFound
    return found


def terms_of(said: PolicyVersion) -> Terms:
    """The same as a booking would keep it."""
    settings = config.current()
    return said.terms(dispute_window_hours=settings.dispute_window_hours, request_hours=settings.request_hours)


def house_terms() -> Terms:
    """What the house's policy says now."""
    return terms_of(current(None))


def choosable() -> Sequence[PolicyVersion]:
    """What a coach may choose among, the house's first."""
    return session().scalars(_latest().where(Policy.retired_at.is_(None)).order_by(*_ORDER)).all()


def listed() -> Sequence[PolicyVersion]:
    """All of them, the retired last."""
    return session().scalars(_latest().order_by(Policy.retired_at.is_not(None), *_ORDER)).all()


_ORDER = (Policy.is_house.desc(), Policy.name)


def versions_of(policy_id: uuid.UUID) -> Sequence[PolicyVersion]:
    """Every version of a policy, the newest first; NotFound."""
    chosen = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)
    versions = session().scalars(chosen.order_by(PolicyVersion.number.desc())).all()
    if not versions:
        raise NotFound
    return versions
