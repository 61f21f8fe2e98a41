"""The people of a run, made in the database before it begins, and what they remember."""

import random
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests
from flask_security import hash_password

from devtools.chaos.client import Client, Watch
from devtools.chaos.plan import ADMIN, COACH, MENTEE
from devtools.chaos.system import System
from devtools.env import SANDBOX_KEY
from devtools.outside import Browser, Stripe
from marketplace import clock
from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.accounts.tokens import service as token_service
from marketplace.coaches.service import offerings as offering_service
from marketplace.coaches.service import profiles
from marketplace.db import session, transactional, uuid7
from marketplace.scheduling.service import weekly_hours

SCOPES = {
    MENTEE: ("read", "write", "money"),
    COACH: ("read", "write", "money", "payouts"),
    ADMIN: ("read", "write", "money", "payouts", "admin:read", "admin", "admin:critical"),
}
ADMINS = ("Alma", "Abel")
MENTEES = 10
TIMEOUT_SECONDS = 30
BANKS = {"usd": "US", "eur": "DE", "jpy": "JP"}
# Some prices have no half. Of those that have one, two halves can be refunded, which is once too often.
# handle, zone, currency, and (title, minutes, price in minor units, by approval, buffer after)
Practice = tuple[str, str, str, tuple[tuple[str, int, int, bool, int], ...]]
PRACTICES: tuple[Practice, ...] = (
    ("anna", "America/New_York", "usd", (("An hour", 60, 12000, False, 15), ("Half an hour", 30, 6503, False, 0))),
    ("bodo", "Europe/Berlin", "eur", (("An hour", 60, 10000, False, 0), ("On request", 60, 15001, True, 0))),
    ("cyra", "Asia/Tokyo", "jpy", (("An hour", 60, 9000, False, 0), ("On request", 30, 5001, True, 10))),
    ("dina", "Europe/London", "usd", (("Ninety minutes", 90, 20000, False, 0), ("On request", 60, 13337, True, 15))),
)
# So long that coaches on two continents are open at once, and can buy what they sell.
HOURS = [{"weekday": day, "start": "08:00", "end": "16:00"} for day in range(7)]


@dataclass(frozen=True)
class Person:
    """A person and their client; a coach has a handle and the offerings of the beginning, and is a mentee of others."""

    name: str
    client: Client
    handle: str = ""
    offerings: tuple[str, ...] = ()
    currency: str = ""


@dataclass
class Dataset:
    """Everybody, by role, and what was seen: pages to pay on, charges, events."""

    system: System
    watch: Watch
    stripe: Stripe
    people: dict[str, list[Person]]
    admin_browsers: list[Browser]
    password: str
    pages: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def anybody(self, role: str, rng: random.Random) -> Person:
        """One of them; an admin stands for those who have no account here."""
        return rng.choice(self.people.get(role) or self.people[ADMIN])

    def offering(self, rng: random.Random) -> tuple[Person, str]:
        """One that somebody offers."""
        coach = self.anybody(COACH, rng)
        return coach, rng.choice(coach.offerings)

    def remember(self, page: str) -> None:
        """A page to pay on that somebody may come back to."""
        with self._lock:
            self.pages.append(page)

    def recall(self, rng: random.Random) -> str | None:
        """One of the latest such pages."""
        with self._lock:
            return rng.choice(self.pages[-12:]) if self.pages else None

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers, nothing while it is down: for what a person would pick from a list on a page."""
        try:
            with self.system.connect() as connection:
                return connection.execute(query).fetchall()
        except psycopg.OperationalError:
            return []

    def mails(self, to: str) -> list[dict[str, Any]]:
        """What somebody without an account has in their mailbox, the newest last."""
        answer = requests.get(f"{self.system.mailbox}/messages.json", params={"to": to}, timeout=TIMEOUT_SECONDS)
        return list(answer.json()) if answer.ok else []

    def listed(self, what: str, limit: int = 30) -> list[dict[str, Any]]:
        """The latest of Stripe's objects of one kind."""
        answer = requests.get(
            f"{self.system.sandbox}/v1/{what}",
            params={"limit": str(limit)},
            headers={"Authorization": f"Bearer {SANDBOX_KEY}"},
            timeout=TIMEOUT_SECONDS,
        )
        return list(answer.json()["data"]) if answer.ok else []


@transactional
def create_people(password: str) -> dict[str, list[dict[str, Any]]]:
    """Make everybody, inside an application context: name, token, handle, offerings and currency, by role.

    They all sign in with one password.
    """
    hashed = hash_password(password)
    admins = [
        accounts.create_admin(email=f"{name.lower()}@chaos.example", name=name, timezone="UTC", password_hash=hashed)
        for name in ADMINS
    ]
    found: dict[str, list[dict[str, Any]]] = {ADMIN: [_known(admin, ADMIN) for admin in admins], MENTEE: [], COACH: []}
    for number in range(MENTEES):
        found[MENTEE].append(_known(_person(f"mentee{number}", hashed, "Europe/Lisbon"), MENTEE))
    for practice in PRACTICES:
        handle, zone, *_more = practice
        found[COACH].append(_practice(admins[0], _person(handle, hashed, zone), practice))
    return found


def _person(name: str, hashed: str, zone: str) -> User:
    person = User(
        id=uuid7(),
        email=f"{name}@chaos.example",
        name=name.capitalize(),
        timezone=zone,
        password=hashed,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now(),
        roles=[],
    )
    session().add(person)
    session().flush()
    return person


def _known(person: User, role: str) -> dict[str, Any]:
    _row, token = token_service.create_token(person, name="chaos", scopes=SCOPES[role])
    return {"name": person.name, "token": token}


def _practice(admin: User, person: User, practice: Practice) -> dict[str, Any]:
    handle, zone, currency, rates = practice
    coach = profiles.apply(
        person,
        handle=handle,
        timezone=zone,
        currency=currency,
        headline="Everything that can go wrong, and what to do then",
        about="I have seen it all.",
        topics=["calm"],
        languages=["en"],
        kinds=["mentor"],
    )
    profiles.approve(admin, coach_id=coach.id)
    offered = [
        offering_service.publish_offering(
            person,
            title=title,
            kind="mentor",
            minutes=minutes,
            price_cents=price,
            by_approval=by_approval,
            buffer_after_minutes=after,
            notice_hours=1,
        )
        for title, minutes, price, by_approval, after in rates
    ]
    weekly_hours.set_weekly_hours(person, hours=HOURS)
    offerings = tuple(str(offering.id) for offering in offered)
    return _known(person, COACH) | {"handle": handle, "offerings": offerings, "currency": currency}


def build(system: System, known: dict[str, list[dict[str, Any]]], password: str) -> Dataset:
    """Everybody with a client, the admins signed in, and the coaches with a bank that can take money."""
    watch = Watch()
    people = {
        role: [
            Person(client=Client(system.site, one["token"], watch), **{k: v for k, v in one.items() if k != "token"})
            for one in ones
        ]
        for role, ones in known.items()
    }
    # Coaches buy one another's hours too.
    people[MENTEE] += people[COACH]
    admin_browsers = [Browser(system.site) for _admin in ADMINS]
    for browser, name in zip(admin_browsers, ADMINS, strict=True):
        browser.sign_in(f"{name.lower()}@chaos.example", password)
    dataset = Dataset(system, watch, Stripe(system.sandbox), people, admin_browsers, password)
    for coach in people[COACH]:
        page = coach.client.post("/coach/bank", {"country": BANKS[coach.currency]}).body["url"]
        dataset.stripe.onboard(page, coach.name)
    return dataset
