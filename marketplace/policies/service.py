"""Commands of admins: create a policy, revise it, retire it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _
from marketplace.policies import queries, rules
from marketplace.policies.models import Policy, PolicyVersion


class PolicyNameTaken(Invalid):
    """There is a policy of this name."""

    def __init__(self) -> None:
        super().__init__(None, name=_("There is a policy of this name already. Choose another."))


class PolicySuperseded(Conflict):
    """Somebody has made another version in the meantime. Look at it first."""


class PolicyRetired(Conflict):
    """This policy is retired: nobody can choose it any more."""


class HousePolicyStays(Conflict):
    """The house's policy cannot be retired: every offering that names no other follows it."""


class PolicyUnchanged(Conflict):
    """This is what the present version says. Nothing was changed."""


@transactional
def create(
    admin: User,
    *,
    name: str,
    tiers: Sequence[rules.Tier],
    grace_minutes: int,
    reschedules: int,
    reschedule_hours: int,
) -> PolicyVersion:
    """Create a policy with its first version, for coaches to choose. Raises Invalid, PolicyNameTaken."""
    _admins_only(admin)
    name = " ".join(name.split())
    said = {"grace_minutes": grace_minutes, "reschedules": reschedules, "reschedule_hours": reschedule_hours}
    wrong = rules.problems(tiers=tiers, **said)
    if problem := rules.name_problem(name):
        wrong = {"name": problem} | wrong
    if wrong:
        raise Invalid(None, **wrong)
    policy = Policy(id=uuid7(), name=name)
    with refusing("policies_name_key", PolicyNameTaken()):
        session().add(policy)
    return _write(admin, policy, 1, tiers, said)


@transactional
def revise(
    admin: User,
    *,
    policy_id: uuid.UUID,
    after_version: int,
    tiers: Sequence[rules.Tier],
    grace_minutes: int,
    reschedules: int,
    reschedule_hours: int,
) -> PolicyVersion:
    """Write a new version, sold from now on; bookings keep the one they were sold under. Their coaches are notified.

    `after_version` is the one that was looked at. Raises Invalid, PolicySuperseded, PolicyRetired, PolicyUnchanged.
    """
    _admins_only(admin)
    policy = _locked(policy_id)
    present = queries.current(policy_id)
    if present.number != after_version:
        raise PolicySuperseded
    if policy.retired_at is not None:
        raise PolicyRetired
    said = {"grace_minutes": grace_minutes, "reschedules": reschedules, "reschedule_hours": reschedule_hours}
    wrong = rules.problems(tiers=tiers, **said)
    if wrong:
        raise Invalid(None, **wrong)
    if present.tiers == [list(tier) for tier in tiers] and all(getattr(present, key) == said[key] for key in said):
        raise PolicyUnchanged
    version = _write(admin, policy, present.number + 1, tiers, said)
    enqueue("send_new_terms", version_id=str(version.id))
    return version


@transactional
def retire(admin: User, *, policy_id: uuid.UUID) -> Policy:
    """Let nobody choose it any more. Offerings that have it keep it, and so does what is booked; twice is harmless."""
    _admins_only(admin)
    policy = _locked(policy_id)
    if not rules.may_retire(is_house=policy.is_house):
        raise HousePolicyStays
    if policy.retired_at is None:
        policy.retired_at = clock.now()
        record(admin.id, "policy.retired", policy.id, name=policy.name)
    return policy


def _admins_only(person: User) -> None:
    if not rules.may_decide(person):
        raise NotFound


def _locked(policy_id: uuid.UUID) -> Policy:
    chosen = select(Policy).where(Policy.id == policy_id).with_for_update(key_share=True)
    policy = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if policy is None:
        raise NotFound
    return policy


def _write(
    admin: User, policy: Policy, number: int, tiers: Sequence[rules.Tier], said: dict[str, int]
) -> PolicyVersion:
    version = PolicyVersion(
        id=uuid7(), policy=policy, number=number, tiers=[list(tier) for tier in tiers], made_by=admin.id, **said
    )
    session().add(version)
    session().flush()
    record(admin.id, "policy.made" if number == 1 else "policy.said_anew", policy.id, name=policy.name, version=number)
    return version
