"""Ask every route as everybody, each time from the same state, and tell the answer in a word."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.connections import COMMITS_ALONE
from marketplace.db import Base, db, session
from tests.doors import ApiClient, PageClient, multipart, version_in
from tests.files.samples import encoded, halves
from tests.permissions import sendings
from tests.permissions.world import NOBODYS, World

SAFE = {"GET", "HEAD", "OPTIONS"}
# A picture: whatever takes files takes one.
FILE = ("me.png", encoded(halves(200, 150)))
YES, IDLE, SIGN_IN = "yes", "same", "sign-in"
# Calls are counted whoever calls, and what a stranger wanted is kept until they have signed in.
COUNTED, KEPT_ON_THE_WAY = {"call_counts"}, {"kept_requests"}
BROKEN = 500
# That an admin looked is written down, and when somebody was last there.
NOTED = {"audit_entries"}
# Coming back from Stripe reads the account there again.
READ_AGAIN = {"/dashboard/bank/return": {"connected_accounts"}}
# A lock ("for update") changes nothing.
WRITES = re.compile(
    r"\b(insert|delete|merge|truncate|procrastinate_\w+)\b|(?<!\bfor )(?<!\bfor no key )\bupdate\b", re.IGNORECASE
)


def routes(app: Flask, *, api: bool) -> Iterator[tuple[str, Rule]]:
    """Every method of every route, of the API or of everything else, in the order of the table."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/api/") is api:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule


class Prober:
    """Asks, looks what has changed, and takes it back."""

    def __init__(self, app: Flask, world: World) -> None:
        self._app, self._world = app, world
        self._forms, self._bodies = sendings.forms(world), sendings.bodies(world)
        self._examples = _examples(app)
        self._statements: list[str] = []
        self._alone = False
        self._usual: set[tuple[Any, ...]] = set()
        self._before: set[tuple[Any, ...]] = set()
        self._digest = " union all ".join(
            f"select '{name}', count(*), sum(hashtextextended(t::text, 0)) from {name} t"
            for name in (*(table.name for table in Base.metadata.sorted_tables), "procrastinate_jobs")
            if name not in NOTED
        )

    def __enter__(self) -> "Prober":
        event.listen(_connection().engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(_connection().engine, "before_cursor_execute", self._note)

    def _note(
        self, _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        self._statements.append(statement)
        # Tests have a transaction around everything; on a server such a write would be refused (`connections.watch`).
        in_transaction = any(db.session.info.get(flag) for flag in ("in_command", "writing"))
        if WRITES.match(statement.lstrip()) and not in_transaction:
            self._alone = self._alone or not context.execution_options.get(COMMITS_ALONE)

    def address(self, rule: Rule) -> str:
        """The route's address, of Ada's and Mia's things."""
        fixed = dict(rule.defaults or {})
        values = {name: self._thing(rule.endpoint, name) for name in rule.arguments - fixed.keys()} | fixed
        path = self._app.url_map.bind("localhost").build(rule.endpoint, values, method=None)
        asked = sendings.QUERIES.get(rule.endpoint)
        return f"{path}?{asked}" if asked else path

    def _thing(self, endpoint: str, name: str) -> Any:
        # Where nobody has such a thing here, an id of nothing.
        found = self._world.things.get(sendings.OTHERWISE.get(endpoint, {}).get(name, name), NOBODYS)
        return getattr(found, "id", found)

    def begin(self) -> None:
        """What is there now is what nothing refused may change."""
        session().commit()
        self._usual = self._before = self._digests()

    @contextmanager
    def from_the_same(self, endpoint: str, *, prepared: bool = True) -> Iterator[None]:
        """Whatever is asked inside, it has not happened afterwards; `prepared`: what it needs to be asked is there."""
        with self._taken_back():
            self._statements.clear()
            if prepared:
                sendings.prepare(self._world, endpoint)
            session().commit()
            self._before = self._digests() if self._wrote() else self._usual
            yield

    def page(self, browser: PageClient, token: str, method: str, rule: Rule) -> str:
        """Open the page as this browser, or send its form with this CSRF token; what became of it."""
        path, form = self.address(rule), {}
        with self._taken_back(), _same_cookies(browser):
            sent = sendings.FILES.get(rule.endpoint)
            if method == "POST" and sent is not None:
                form = multipart({"csrf_token": token}, **{sent: [FILE]})
            elif method == "POST":
                form = {"data": {"csrf_token": token} | self._forms.get(rule.endpoint, {})}
                if rule.endpoint in sendings.VERSIONED:
                    things = {name: self._thing(rule.endpoint, name) for name in rule.arguments}
                    seen = browser.get(sendings.VERSIONED[rule.endpoint].format(**things))
                    form["data"] |= version_in(seen.get_data(as_text=True), path)
            self._clear()
            return self._told(method, browser.open(path, method=method, **form))

    def api(self, client: ApiClient, method: str, rule: Rule) -> str:
        """Call the API as this client; what became of it."""
        name = rule.endpoint.rpartition(".")[2]
        body = self._bodies.get(name, self._examples.get(name))
        headers = {"If_Match": "*"} if method in {"PUT", "PATCH"} else {}
        with self._taken_back():
            self._clear()
            if rule.endpoint in sendings.FILES:
                name, data = FILE
                return self._told(method, client.upload(self.address(rule)[len("/api/v1") :], data, name=name))
            return self._told(method, client.call(method, self.address(rule)[len("/api/v1") :], body, **headers))

    def _told(self, method: str, answer: TestResponse) -> str:
        word = _word(method, answer)
        if self._alone:
            self._alone = False
            return f"{word}-but-writes-outside-a-command"
        changed = {row[0] for row in self._digests() ^ self._before} if self._wrote() else set()
        changed -= COUNTED | (KEPT_ON_THE_WAY if word == SIGN_IN else set())
        if method in SAFE:
            changed -= READ_AGAIN.get(answer.request.path, set())
        if changed and (method in SAFE or word != YES):
            return f"{word}-but-changes-{'-'.join(sorted(changed))}"
        return word if word != YES or method in SAFE or changed else IDLE

    def _clear(self) -> None:
        self._statements.clear()
        self._alone = False

    def _wrote(self) -> bool:
        """Whether any statement since the last look may have changed something."""
        found = any(WRITES.search(statement) for statement in self._statements)
        self._statements.clear()
        return found

    def _digests(self) -> set[tuple[Any, ...]]:
        return {tuple(row) for row in _connection().exec_driver_sql(self._digest)}

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        session().commit()
        savepoint = _connection().begin_nested()
        try:
            yield
        finally:
            db.session.rollback()
            savepoint.rollback()
            db.session.expire_all()


def _connection() -> Connection:
    """What every session of a test is bound to."""
    bound: Connection = db.sessionmaker.kw["bind"]
    return bound


def _word(method: str, answer: TestResponse) -> str:
    if answer.status_code >= 400:
        asks = answer.status_code == 403 and "step_up_password" in answer.get_data(as_text=True)
        if asks:
            return "code" if "step_up_code" in answer.get_data(as_text=True) else "password"
        return str(answer.status_code)
    place = answer.headers.get("Location", "")
    if place.startswith("/login?"):
        return SIGN_IN
    if place.startswith("/account/second-factor?needed"):
        return "set-up"
    return "leads" if method in SAFE and place else YES


@contextmanager
def _same_cookies(browser: PageClient) -> Iterator[None]:
    kept = dict(browser._cookies or {})
    try:
        yield
    finally:
        browser._cookies = kept


def csrf_token(browser: PageClient) -> str:
    """The token of this browser's forms."""
    for path in ("/account", "/login"):
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).get_data(as_text=True))
        if found:
            return found.group(1)
    raise AssertionError("no page showed a CSRF token")


def _examples(app: Flask) -> dict[str, Any]:
    """The body that the document shows for an operation, by its name."""
    with app.app_context():
        document = app.extensions["api"].document
    schemas = document["components"]["schemas"]
    found = {}
    for item in document["paths"].values():
        for operation in item.values():
            sent = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in sent:
                schema = sent["application/json"]["schema"]
                schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
                found[operation["operationId"]] = schema["examples"][0]
    return found
