"""What most tests begin with: people, what is sold, and how far a session has come.

Each is made once for the tests of a module that begin with it (`tests/rewind.py`). A module that means somebody else by
a name defines its own.
"""

from datetime import UTC, datetime

import pytest

from marketplace.accounts.models import User
from marketplace.coaches.models import Coach, Offering
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week

# Two days after a test's start, in the hours of every coach here.
TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def ada() -> Coach:
    """A coach, open every day from nine to five."""
    return open_all_week(a_coach("ada"))


@pytest.fixture
def mia() -> User:
    """A mentee."""
    return a_person("Mia")


@pytest.fixture
def alma() -> User:
    """An admin."""
    return an_admin("Alma")


@pytest.fixture
def offering(ada: Coach) -> Offering:
    """Ada's hour for 120.00 USD."""
    return an_offering(ada)


@pytest.fixture
def by_request(ada: Coach) -> Offering:
    """Ada's hour, which she decides about."""
    return an_offering(ada, by_approval=True)
