"""A PostgreSQL of one's own: started once, shared, gone with its last user."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devtools import postgres

pytestmark = pytest.mark.real


@pytest.fixture
def server(instance: Path) -> Iterator[str]:
    with postgres.running(instance) as address:
        yield address


def test_a_database_is_created_once_and_found_again(server: str):
    address = postgres.create_database(server, "twice")
    with psycopg.connect(address) as connection:
        connection.execute("create table kept (n int)")
    assert postgres.create_database(server, "twice") == address
    with psycopg.connect(address) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_a_dropped_database_is_gone_even_while_somebody_is_connected(server: str):
    address = postgres.create_database(server, "dropped")
    with psycopg.connect(address):
        postgres.drop_database(server, "dropped")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(address)


def test_the_first_user_to_leave_does_not_stop_the_server_for_the_second(instance: Path):
    with postgres.running(instance) as address:
        other = multiprocessing.get_context("spawn").Process(target=_use_and_leave, args=(instance,))
        other.start()
        other.join()
        assert other.exitcode == 0
        assert _answers(address)
    assert not _answers(address)


def test_a_user_that_was_killed_is_not_counted(instance: Path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_use_until_killed, args=(instance, ready))
    other.start()
    assert ready.wait(600)
    with postgres.running(instance) as address:
        other.kill()
        other.join()
        assert _answers(address)
    assert not _answers(address)


def test_a_note_of_a_server_that_died_with_its_machine_does_not_mislead(instance: Path):
    with postgres.running(instance):
        note = (instance / "pg" / "postmaster.pid").read_text()
    (instance / "pg" / "postmaster.pid").write_text("1\n" + note.partition("\n")[2])
    with postgres.running(instance) as address:
        assert _answers(address)


def test_a_folder_whose_name_has_a_space_gets_its_data_elsewhere(tmp_path: Path):
    odd = tmp_path / "my projects"
    assert postgres.data_folder(tmp_path) == tmp_path / "pg"
    assert " " not in str(postgres.data_folder(odd))
    assert postgres.data_folder(odd) == postgres.data_folder(odd) != postgres.data_folder(tmp_path / "my other")


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("postgresql://postgres@/?host=/run/pg", "postgresql://postgres@/shop?host=/run/pg"),
        ("postgresql://me:secret@db:5433/other", "postgresql://me:secret@db:5433/shop"),
        ("postgresql://db", "postgresql://db/shop"),
    ],
)
def test_another_database_on_the_same_server_is_named_by_its_address(server: str, address: str):
    assert postgres.with_database(server, "shop") == address


def _answers(server: str) -> bool:
    try:
        with psycopg.connect(postgres.with_database(server, "postgres")):
            return True
    except psycopg.OperationalError:
        return False


def _use_and_leave(instance: Path) -> None:
    with postgres.running(instance) as server:
        assert _answers(server)


def _use_until_killed(instance: Path, ready) -> None:
    with postgres.running(instance):
        ready.set()
        multiprocessing.get_context("spawn").Event().wait()
