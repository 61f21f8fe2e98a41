"""Which databases that were migrated for tests are dropped, where several checkouts share a server."""

from datetime import date

import pytest

from tests.postgres import outdated

pytestmark = pytest.mark.pure


def test_what_another_checkout_used_yesterday_stays() -> None:
    used = {
        "today": "2026-12-01",
        "two days ago": "2026-11-29",
        "three": "2026-11-28",
        "from before days were told": None,
    }
    assert outdated(used, date(2026, 12, 1)) == ["three", "from before days were told"]
