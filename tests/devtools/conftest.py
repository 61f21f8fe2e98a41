"""A folder for data that a PostgreSQL run by root's servant can reach; pytest keeps its own to itself."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def instance() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fairhour-test-") as folder:
        yield Path(folder).resolve()
