import pytest
from marshmallow import ValidationError

from marketplace.accounts.schemas import MeSchema, NewTokenSchema, ProfileSchema
from tests.factories import an_admin


def test_blanks_around_a_name_are_taken_off():
    assert ProfileSchema().load({"name": "  Mia Ek ", "timezone": "UTC"}) == {"name": "Mia Ek", "timezone": "UTC"}


@pytest.mark.parametrize("name", ["Mia\u00a0Ek", "محمد", "O'Neil-Ünsal", "李"])
def test_names_of_all_the_world_are_fine(name):
    assert ProfileSchema().load({"name": name, "timezone": "Asia/Kathmandu"})["name"] == name


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"timezone": "UTC"}, "name"),
        ({"name": "", "timezone": "UTC"}, "name"),
        ({"name": "   ", "timezone": "UTC"}, "name"),
        ({"name": "x" * 81, "timezone": "UTC"}, "name"),
        ({"name": "Mia\nBcc: all@example.com", "timezone": "UTC"}, "name"),
        ({"name": "Mia\x00", "timezone": "UTC"}, "name"),
        ({"name": "Mia", "timezone": "Mars/Olympus"}, "timezone"),
        ({"name": "Mia", "timezone": "+02:00"}, "timezone"),
        ({"name": "Mia"}, "timezone"),
        ({"name": "Mia", "timezone": "UTC", "roles": ["admin"]}, "roles"),
    ],
)
def test_a_wrong_profile_names_its_field(given, field):
    with pytest.raises(ValidationError) as refused:
        ProfileSchema().load(given)
    assert set(refused.value.messages) == {field}


def test_a_body_that_is_no_object_is_refused():
    with pytest.raises(ValidationError):
        ProfileSchema().load(["Mia"])


def test_days_become_an_instant(moment):
    loaded = NewTokenSchema().load({"name": "ci", "scopes": ["read"], "lasts_days": 30})
    assert (loaded["expires_at"] - moment.now).days == 30
    assert "lasts_days" not in loaded


def test_a_token_lasts_ninety_days_unless_told_otherwise(moment):
    assert (NewTokenSchema().load({"name": "ci", "scopes": ["read"]})["expires_at"] - moment.now).days == 90


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "ci"}, "scopes"),
        ({"name": "ci", "scopes": []}, "scopes"),
        ({"name": "ci", "scopes": ["everything"]}, "scopes"),
        ({"name": "ci", "scopes": ["read"], "lasts_days": 0}, "lasts_days"),
        ({"name": "ci", "scopes": ["read"], "lasts_days": 367}, "lasts_days"),
        ({"name": "ci", "scopes": ["read"], "lasts_days": "soon"}, "lasts_days"),
    ],
)
def test_a_wrong_wish_for_a_token_names_its_field(given, field):
    with pytest.raises(ValidationError) as refused:
        NewTokenSchema().load(given)
    assert set(refused.value.messages) == {field}


def test_nobody_sees_their_own_password_hash():
    shown = MeSchema().dump(an_admin())
    assert shown["roles"] == ["admin"]
    assert "password" not in shown
