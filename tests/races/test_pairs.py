"""Every two commands on one booking in the same moment: threads and commits, and one of the two orders comes of it.

`tests/bookings/pairs.txt` says what each order comes to. Who cancels or refunds has looked before both began; where
the table's second one saw something else, the order is played again, one after the other, by who had looked before.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from psycopg.conninfo import conninfo_to_dict

from marketplace.accounts.models import User
from marketplace.coaches.models import Offering
from marketplace.db import db, session
from tests import pairs, postgres, queue
from tests.conftest import Moment
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week
from tests.invariants.conftest import broken
from tests.sandbox import Sandbox

pytestmark = [pytest.mark.real, pytest.mark.slow]

TIMES = 1
# How long a thread runs before another may: so short that they meet in the middle of commands.
SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class Beginning:
    """A booking in one state, all jobs done: a database to be copied, and what the world outside knows of it."""

    database: str
    scene: pairs.Scene
    bring_back: Callable[[], None]


class Site:
    """An application whose database becomes a copy of another for each race."""

    def __init__(self, server: str, app: Flask, moment: Moment, stripe: Sandbox) -> None:
        self.server, self.app, self.moment, self.stripe = server, app, moment, stripe
        self.name = conninfo_to_dict(app.extensions["settings"].database_url)["dbname"]

    @contextmanager
    def on_a_copy_of(self, database: str) -> Iterator[None]:
        """The application stands on a copy of that database."""
        with postgres.copy(self.server, database, "real", self.name):
            try:
                yield
            finally:
                self._let_go()

    def _let_go(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def begun(self, template: str, state: str) -> Iterator[Beginning]:
        """Bring a booking into a state, and keep it."""
        self.moment.start()
        self.stripe.reset()
        self.moment.follow(self.stripe)
        with ExitStack() as kept:
            with self.on_a_copy_of(template):
                with self.app.app_context():
                    coach = open_all_week(a_coach("ada"))
                    people = (a_person("Mia"), coach.user, an_admin("Alma"), a_person("Noor"))
                    offering = an_offering(coach, by_approval=state == "requested")
                    empty = pairs.Scene(None, *people, offering, self.moment, self.stripe)
                    scene = pairs.begin(state, empty, queue.run_all)
                self._let_go()
                address = kept.enter_context(postgres.copy(self.server, self.name, f"pairs_{state}"))
            sandbox, clock_back = self.stripe.keep(), self.moment.keep()

            def bring_back() -> None:
                self.stripe.restore(sandbox)
                clock_back()

            yield Beginning(conninfo_to_dict(address)["dbname"], scene, bring_back)

    @contextmanager
    def again(self, beginning: Beginning) -> Iterator[pairs.Scene]:
        """The beginning once more, everybody having looked."""
        beginning.bring_back()
        with self.on_a_copy_of(beginning.database), self.app.app_context():
            yield replace(_read_here(beginning.scene), shown={}).look()

    def outcome(self, scene: pairs.Scene) -> str:
        """What came of it once all jobs are done."""
        queue.run_all()
        return pairs.outcome(scene)

    def one_after_the_other(self, beginning: Beginning, first: str, second: str, state: str) -> str:
        with self.again(beginning) as scene:
            answers = [pairs.said(scene, pairs.COMMANDS[state][name]) for name in (first, second)]
            return f"{answers[0]}, {answers[1]}; {self.outcome(scene)}"

    def at_once(self, beginning: Beginning, first: str, second: str, state: str, *, look: bool) -> tuple[str, str, str]:
        """Both answers, and what came of both; with a `look` at every invariant, which takes longer than the race."""
        with self.again(beginning) as scene:
            ready = threading.Barrier(2)

            def one(name: str) -> str:
                with self.app.app_context():
                    mine = _read_here(scene)
                    ready.wait()
                    return pairs.said(mine, pairs.COMMANDS[state][name])

            with ThreadPoolExecutor(2) as threads:
                answers = list(threads.map(one, (first, second)))
            outcome = self.outcome(scene)
            assert not look or broken(settled=True) <= {"holds_end"}
            return answers[0], answers[1], outcome


def _read_here(scene: pairs.Scene) -> pairs.Scene:
    """The same people and things, read by this thread for itself."""
    people = {
        name: session().get_one(User, getattr(scene, name).id) for name in ("mentee", "coach", "admin", "stranger")
    }
    return replace(scene, **people, offering=session().get_one(Offering, scene.offering.id))


@pytest.fixture(scope="module")
def site(database_server, shared_real_app, shared_moment, sandbox_server) -> Site:
    return Site(database_server, shared_real_app, shared_moment, sandbox_server)


@pytest.fixture(scope="module")
def beginnings(site, template) -> Iterator[Callable[[str], Beginning]]:
    """Each state's beginning, made when it is first asked for and kept for all of its pairs."""
    with ExitStack() as kept:
        yield cache(lambda state: kept.enter_context(site.begun(template, state)))


@pytest.fixture
def often_switched() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield
    sys.setswitchinterval(usual)


def _orders(site: Site, beginning: Beginning, first: str, second: str, state: str) -> Iterator[tuple[str, ...]]:
    """What either order comes to as (first's answer, second's, outcome): by the table, then after a look."""
    for looked in (False, True):
        for one, other in ((first, second), (second, first)):
            said = (
                site.one_after_the_other(beginning, one, other, state)
                if looked
                else pairs.expected()[f"{state}: {one}, {other}"]
            )
            answers, outcome = said.split("; ", 1)
            mine, theirs = answers.split(", ")
            yield (mine, theirs, outcome) if one == first else (theirs, mine, outcome)


TWO = [(state, *two) for state, commands in pairs.COMMANDS.items() for two in combinations(commands, 2)]


@pytest.mark.parametrize(("state", "first", "second"), TWO)
@pytest.mark.usefixtures("often_switched")
def test_what_two_commands_come_to_at_once_is_what_one_of_their_orders_comes_to(site, beginnings, state, first, second):
    beginning = beginnings(state)
    for time in range(TIMES):
        seen = site.at_once(beginning, first, second, state, look=time == 0)
        known: list[Any] = []
        for order in _orders(site, beginning, first, second, state):
            known.append(order)
            if order == seen:
                break
        assert seen in known
