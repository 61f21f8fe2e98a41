"""Real parts for every test: PostgreSQL migrated by Alembic, an SMTP server, the Stripe sandbox, a fixed clock."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import event

from devtools.postgres import with_database
from marketplace import clock, config
from marketplace.app import create_app
from marketplace.clock import Clock
from marketplace.config import Settings
from marketplace.db import db
from marketplace.rate_limits import DatabaseStorage
from tests import postgres, queue
from tests.doors import ApiClient, PageClient
from tests.invoices.half_returned import half_returned, invoice  # noqa: F401  fixtures of pages and API alike
from tests.rewind import Rewind
from tests.sandbox import Sandbox
from tests.scenes import ada, alma, by_request, mia, offering  # noqa: F401  everybody knows them
from tests.smtp import Mailbox

# A Monday, in winter in both hemispheres' usual zones: clock changes are chosen by the tests that want them.
START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
COMPILED = postgres.ROOT / "instance" / "tests" / "templates"
# What every application of a test goes by, also one that the test makes itself.
CLOCK = Clock()
# What counts calls commits beside a test's own transaction.
committed_aside: list[bool] = []
rewind = Rewind()


def pytest_configure(config: pytest.Config) -> None:
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    gc.enable()
    config.pluginmanager.register(rewind)


def pytest_collection_finish() -> None:
    # What is imported and collected by now stays until the end: it need not be walked through for garbage.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.name.startswith("test_rules"):
        item.add_marker("pure")


class Moment:
    """The clock of a test: it stands still until moved, and the sandbox's moves with it."""

    def __init__(self) -> None:
        self._sandbox: Sandbox | None = None
        self._stands = False

    @property
    def now(self) -> datetime:
        return CLOCK.now()

    def set(self, instant: datetime) -> None:
        CLOCK.freeze(instant)
        self._stands = True
        if self._sandbox is not None:
            self._sandbox.set_clock(instant)

    def advance(self, **duration: float) -> None:
        self.set(self.now + timedelta(**duration))

    def follow(self, sandbox: Sandbox) -> None:
        """Have the sandbox's clock show the same from now on, if this one stands."""
        self._sandbox = sandbox
        if self._stands:
            sandbox.set_clock(self.now)

    def start(self) -> None:
        """Stand still at the start of a test."""
        self.set(START)

    def stop(self) -> None:
        """Let the time run as it does outside, followed by nobody."""
        self._sandbox, self._stands = None, False
        CLOCK.freeze(None)

    def keep(self) -> Callable[[], None]:
        """Note what the clock shows and who follows it; how to bring that back."""
        now, sandbox = self.now, self._sandbox

        def bring_back() -> None:
            CLOCK.freeze(now)
            self._sandbox, self._stands = sandbox, True

        return bring_back


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL server where databases may be made."""
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def template(database_server: str) -> str:
    """A migrated, empty database, to be copied."""
    return postgres.migrated(database_server)


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
        mail_in_domain="in.example.com",
        ratelimit_enabled=False,
        ratelimit_storage_url="memory://",
        admin_second_factor="optional",
        log_level="ERROR",
        therapists=True,
    )


def for_tests(app: Flask) -> Flask:
    """With clients that read pages, and templates as the last run has compiled them: a second for each process."""
    app.test_client_class = PageClient
    COMPILED.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(COMPILED))
    return app


@pytest.fixture(scope="session")
def shared_app(database_server: str, template: str, settings: Settings) -> Iterator[Flask]:
    with postgres.copy(database_server, template, "shared") as address:
        app = for_tests(create_app(replace(settings, database_url=address), CLOCK))
        with app.app_context():
            event.listen(db.engine, "commit", lambda _connection: committed_aside.append(True))
            # Calls are counted on connections that commit by themselves, which tell of no commit.
            event.listen(db.engine, "set_connection_execution_options", lambda *_: committed_aside.append(True))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def shared_moment() -> Moment:
    return Moment()


@pytest.fixture
def moment(shared_moment: Moment) -> Moment:
    shared_moment.start()
    return shared_moment


@pytest.fixture(autouse=True)
def known_time(request: pytest.FixtureRequest, shared_moment: Moment) -> Iterator[None]:
    """A test reads the clock also where it is in no application's context; a pure one reads none."""
    if request.node.get_closest_marker("pure"):
        yield
        return
    token = clock.use(CLOCK)
    yield
    clock.leave(token)
    shared_moment.stop()


@pytest.fixture(autouse=True)
def isolated(request: pytest.FixtureRequest, known_time: None) -> Iterator[None]:
    """A transaction around each test, and an application context; tests marked `real` or `pure` get neither."""
    if any(map(request.node.get_closest_marker, ("real", "pure"))) or "stripe_sandbox" in request.node.path.parts:
        yield
        return
    app, moment, mailbox, sandbox = map(
        request.getfixturevalue, ("shared_app", "shared_moment", "smtp_server", "sandbox_server")
    )
    moment.start()
    mailbox.clear()

    def world() -> Callable[[], None]:
        """Note all state that is not in the database; how to bring it back."""
        mails, kept, clock_back = list(mailbox), sandbox.keep(), moment.keep()
        settings = config.current()

        def bring_back() -> None:
            mailbox[:] = mails
            sandbox.restore(kept)
            clock_back()
            app.extensions["settings"] = settings
            config.use(settings)

        return bring_back

    with app.app_context():
        # Whatever a test sets, the next one does not see.
        usual = app.extensions["settings"]
        token = config.use(usual)
        with rewind.around(request, world) as first:
            for name in first:
                request.getfixturevalue(name)
            yield
        config.leave(token)
        app.extensions["settings"] = usual
        if committed_aside:
            DatabaseStorage().reset()
            committed_aside.clear()


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture(scope="session")
def shared_real_app(database_server: str, settings: Settings) -> Flask:
    """An application on a database that is not there yet."""
    address = with_database(database_server, postgres.unused_name("real"))
    return for_tests(create_app(replace(settings, database_url=address, database_pool_size=60), CLOCK))


@pytest.fixture
def real_app(
    database_server: str, template: str, shared_real_app: Flask, settings: Settings, smtp_server: Mailbox
) -> Iterator[Flask]:
    """An application on a database of its own, where commands commit for real; for threads and processes."""
    smtp_server.clear()
    app, usual = shared_real_app, shared_real_app.extensions["settings"]
    name = conninfo_to_dict(usual.database_url)["dbname"]
    with postgres.copy(database_server, template, "real", name):
        yield app
        app.extensions["settings"] = usual
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def stripe(sandbox_server: Sandbox, shared_moment: Moment) -> Sandbox:
    """The sandbox, emptied; its clock follows the test's where that stands."""
    sandbox_server.reset()
    shared_moment.follow(sandbox_server)
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
        browser.come_in(person)
        return browser

    return of


@pytest.fixture
def api(app: Flask) -> Callable[..., ApiClient]:
    """Somebody's API client, with a token of her own."""

    def of(person: Any, scopes: tuple[str, ...] | None = None) -> ApiClient:
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
