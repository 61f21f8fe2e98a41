"""Everything that belongs to somebody, for pages that are to have something to show."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from marketplace import config
from marketplace.accounts.passkeys import service as passkeys
from tests.authentication.keys import Key, add
from tests.browser.every_page import HALF_WAY, OPERATOR_TEXTS, READERS, build_assets
from tests.doors import PASSWORD
from tests.factories import an_admin
from tests.permissions import people
from tests.permissions import world as scenery
from tests.permissions.probing import Prober


@pytest.fixture
def operator_texts(app, tmp_path):
    """What an operator has to say, in a folder."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in OPERATOR_TEXTS:
        (folder / f"{name}.md").write_text(
            f"# Our {name}\n\nWho *we* are.\n\n## More\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        )
    settings = replace(config.current(), texts_folder=str(folder))
    app.extensions["settings"] = settings
    config.use(settings)


@pytest.fixture
def everything(ada, mia, alma, offering, stripe, moment, run_jobs, built, operator_texts):
    """Made for each test anew, as what is built is: browsers hold on to their people."""
    made = scenery.build(ada, mia, alma, offering, stripe, moment, run_jobs)
    people.set_up_factor(made.admin)
    return made


@pytest.fixture
def prober(app, everything) -> Iterator[Prober]:
    with Prober(app, everything) as prober:
        yield prober


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
        if reader in HALF_WAY:
            return _half_way(app, reader, moment)
        return people.browser(app, getattr(everything, READERS[reader], None), moment)

    return of


def _half_way(app, reader: str, moment):
    """The browser of somebody who has typed their password, and whose code or passkey is still due."""
    person = an_admin("Half")
    if reader == "code-due":
        people.set_up_factor(person)
    else:
        add(people.browser(app, person, moment), Key())
        passkeys.ask_after_password(person, wanted=True)
    client = app.test_client()
    client.submit("/login", {"email": person.email, "password": PASSWORD})
    return client
