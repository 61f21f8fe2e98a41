"""How many codes are mailed: few to one address, few from one place, and nobody gets around that."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.asks.models import AskDraft
from marketplace.db import db, session
from tests.asks.test_pages import NIA, TYPED
from tests.conftest import CLOCK
from tests.doors import PageClient
from tests.factories import a_coach, a_person, an_offering

pytestmark = pytest.mark.real


@pytest.fixture
def limited(real_app, moment) -> Iterator:
    """The application with limits on, and Ada who may be asked."""
    one = create_app(replace(real_app.extensions["settings"], ratelimit_enabled=True), CLOCK)
    one.test_client_class = PageClient
    with one.app_context():
        an_offering(a_coach("ada"))
        yield one
        db.session.close()
        db.engine.dispose()


def browser(app, place):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def sends(app, place, email=NIA["email"], **more):
    return browser(app, place).submit("/@ada/ask", TYPED | NIA | {"email": email} | more).status_code


def test_one_address_gets_five_codes_an_hour_from_wherever_and_however_it_is_written(limited):
    spelt = ["nia@example.com", "NIA@EXAMPLE.com", " nia@example.com "]
    codes = [sends(limited, f"203.0.113.{number}", spelt[number % 3]) for number in range(7)]
    assert codes == [303] * 5 + [429] * 2
    assert sends(limited, "203.0.113.9", "other@example.com") == 303
    assert sends(limited, "203.0.113.9", look="yes") == 200


def test_another_code_counts_too_also_for_who_is_signed_in_or_only_looks(limited):
    assert sends(limited, "203.0.113.1") == 303
    draft_id = session().scalars(select(AskDraft.id)).one()
    mallory = browser(limited, "203.0.113.2")
    mallory.sign_in(a_person("Mallory"))
    page = f"/asks/confirm/{draft_id}"
    answers = [mallory.submit(f"{page}/again", {"look": "yes"}, seen=page).status_code for _ in range(6)]
    assert answers == [303] * 4 + [429] * 2


def test_one_place_has_twenty_codes_an_hour_mailed_and_tries_thirty(limited):
    found = Counter(sends(limited, "203.0.113.1", f"p{number}@example.com") for number in range(22))
    assert found == {303: 20, 429: 2}
    draft_id = session().scalars(select(AskDraft.id)).first()
    client, page = browser(limited, "203.0.113.1"), f"/asks/confirm/{draft_id}"
    tried = Counter(client.submit(page, {"code": "x"}).status_code for _ in range(32))
    assert tried == {422: 5, 403: 25, 429: 2}
