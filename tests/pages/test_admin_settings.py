"""Admins see the settings in force, and no secret."""

from dataclasses import fields, replace

from marketplace import config
from marketplace.config import Settings
from marketplace.pages.admin_settings import SECRETS, in_force
from tests.pages.reading import read

SECRET_LOOKING = ("secret", "password", "_key", "_keys", "token", "salt")
# Where a password is typed, and which session needs a second factor: no secrets themselves.
NO_SECRETS: set[str] = set()


def test_whatever_is_called_like_a_secret_is_one():
    named = {each.name for each in fields(Settings) if any(part in each.name for part in SECRET_LOOKING)}
    assert named - NO_SECRETS == SECRETS


def test_no_secret_is_shown():
    every = {name: f"hush-{name}" for name in SECRETS}
    address = "postgresql://fairhour:hush@db.example/fairhour"
    settings = replace(Settings(), **every, database_url=address)
    shown = {each.name: each for each in in_force(settings)}
    assert not [each for each in shown.values() if "hush" in each.value]
    assert shown["DATABASE_URL"].value == "postgresql://…@db.example/fairhour"
    assert (shown["SECRET_KEY"].value, shown["SECRET_KEY"].changed) == ("Set, and not shown", True)
    assert (shown["HOLD_MINUTES"].value, shown["HOLD_MINUTES"].changed) == ("15", False)


def test_the_page_shows_them_in_groups(alma, browser_of):
    browser = browser_of(alma)
    page = read(browser.get("/admin/settings")).text
    assert "HOLD_MINUTES" in page
    assert "Prices and fees" in page
    assert "Set, and not shown" in page
    assert config.current().secret_key not in page
    table = browser.get("/admin/settings?format=csv").text
    assert "HOLD_MINUTES,Booking,15,No" in table
