"""Asks every route as everybody, each time from the same state, and says what it answered in one letter."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.db import db, session
from tests.doors import ApiClient, PageClient
from tests.permissions.things import World

ANSWERED, SIGN_IN, HIDDEN, REFUSED, STEP_UP, FACTOR = "y", "?", "-", "x", "fresh", "factor"


def routes(app: Flask, *, api: bool) -> Iterator[tuple[str, Rule]]:
    """Every method of every route, of the API or of the pages, in the order of the table."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/api/") is api:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule


def address(app: Flask, rule: Rule, world: World) -> str:
    """The route's address, of Ada's and Mia's things."""
    values = {name: world.value(rule.rule, name) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=None)


@contextmanager
def unchanged() -> Iterator[None]:
    """Whatever is asked inside, it has not happened afterwards."""
    session().commit()
    connection = session().connection()
    connection.exec_driver_sql("savepoint probed")
    session().commit()
    try:
        yield
    finally:
        db.session.rollback()
        session().connection().exec_driver_sql("rollback to savepoint probed")
        db.session.expire_all()


def of_a_page(answer: TestResponse) -> str:
    """What a page answered."""
    location = answer.headers.get("Location", "")
    if answer.status_code in {301, 302, 303} and location.startswith("/login?"):
        return SIGN_IN
    if answer.status_code == 404:
        return HIDDEN
    if answer.status_code == 403:
        return REFUSED
    return ANSWERED if answer.status_code < 500 else str(answer.status_code)


def of_the_api(answer: TestResponse) -> str:
    """What an address of the API answered."""
    known = {401: SIGN_IN, 404: HIDDEN, 403: REFUSED}
    return known.get(answer.status_code, ANSWERED if answer.status_code < 500 else str(answer.status_code))


class Browsers:
    """Somebody's own browser each, signed in once, with the CSRF token of its session."""

    def __init__(self, app: Flask, world: World, browser_of: Callable[[Any], PageClient]) -> None:
        people = (world.other_mentee, world.mentee, world.other_coach, world.coach, world.admin)
        self.all = [app.test_client(), *map(browser_of, people)]
        self._tokens = {id(browser): _csrf(browser) for browser in self.all}

    def ask(self, browser: PageClient, method: str, path: str) -> TestResponse:
        """Open the page, or send its form with nothing but the token in it."""
        form = {"data": {"csrf_token": self._tokens[id(browser)]}} if method == "POST" else {}
        with unchanged():
            return browser.open(path, method=method, **form)


def _csrf(browser: PageClient) -> str:
    for path in ("/account", "/login"):
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).get_data(as_text=True))
        if found:
            return found.group(1)
    raise AssertionError("no page showed a CSRF token")


def ask_api(client: ApiClient, method: str, path: str) -> str:
    """Ask with an empty body."""
    with unchanged():
        return of_the_api(client.call(method, path.removeprefix("/api/v1"), None if method == "GET" else {}))
