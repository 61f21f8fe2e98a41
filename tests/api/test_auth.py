import pytest
from flask import g

from marketplace.accounts import service
from marketplace.api.auth import needs
from marketplace.errors import NotAllowed, NotFound
from tests.factories import a_person, an_admin


def ask(app, person, scopes, *, needed):
    _, text = service.create_token(person, name="ci", scopes=scopes)
    with app.test_request_context("/api/v1/x", headers={"Authorization": f"bearer {text}"}):
        return needs(needed)(lambda: g.token_user.name)()


def test_an_admin_with_the_scope_gets_in(app):
    assert ask(app, an_admin(), ["admin"], needed="admin") == "Alma"


def test_an_admin_without_the_scope_is_told_so(app):
    with pytest.raises(NotAllowed):
        ask(app, an_admin(), ["read"], needed="admin")


def test_for_a_mentee_what_is_admins_does_not_exist_whatever_her_token_says(app):
    with pytest.raises(NotFound):
        ask(app, a_person(), ["admin"], needed="admin")


def test_money_is_not_part_of_write(app):
    with pytest.raises(NotAllowed):
        ask(app, a_person(), ["read", "write"], needed="money")


def test_a_scope_that_does_not_exist_is_noticed_at_the_start():
    with pytest.raises(ValueError):
        needs("everything")
