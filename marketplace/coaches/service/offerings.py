"""Commands of a coach's rate card: publish an offering, change it, retire it."""

import uuid
from typing import Any

from marketplace import config
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches import queries, rules
from marketplace.coaches.licences import queries as licences
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.service.profiles import expand, locked
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.notifications import service as notifications
from marketplace.policies import queries as policies
from marketplace.policies.models import PolicyVersion

WRITTEN = (
    "title",
    "description",
    "kind",
    "price_cents",
    "currency",
    "by_approval",
    "preparation_blocks",
    "intro",
    "start_step_minutes",
    "schedule_id",
    "policy_id",
)


class NotApproved(NotAllowed):
    """Your rate card opens once your application has been approved."""


@transactional
def publish_offering(
    user: User,
    *,
    title: str,
    kind: str,
    minutes: int,
    price_cents: int,
    currency: str | None = None,
    description: str = "",
    by_approval: bool = False,
    preparation_minutes: int = 0,
    preparation_blocks: bool = False,
    intro: bool = False,
    buffer_before_minutes: int = 0,
    buffer_after_minutes: int = 0,
    notice_hours: int = 12,
    horizon_days: int = 60,
    start_step_minutes: int = 15,
    max_per_day: int | None = None,
    max_per_week: int | None = None,
    max_minutes_per_week: int | None = None,
    longest_streak_minutes: int | None = None,
    schedule_id: uuid.UUID | None = None,
    policy_id: uuid.UUID | None = None,
) -> Offering:
    """Publish an offering, priced in the coach's own currency. Raises Invalid naming each field, NotApproved."""
    given = {name: value for name, value in locals().items() if name != "user"}
    coach = _selling(user)
    offering = Offering(id=uuid7(), coach_id=coach.id, coach=coach, active=True)
    _write_offering(offering, coach, given)
    session().add(offering)
    audit.record(user.id, "offering.published", offering.id, title=offering.title, price_cents=offering.price_cents)
    return offering


@transactional
def edit_offering(user: User, *, offering_id: uuid.UUID, **changes: Any) -> Offering:
    """Change some fields of one's own offering; what was sold keeps its price. Names as in `publish_offering`."""
    coach = _selling(user)
    offering = queries.own_offering(user, offering_id)
    if not offering.active:
        raise NotFound
    fields = (*WRITTEN, *rules.BOUNDS, *rules.LIMITS)
    _write_offering(offering, coach, {name: getattr(offering, name) for name in fields} | changes)
    audit.record(user.id, "offering.changed", offering.id, fields=sorted(changes), price_cents=offering.price_cents)
    return offering


@transactional
def retire_offering(user: User, *, offering_id: uuid.UUID) -> None:
    """Take an offering off one's rate card. What is booked stays booked; retiring twice is harmless."""
    offering = queries.own_offering(user, offering_id)
    if offering.active:
        offering.active = False
        audit.record(user.id, "offering.retired", offering.id)


def _selling(user: User) -> Coach:
    coach = locked(queries.profile_of(user).id)
    if not rules.may_publish(coach.status):
        raise NotApproved
    return coach


def _write_offering(offering: Offering, coach: Coach, given: dict[str, Any]) -> None:
    """Check an offering as a whole and write it on the row; raises Invalid."""
    currency = given["currency"] or coach.currency
    if currency != coach.currency:
        raise Invalid(price=_("Your currency is %(currency)s, so prices are in it.", currency=coach.currency.upper()))
    written = given | {"currency": currency, "title": " ".join(given["title"].split())}
    if written["preparation_blocks"]:
        written["buffer_before_minutes"] = max(written["buffer_before_minutes"], written["preparation_minutes"])
    problems = rules.offering_problems(written, kinds=coach.kinds, settings=config.current())
    if written["kind"] == "therapist" and "kind" not in problems and not licences.is_licensed(coach):
        problems["kind"] = _("An admin has to have checked a licence of yours that is valid: hand it in first.")
    if written["schedule_id"] not in {None, *queries.schedule_ids(coach.id)}:
        problems["schedule_id"] = _("Choose one of your schedules.")
    # What was chosen before it was retired stays.
    if written["policy_id"] not in {None, offering.policy_id, *(each.policy_id for each in policies.choosable())}:
        problems["policy_id"] = _("Choose one of the policies that are offered.")
    if problems:
        raise Invalid(None, **problems)
    for name, value in written.items():
        setattr(offering, name, value)
    if written["schedule_id"] == coach.id:
        offering.schedule_id = None
    expand(coach)


def send_new_terms(version_id: str) -> None:
    """Tell every coach who sells under this policy that it says something else from now on; each of them once."""
    version = policies.version(uuid.UUID(version_id))
    for coach_id in queries.selling_under(version.policy):
        _notify_new_terms(coach_id, version)


@transactional
def _notify_new_terms(coach_id: uuid.UUID, version: PolicyVersion) -> None:
    coach = session().get_one(Coach, coach_id)
    with speaking(coach.user.preferences):
        notifications.notify(
            coach.user.email,
            template="policy_changed",
            key=f"terms:{version.id}:{coach.id}",
            name=coach.user.name,
            policy=version.policy.name,
            terms=policies.terms_of(version),
            offerings=[each.title for each in queries.offerings_under(coach.id, version.policy)],
            offerings_url=f"{config.current().public_url}/dashboard/offerings",
        )
