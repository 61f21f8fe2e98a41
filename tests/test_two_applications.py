"""Two applications in one process: each with its own settings, clock, database and Stripe, and none knows the other."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app, request
from sqlalchemy import select

from marketplace import clock, config
from marketplace.app import create_app
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.config import Settings
from marketplace.db import db, session
from marketplace.notifications import service as notifications
from marketplace.request_limits import limiter
from marketplace.worker import queue
from stripe_sandbox.testing import running
from tests import postgres
from tests.doors import ApiClient, PageClient
from tests.factories import BRIEF, a_coach, a_person, an_offering, open_all_week
from tests.sandbox import Sandbox, signed

pytestmark = pytest.mark.real

AT_ONCE = 8
MAIL = {
    "template": "signin/confirmation_instructions",
    "name": "Mia",
    "link_url": "http://localhost/confirm/abc",
    "within": "2 days",
}


@dataclass
class Site:
    """An application with a sandbox that notes whose key it is asked with."""

    app: Flask
    sandbox: Sandbox
    now: datetime
    keys: set[str] = field(default_factory=set)

    def listen(self) -> None:
        inner = self.sandbox.server.app.wsgi_app

        def noted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            if environ["PATH_INFO"].startswith("/v1/"):
                self.keys.add(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer "))
            return inner(environ, start_response)

        self.sandbox.server.app.wsgi_app = noted

    @property
    def settings(self) -> Settings:
        settings: Settings = self.app.extensions["settings"]
        return settings


@contextmanager
def site(server: str, template: str, settings: Settings, now: datetime, folder: Path, **own: Any) -> Iterator[Site]:
    ahead = folder / f"{own['site_name']}.json"
    ahead.write_text(json.dumps({"offset_seconds": (now - datetime.now(UTC)).total_seconds()}))
    with running() as sandbox, postgres.copy(server, template, own["site_name"].lower()) as address:
        sandbox.set_clock(now)
        chosen = replace(
            settings,
            database_url=address,
            database_pool_size=AT_ONCE,
            stripe_api_base=sandbox.url,
            clock_file=str(ahead),
            **own,
        )
        made = Site(create_app(chosen), Sandbox(sandbox.server), now)
        made.app.test_client_class = PageClient
        made.listen()
        yield made
        with made.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def sites(
    database_server: str, template: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Site]]:
    """North is in March and holds a time for ten minutes, South is in June and holds it for forty."""
    tmp_path = tmp_path_factory.mktemp("clocks")
    with ExitStack() as stack:
        yield [
            stack.enter_context(site(database_server, template, settings, now, tmp_path, **own))
            for now, own in (
                (
                    datetime(2027, 3, 1, 9, tzinfo=UTC),
                    {
                        "site_name": "North",
                        "secret_key": "north's secret, which is long enough for anybody",
                        "public_url": "http://north.example",
                        "mail_from": "North <hello@north.example>",
                        "stripe_secret_key": "sk_test_north",
                        "stripe_webhook_secret_platform": "whsec_north",
                        "hold_minutes": 10,
                        "ratelimit_enabled": True,
                        "api_calls_per_minute": 3,
                    },
                ),
                (
                    datetime(2027, 6, 1, 9, tzinfo=UTC),
                    {
                        "site_name": "South",
                        "secret_key": "south's secret, which is long enough for anybody",
                        "public_url": "http://south.example",
                        "mail_from": "South <hello@south.example>",
                        "stripe_secret_key": "sk_test_south",
                        "stripe_webhook_secret_platform": "whsec_south",
                        "hold_minutes": 40,
                    },
                ),
            )
        ]


def at_once(*commands: Callable[[], Any]) -> list[Any]:
    """What each says, all begun in the same moment in threads of their own."""
    ready = threading.Barrier(len(commands))

    def one(command: Callable[[], Any]) -> Any:
        ready.wait(10)
        return command()

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(one, commands))


def is_near(instant: datetime, expected: datetime) -> bool:
    return abs(instant - expected) < timedelta(minutes=2)


def test_both_serve_at_once_and_each_knows_only_its_own(sites, monkeypatch):
    offerings = {}
    for each in sites:
        with each.app.app_context():
            coach = open_all_week(a_coach(each.settings.site_name.lower()))
            offerings[each.settings.site_name] = an_offering(coach).id
    unlimited = replace(sites[0].settings, ratelimit_enabled=False)
    monkeypatch.setitem(sites[0].app.extensions, "settings", unlimited)

    def visit(each: Site, day: int) -> None:
        name = each.settings.site_name
        with each.app.app_context():
            mia = ApiClient.of(each.app, a_person(f"mia{day}"), ("read", "write", "money"))
        assert name in each.app.test_client().get("/").text
        starts_at = (each.now + timedelta(days=day)).replace(hour=12)
        wanted = {"offering_id": str(offerings[name]), "starts_at": starts_at.isoformat(), "brief": BRIEF}
        held = mia.post("/bookings", wanted)
        assert held.status_code == 201, held.text
        until = datetime.fromisoformat(held.json["hold_expires_at"])
        assert is_near(until, each.now + timedelta(minutes=each.settings.hold_minutes))
        paid = mia.post(f"/bookings/{held.json['id']}/pay")
        assert paid.json["url"].startswith(each.sandbox.url)

    at_once(*(lambda each=each, day=day: visit(each, day) for day in range(1, AT_ONCE + 1) for each in sites))
    for each in sites:
        assert each.keys == {each.settings.stripe_secret_key}
        with each.app.app_context():
            assert session().scalars(select(Coach.handle)).all() == [each.settings.site_name.lower()]
            booked = session().scalars(select(Booking.offering_id)).all()
            assert booked == [offerings[each.settings.site_name]] * AT_ONCE


def test_a_context_inside_another_ones_is_left_for_that_again(sites):
    north, south = sites

    def seen() -> tuple[str, bool, str]:
        which = next(each for each in sites if each.app is current_app._get_current_object())
        return config.current().site_name, is_near(clock.now(), which.now), str(db.engine.url.database)

    with north.app.app_context():
        first = seen()
        with south.app.app_context():
            second = seen()
            with north.app.test_request_context("/"):
                assert request.host == "localhost"
                assert seen() == first
            assert seen() == second
            with pytest.raises(ZeroDivisionError), north.app.app_context():
                raise ZeroDivisionError
            assert seen() == second
        assert seen() == first
    assert (first[:2], second[:2]) == (("North", True), ("South", True))
    assert first[2] != second[2]


def test_a_thread_belongs_to_no_application_until_it_enters_one(sites):
    north, south = sites

    def alone() -> str:
        with pytest.raises(RuntimeError, match="each application has its own"):
            clock.now()
        with pytest.raises(RuntimeError, match="each application has its own"):
            config.current()
        with south.app.app_context():
            return config.current().site_name

    with north.app.app_context():
        assert at_once(alone, alone) == ["South", "South"]
        assert config.current().site_name == "North"
    with pytest.raises(RuntimeError, match="each application has its own"):
        Context().run(config.current)


def test_a_message_is_taken_only_with_the_secret_of_the_one_it_is_for(sites):
    north, south = sites
    body, header = signed({"id": "evt_1", "type": "balance.available", "object": "event"}, "whsec_north")

    def posted(each: Site) -> int:
        headers = {"Stripe-Signature": header}
        return each.app.test_client().post("/webhooks/stripe/platform", data=body, headers=headers).status_code

    assert at_once(lambda: posted(north), lambda: posted(south)) == [204, 400]


def test_each_counts_its_own_calls_or_none(sites):
    north, south = sites

    def calls(each: Site) -> list[int]:
        return [ApiClient(each.app, None).get("/coaches").status_code for _ in range(5)]

    assert at_once(lambda: calls(north), lambda: calls(south)) == [[200, 200, 200, 429, 429], [200] * 5]
    with north.app.app_context():
        limiter.reset()
    assert ApiClient(north.app, None).get("/coaches").status_code == 200


def test_each_times_its_own_requests(sites):
    south = sites[1]
    for _ in range(3):
        south.app.test_client().get("/health")
    counted = 'fairhour_request_seconds_count{method="GET",rule="/health",status="2xx"}'
    told = {each.settings.site_name: each.app.test_client().get("/metrics").text for each in sites}
    assert f"{counted} 3.0" in told["South"]
    assert counted not in told["North"]


def test_each_has_a_worker_whose_jobs_know_only_their_own(sites, mailbox):
    mailbox.clear()
    for each in sites:
        with each.app.app_context():
            notifications.notify(f"somebody@{each.settings.site_name.lower()}.example", **MAIL)
            session().commit()

    def work(each: Site) -> None:
        async def until_done() -> None:
            jobs = queue(each.app)
            async with jobs.open_async():
                await jobs.run_worker_async(wait=False, install_signal_handlers=False)

        asyncio.run(until_done())

    at_once(*(lambda each=each: work(each) for each in sites))
    sent = {mail["To"]: mail["From"] for mail in mailbox if mail["Subject"] != "A new access token was made"}
    assert sent == {
        "somebody@north.example": "North <hello@north.example>",
        "somebody@south.example": "South <hello@south.example>",
    }
