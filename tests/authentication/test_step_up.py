"""Money and keys need a password of the last half hour, on every page of one table; nothing typed is lost for it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.models import AccessToken
from marketplace.authentication import step_up_table
from marketplace.authentication.step_up_table import FRESH_FOR
from marketplace.db import session
from tests.doors import PASSWORD
from tests.factories import a_person

API = {endpoint for command in step_up_table.COMMANDS for endpoint in command.api}
# A token cannot type a password: what asks a person for a fresh one asks a token for one of these.
STEP_UP_SCOPES = {"payouts", "tokens", "admin:critical"}
NEW_TOKEN = {"name": "my script", "scopes": ["read", "write"], "lasts_days": "30"}


def text_of(answer):
    return answer.get_data(as_text=True)


def asks(answer):
    return answer.status_code == 403 and "Your password, once more" in text_of(answer)


def tokens():
    return session().scalars(select(AccessToken)).all()


@pytest.fixture
def mia_signed_in(mia, browser_of):
    return browser_of(mia)


def test_half_an_hour_after_the_password_it_is_asked_for_again(mia_signed_in, moment):
    moment.advance(minutes=29, seconds=59)
    assert mia_signed_in.get("/change-email").status_code == 200
    moment.advance(seconds=1)
    assert asks(mia_signed_in.get("/change-email"))


def test_no_visit_and_no_use_makes_the_half_hour_longer(mia_signed_in, moment):
    for _ in range(3):
        moment.advance(minutes=10)
        mia_signed_in.get("/change-email")
        mia_signed_in.submit("/account/tokens", NEW_TOKEN)
    assert len(tokens()) == 2
    assert asks(mia_signed_in.submit("/account/tokens", NEW_TOKEN))


def test_a_remember_me_cookie_makes_no_token(client, mia):
    client.submit("/login", {"email": mia.email, "password": PASSWORD, "remember": "y"})
    client.delete_cookie("session")
    assert client.get("/account").status_code == 200
    assert asks(client.submit("/account/tokens", NEW_TOKEN))
    assert tokens() == []


def test_what_was_typed_is_kept_and_sent_on_with_the_password(mia_signed_in, moment, mia):
    moment.advance(hours=1)
    asked = mia_signed_in.submit("/account/tokens", NEW_TOKEN | {"name": 'quotes "and" <tags>'})
    carried = re.findall(r'<input type="hidden" name="(name|scopes|lasts_days)" value="([^"]*)"', text_of(asked))
    assert [name for name, _ in carried] == ["name", "scopes", "scopes", "lasts_days"]
    kept = NEW_TOKEN | {"name": 'quotes "and" <tags>'}
    wrong = mia_signed_in.submit("/account/tokens", kept | {"step_up_password": "wrong one"})
    assert asks(wrong)
    assert "This is not your present password." in text_of(wrong)
    assert tokens() == []
    done = mia_signed_in.submit("/account/tokens", kept | {"step_up_password": PASSWORD})
    assert done.status_code == 200
    assert [token.name for token in queries.tokens_of(mia)] == ['quotes "and" <tags>']
    assert PASSWORD not in text_of(done)
    # And it is fresh again from here.
    assert mia_signed_in.submit("/account/tokens", NEW_TOKEN).status_code == 200


def test_a_page_that_asks_leads_back_to_where_one_was(mia_signed_in, moment):
    moment.advance(hours=1)
    asked = mia_signed_in.get("/change-email?a=1")
    assert 'name="next" value="/change-email?a=1"' in text_of(asked)
    answer = mia_signed_in.submit("/verify", {"step_up_password": PASSWORD, "next": "/change-email?a=1"})
    assert answer.headers["Location"] == "/change-email?a=1"
    assert mia_signed_in.get("/change-email").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_typing_the_password_leads_nowhere_else(mia_signed_in, elsewhere):
    answer = mia_signed_in.submit("/verify", {"step_up_password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/account"


def test_the_password_of_one_person_does_not_prove_another_in_the_same_browser(client, mia, moment):
    client.sign_in(a_person("Noa"))
    with client.session_transaction() as kept:
        proof = kept["proof"]
    client.submit("/logout", seen="/account")
    client.submit("/login", {"email": mia.email, "password": PASSWORD, "remember": "y"})
    with client.session_transaction() as kept:
        kept["proof"] = proof
    assert asks(client.submit("/account/tokens", NEW_TOKEN))


def test_a_form_without_csrf_token_is_refused_before_the_password_is_asked_for(mia_signed_in, moment):
    moment.advance(hours=1)
    assert mia_signed_in.post("/account/tokens", data=NEW_TOKEN).status_code == 400


def test_each_line_of_the_table_is_a_page_or_an_address_of_the_api(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    listed = set(step_up_table.PAGES) | set(API)
    assert listed - known == set()


def test_every_page_of_the_table_asks_and_no_other_does(app, mia, alma, moment, browser_of):
    """Anybody's own pages as a mentee, the admins' as an admin; a stale session is asked, before the page is run."""
    browsers = {"admin": browser_of(alma), "own": browser_of(mia)}
    tokens = {who: _csrf(browser) for who, browser in browsers.items()}
    moment.advance(seconds=FRESH_FOR / timedelta(seconds=1))
    asked = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") or rule.endpoint in {"step_up.verify", "security.logout", "signin.arrive"}:
            continue
        who = "admin" if rule.rule.startswith("/admin") else "own"
        values = {name: _value(name) for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values, method=None)
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = browsers[who].open(
                path, method=method, data={"csrf_token": tokens[who]} if method == "POST" else {}
            )
            if asks(answer):
                asked.add(rule.endpoint)
    assert asked == set(step_up_table.PAGES)


def test_the_same_commands_take_a_scope_of_their_own_of_a_token(app):
    asked = {}
    for rule in app.url_map.iter_rules():
        manual = getattr(app.view_functions[rule.endpoint], "_apidoc", {}).get("manual_doc", {})
        for scope in (manual.get("security") or [{"bearer": []}])[0].get("bearer", []):
            if scope in STEP_UP_SCOPES:
                asked[rule.endpoint] = scope
    assert set(asked) == set(API)


def _csrf(browser):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text_of(browser.get("/account"))).group(1)


def _value(name):
    texts = {
        "handle": "ada",
        "name": "terms",
        "currency": "usd",
        "event_id": "evt_1",
        "filename": "x",
        "token": "x",
        "kind": "svg",
    }
    numbers = {"job_id": 1, "number": 2027, "year": 2027}
    return texts.get(name) or numbers.get(name) or "01890000-0000-7000-8000-000000000000"
