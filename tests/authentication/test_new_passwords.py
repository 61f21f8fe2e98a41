"""A new password is held to the same rules wherever it is chosen."""

import pytest

from tests.authentication.reading import NEW, text_of, the_person
from tests.doors import PASSWORD
from tests.factories import a_person

WRONG = [
    ("short", "10 characters or more"),
    ("kJ8#mQ2!xz5" * 20, "128 characters or fewer"),
    ("password123", "Many people use this password"),
    ("miamia2026!!", "made of your name"),
]


@pytest.mark.parametrize(("password", "complaint"), WRONG)
def test_a_sign_up_says_what_is_wrong_with_its_password(client, password, complaint):
    assert complaint in text_of(client.submit("/register", NEW | {"password": password}))
    assert the_person() is None


@pytest.mark.parametrize(("password", "complaint"), WRONG)
def test_a_change_says_what_is_wrong_with_the_new_password(client, password, complaint):
    client.sign_in(a_person())
    form = {"password": PASSWORD, "new_password": password, "new_password_confirm": password}
    assert complaint in text_of(client.submit("/change", form))


def test_a_hundred_and_twenty_eight_characters_are_a_password(client):
    long = ("kJ8#mQ2!xz5" * 20)[:128]
    person = a_person()
    client.sign_in(person)
    client.submit("/change", {"password": PASSWORD, "new_password": long, "new_password_confirm": long})
    client.submit("/logout", seen="/account")
    assert client.get("/account").status_code == 302
    client.sign_in(person, long)
    assert client.get("/account").status_code == 200
