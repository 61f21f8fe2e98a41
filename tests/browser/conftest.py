"""Everything that belongs to somebody, for pages that are to have something to show."""

from collections.abc import Callable

import pytest

from tests.browser.every_page import READERS, build_assets
from tests.permissions import people
from tests.permissions import world as scenery
from tests.permissions.probing import Prober


@pytest.fixture
def everything(ada, mia, alma, offering, stripe, moment, run_jobs, built):
    """Made for each test anew, as what is built is: browsers hold on to their people."""
    made = scenery.build(ada, mia, alma, offering, stripe, moment, run_jobs)
    people.set_up_factor(made.admin)
    return made


@pytest.fixture
def prober(app, everything) -> Prober:
    return Prober(app, everything)


@pytest.fixture
def built(app, tmp_path):
    """What pages load, as a server sends it."""
    usual = app.jinja_env.globals["asset"]
    yield build_assets(app, tmp_path / "assets")
    app.jinja_env.globals["asset"] = usual


@pytest.fixture
def client_of(app, everything, moment) -> Callable:
    """A reader's browser without JavaScript."""

    def of(reader: str):
        return people.browser(app, getattr(everything, READERS[reader], None), moment)

    return of
