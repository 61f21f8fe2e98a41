"""`python -m devtools.suite [--measured] ARGUMENTS`: run pytest and say how long it took.

`--measured`: with coverage, and refused where that fell.
"""

import os
import resource
import sys
import time

import psutil
import psycopg
import pytest

from devtools import covered, env, postgres

INSTANCE = env.INSTANCE / "tests"


class Tally:
    """Counts the tests that came to an end."""

    def __init__(self) -> None:
        self.tests = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Each test reports once what it was called for, or why it was not."""
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.tests += 1


def main() -> int:
    """Run the tests; their exit status."""
    measured = "--measured" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--measured"]
    environ = env.given()
    try:
        env.refuse_production(environ)
    except env.CannotRun as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    # What pytest makes of the tests' source is kept for the next time, whatever is usual here: it takes 8 s otherwise.
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    sys.dont_write_bytecode = False
    if "DATABASE_URL" in environ:
        return _run(arguments, environ["DATABASE_URL"], measured)
    with postgres.running(INSTANCE) as server:
        postgres.never_durable(server)
        return _run(arguments, server, measured)


def _run(arguments: list[str], database: str, measured: bool) -> int:
    os.environ["DATABASE_URL"] = database
    tally, began, used = Tally(), time.monotonic(), _of_database(database)
    if measured:
        covered.forget()
        os.environ["PYTEST_PLUGINS"] = "devtools.measured"
    status = int(pytest.main(arguments, plugins=[tally]))
    if measured:
        status = covered.main() or status
    spent = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    of_database = _of_database(database) - used
    print(
        f"{tally.tests:,} tests in {time.monotonic() - began:,.0f} s; "
        f"{spent + of_database:,.0f} s of processor, {of_database:,.0f} of them PostgreSQL's."
    )
    return status


def _of_database(address: str) -> float:
    """The seconds of processor that the server has used, if it is one of this machine's; else 0."""
    with psycopg.connect(postgres.with_database(address, "postgres")) as connection:
        backend = connection.info.backend_pid
        try:
            server = psutil.Process(backend).parent()
            if server is None or not server.name().startswith("postgres"):
                return 0
            times = [server.cpu_times()]
            ended = times[0].children_user + times[0].children_system
            for child in server.children():
                times.append(child.cpu_times())
        except psutil.NoSuchProcess:
            return 0
    return float(ended + sum(each.user + each.system for each in times))


if __name__ == "__main__":
    sys.exit(main())
