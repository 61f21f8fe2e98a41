"""The scene in which every route is asked, and who asks."""

from dataclasses import replace

import pytest

from marketplace import config
from tests.permissions import people
from tests.permissions import world as scenery
from tests.permissions.probing import Prober


@pytest.fixture
def world(ada, mia, alma, offering, stripe, moment, run_jobs):
    made = scenery.build(ada, mia, alma, offering, stripe, moment, run_jobs)
    people.set_up_factor(made.admin)
    return made


@pytest.fixture
def prober(app, world):
    """Admins need a second factor, as in production."""
    settings = replace(config.current(), admin_second_factor="required")
    app.extensions["settings"] = settings
    config.use(settings)
    with Prober(app, world) as prober:
        yield prober
