"""Admins find people by part of a name or address, their state, role and when they joined."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.account_changes.queries import people
from marketplace.db import session
from marketplace.errors import NotFound
from tests.factories import a_coach, a_person


def found(admin, **wanted):
    return [person.name for person in people.search(admin, **wanted)]


@pytest.fixture(autouse=True)
def everybody(alma):
    a_person("Mia Wong", email="mia.wong@example.com")
    a_person("Ada King", email="100%@example.com", confirmed=False)
    a_person("Bo", email="bo@else.example", active=False)
    a_coach("grace")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"search": "wong"}, ["Mia Wong"]),
        ({"search": "WONG mia"}, ["Mia Wong"]),
        ({"search": "else"}, ["Bo"]),
        ({"search": "wong else"}, []),
        ({"search": "100%"}, ["Ada King"]),
        ({"search": "mia_wong"}, []),
        ({"state": people.DEACTIVATED}, ["Bo"]),
        ({"state": people.UNCONFIRMED}, ["Ada King"]),
        ({"role": people.ADMINS}, ["Alma"]),
        ({"role": people.COACHES}, ["Grace"]),
        ({"sort": "name", "descending": False}, ["Ada King", "Alma", "Bo", "Grace", "Mia Wong"]),
        ({"sort": "name", "descending": True, "offset": 1, "limit": 2}, ["Grace", "Bo"]),
        ({}, ["Grace", "Bo", "Ada King", "Mia Wong", "Alma"]),
    ],
)
def test_people_are_found(wanted, names, alma):
    assert found(alma, **wanted) == names


def test_people_are_found_by_the_day_they_joined(alma):
    today = clock.now().date()
    old = a_person("Old", created_at=clock.now() - timedelta(days=40))
    session().flush()
    assert found(alma, joined_to=today - timedelta(days=30)) == [old.name]
    assert "Old" not in found(alma, joined_from=today)
    assert found(alma, joined_from=today, joined_to=today, search="bo") == ["Bo"]


def test_nobody_else_searches(mia):
    with pytest.raises(NotFound):
        people.search(mia)
