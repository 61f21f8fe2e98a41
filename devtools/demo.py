"""Demo data: people who plainly are not real. Running it twice changes nothing."""

import sys
import uuid
from datetime import timedelta

from flask_security import hash_password
from sqlalchemy import select

from devtools import demo_history, demo_sandbox
from devtools.demo_days import days_ago
from devtools.demo_portraits import drawn
from devtools.people import ADMIN, PASSWORD, PEOPLE, POLICIES, WITHOUT_PORTRAIT, DemoPerson, Practice
from marketplace import clock, config, money
from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.app import create_app
from marketplace.coaches import queries as coaches
from marketplace.coaches.licences import service as licences
from marketplace.coaches.service import offerings, portraits, profiles
from marketplace.coupons import service as coupons
from marketplace.db import session, transactional, uuid7
from marketplace.files.rules.uploads import Upload
from marketplace.policies import service as policies
from marketplace.policies.queries import choosable
from marketplace.scheduling.service import projection, weekly_hours
from stripe_sandbox.testing import RunningSandbox


def seed(stripe: RunningSandbox | None = None) -> int:
    """Make whoever is missing, inside an application context; how many were made. Raises RuntimeError in production.

    What is paid in their history is paid at the sandbox; without one it is left out.
    """
    if config.current().production:
        raise RuntimeError("demo people have a password that everybody knows: never in production")
    missing = [person for person in PEOPLE if _known(person) is None]
    # They have been here for as long as their history, in which all was open that is.
    with days_ago(demo_history.BEGINS_DAYS_AGO + 1):
        for person in missing:
            _welcome(person)
    for person in PEOPLE:
        _portray(person)
    if len(missing) == len(PEOPLE):
        demo_history.tell(stripe)
        projection.roll_openings()
    return len(missing)


def _portray(person: DemoPerson) -> None:
    """Give a coach a portrait who has none; one of them keeps the initials."""
    user = _known(person)
    if person.practice is None or user is None or person.handle == WITHOUT_PORTRAIT:
        return
    if coaches.profile_of(user).portrait_id is None:
        portraits.set_portrait(user, upload=Upload(f"{person.handle}.png", drawn(person.handle)))


def _known(person: DemoPerson) -> User | None:
    return session().scalar(select(User).where(User.email == person.email))


@transactional
def _welcome(person: DemoPerson) -> None:
    """A person with a whole practice, or nothing at all."""
    if person is ADMIN:
        accounts.create_admin(
            email=person.email, name=person.name, timezone=person.timezone, password_hash=hash_password(PASSWORD)
        )
        admin = _known(ADMIN)
        assert admin is not None
        for name, said in POLICIES.items():
            policies.create(admin, name=name, **said)
        return
    user = User(
        id=uuid7(),
        email=person.email,
        name=person.name,
        timezone=person.timezone,
        password=hash_password(PASSWORD),
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now(),
        roles=[],
    )
    session().add(user)
    session().flush()
    if person.practice is not None:
        _open(person, person.practice, user)


def _open(person: DemoPerson, practice: Practice, user: User) -> None:
    admin = _known(ADMIN)
    assert admin is not None
    coach = profiles.apply(user, handle=person.handle, timezone=person.timezone, **practice.profile)
    profiles.approve(admin, coach_id=coach.id)
    if "therapist" in coach.kinds:
        ends = clock.now().date() + timedelta(days=365)
        handed_in = licences.give(user, number="0000000 (not a real licence)", jurisdiction="AU", expires_on=ends)
        licences.check(admin, licence_id=handed_in.id)
    named = {said.policy.name: said.policy_id for said in choosable()}
    for rate in practice.rates:
        offerings.publish_offering(
            user,
            title=rate.title,
            kind=rate.kind,
            minutes=rate.minutes,
            price_cents=money.parse(rate.price, coach.currency),
            policy_id=named.get(rate.policy),
            **rate.more,
        )
    for coupon in practice.coupons:
        coupons.make(user, **coupon)
    week = [
        {"weekday": weekday, "start": start, "end": end}
        for weekdays, ranges in practice.hours.items()
        for weekday in weekdays
        for start, end in ranges
    ]
    weekly_hours.set_weekly_hours(user, hours=week)


def main() -> int:
    """Seed the database of DATABASE_URL."""
    with create_app().app_context(), demo_sandbox.running_alone() as stripe:
        made = seed(stripe)
    print(f"Demo people: {made} made, {len(PEOPLE) - made} there already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
