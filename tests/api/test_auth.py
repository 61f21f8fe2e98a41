from dataclasses import replace

import pytest
from flask import g

from marketplace.accounts.tokens import service as token_service
from marketplace.api.auth import needs
from marketplace.app import create_app
from marketplace.db import db
from marketplace.error_answers import TOO_OFTEN
from marketplace.errors import NotAllowed, NotFound
from tests.doors import ApiClient
from tests.factories import a_person, an_admin


def ask(app, person, scopes, *, needed):
    _, text = token_service.create_token(person, name="ci", scopes=scopes)
    with app.test_request_context("/api/v1/x", headers={"Authorization": f"bearer {text}"}):
        return needs(needed)(lambda: g.token_user.name)()


def test_an_admin_with_the_scope_gets_in(app):
    assert ask(app, an_admin(), ["admin"], needed="admin") == "Alma"


def test_an_admin_without_the_scope_is_told_so(app):
    with pytest.raises(NotAllowed):
        ask(app, an_admin(), ["read"], needed="admin")


def test_for_a_mentee_what_is_admins_does_not_exist_whatever_her_token_says(app):
    with pytest.raises(NotFound):
        ask(app, a_person(), ["read"], needed="admin")


def test_money_is_not_part_of_write(app):
    with pytest.raises(NotAllowed):
        ask(app, a_person(), ["read", "write"], needed="money")


def test_a_scope_that_does_not_exist_is_noticed_at_the_start():
    with pytest.raises(ValueError):
        needs("everything")


class TestCallingTooOften:
    """One token, or one address without a token, gets so many calls a minute."""

    @pytest.fixture
    def limited(self, app):
        made = create_app(replace(app.extensions["settings"], ratelimit_enabled=True, api_calls_per_minute=3))
        yield made
        with made.app_context():
            db.engine.dispose()

    def test_one_who_calls_too_often_is_told_when_to_come_back(self, limited):
        client = ApiClient(limited, None)
        answers = [client.get("/coaches") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429]
        assert answers[0].headers["X-RateLimit-Remaining"] == "2"
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert answers[-1].content_type == "application/problem+json"
        assert answers[-1].get_json()["detail"] == TOO_OFTEN

    def test_another_token_is_another_caller(self, limited):
        for name in ("one", "another"):
            client = ApiClient(limited, f"fh_{name}")
            assert [client.get("/me").status_code for _ in range(4)] == [401] * 3 + [429]

    def test_who_makes_tokens_up_is_one_address_still(self, limited):
        answers = [ApiClient(limited, f"fh_{number}").get("/me").status_code for number in range(13)]
        assert answers == [401] * 12 + [429]

    def test_stripe_is_never_kept_out(self, limited):
        client = limited.test_client()
        assert {client.post("/webhooks/stripe/platform", data=b"{}").status_code for _ in range(13)} == {400}
