"""Real parts for every test: PostgreSQL migrated by Alembic, an SMTP server, the Stripe sandbox, a fixed clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace import clock, config
from marketplace.app import create_app
from marketplace.clock import Clock
from marketplace.config import Settings
from marketplace.db import db
from tests import postgres, queue
from tests.doors import ApiClient, PageClient
from tests.invoices.half_returned import half_returned, invoice  # noqa: F401  fixtures of pages and API alike
from tests.sandbox import Sandbox
from tests.smtp import Mailbox

# A Monday, in winter in both hemispheres' usual zones: clock changes are chosen by the tests that want them.
START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


# What every application of a test goes by, also one that the test makes itself.
CLOCK = Clock()


class Moment:
    """The clock of a test: it stands still until moved, and the sandbox's moves with it."""

    def __init__(self) -> None:
        self._sandbox: Sandbox | None = None
        self.set(START)

    @property
    def now(self) -> datetime:
        return CLOCK.now()

    def set(self, instant: datetime) -> None:
        CLOCK.freeze(instant)
        if self._sandbox is not None:
            self._sandbox.set_clock(instant)

    def advance(self, **duration: float) -> None:
        self.set(self.now + timedelta(**duration))

    def follow(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        sandbox.set_clock(self.now)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL server where databases may be made."""
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def template(database_server: str) -> Iterator[str]:
    """A migrated, empty database of this test process, to be copied."""
    with postgres.migrated(database_server) as name:
        yield name


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Mailbox]:
    with Mailbox.listening() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with Sandbox.running() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def settings(database_server: str, smtp_server: Mailbox, sandbox_server: Sandbox) -> Settings:
    """The settings of tests, still without a database."""
    return Settings(
        app_env="test",
        secret_key="a secret of the tests, long enough to be one",
        security_password_salt="a salt of the tests, long enough to be one",
        database_url="postgresql://unset",
        public_url="http://localhost",
        stripe_secret_key=sandbox_server.secret_key,
        stripe_api_base=sandbox_server.url,
        stripe_webhook_secret_platform="whsec_platform_of_the_tests",
        stripe_webhook_secret_connect="whsec_connect_of_the_tests",
        stripe_webhook_secret_thin="whsec_thin_of_the_tests",
        stripe_timeout_seconds=5,
        smtp_port=smtp_server.port,
        ratelimit_enabled=False,
        ratelimit_storage_url="memory://",
        log_level="ERROR",
    )


@pytest.fixture(scope="session")
def shared_app(database_server: str, template: str, settings: Settings) -> Iterator[Flask]:
    with postgres.copy(database_server, template, "shared") as address:
        app = create_app(replace(settings, database_url=address), CLOCK)
        app.test_client_class = PageClient
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def moment() -> Iterator[Moment]:
    yield Moment()
    CLOCK.freeze(None)


@pytest.fixture(autouse=True)
def known_time() -> Iterator[None]:
    """A test reads the clock also where it is in no application's context."""
    token = clock.use(CLOCK)
    yield
    clock.leave(token)


@pytest.fixture(autouse=True)
def isolated(request: pytest.FixtureRequest) -> Iterator[None]:
    """A savepoint around each test, and an application context; tests marked `real` get neither."""
    if request.node.get_closest_marker("real") or "stripe_sandbox" in request.node.path.parts:
        yield
        return
    app = request.getfixturevalue("shared_app")
    request.getfixturevalue("moment")
    request.getfixturevalue("smtp_server").clear()
    with app.app_context(), one_transaction():
        # Whatever a test sets, the next one does not see.
        usual = app.extensions["settings"]
        token = config.use(usual)
        yield
        config.leave(token)
        app.extensions["settings"] = usual


@contextmanager
def one_transaction() -> Iterator[None]:
    """Bind every session to one connection whose transaction is rolled back at the end; commits are savepoints."""
    maker = db.sessionmaker
    usual = dict(maker.kw)
    with db.engine.connect() as connection, connection.begin() as transaction:
        maker.configure(bind=connection, binds=None, join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.close()
            maker.kw.clear()
            maker.kw.update(usual)
            transaction.rollback()


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def real_app(database_server: str, template: str, settings: Settings, smtp_server: Mailbox) -> Iterator[Flask]:
    """An application on a database of its own, where commands commit for real; for threads and processes."""
    smtp_server.clear()
    with postgres.copy(database_server, template, "real") as address:
        app = create_app(replace(settings, database_url=address, database_pool_size=60), CLOCK)
        app.test_client_class = PageClient
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def stripe(sandbox_server: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    """The sandbox, emptied; its clock follows the test's where the test has one."""
    sandbox_server.reset()
    if "moment" in request.fixturenames or not request.node.get_closest_marker("real"):
        request.getfixturevalue("moment").follow(sandbox_server)
    return sandbox_server


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A passer-by's browser, without JavaScript."""
    return app.test_client()


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Any], PageClient]:
    """Somebody's own browser, signed in."""

    def of(person: Any) -> PageClient:
        browser = app.test_client()
        browser.sign_in(person)
        return browser

    return of


@pytest.fixture
def api(app: Flask) -> Callable[..., ApiClient]:
    """Somebody's API client, with a token of her own."""

    def of(person: Any, scopes: tuple[str, ...] = ("read", "write", "money", "admin")) -> ApiClient:
        return ApiClient.of(app, person, scopes)

    return of


@pytest.fixture
def anonymous_api(app: Flask) -> ApiClient:
    return ApiClient(app, None)


@pytest.fixture
def mailbox(smtp_server: Mailbox) -> Mailbox:
    return smtp_server


@pytest.fixture
def run_jobs() -> Callable[..., list[str]]:
    """Run every due job of this test's transaction; returns their names."""
    return queue.run_all
