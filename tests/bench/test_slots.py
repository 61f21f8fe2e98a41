"""The benchmark of free times, search and claims runs, in a town of a few hundred coaches."""

import json
import os
import subprocess
import sys
import uuid

import pytest

FIGURES = {
    "month_sql_ratio",
    "month_http_ratio",
    "search_sql_p95_ms",
    "search_http_ratio",
    "claim_throughput_ratio",
    "booking_http_ratio",
    "request_floor_ratio",
    "month_floor_ratio",
    "search_floor_ratio",
    "hold_statements",
    "hold_floor_ratio",
}


pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_benchmark_measures_each_figure_and_its_last_line_says_them(database_server):
    small = ["--coaches", "500", "--bookings", "3000", "--rounds", "3", "--claims", "16"]
    command = [sys.executable, "-m", "bench.slots", *small, "--database", f"fairhour_bench_{uuid.uuid4().hex[:6]}"]
    environ = {**os.environ, "DATABASE_URL": database_server}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == FIGURES
    assert all(figure > 0 for figure in found.values())
    assert found["hold_statements"] <= 12
    assert "month: 1 queries 3 times" in done.stdout
