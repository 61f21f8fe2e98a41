"""Settings: read once, checked, and production refuses what must not be."""

from decimal import Decimal

import pytest
from cryptography.fernet import Fernet

from marketplace import config
from marketplace.config import Settings, SettingsError

NEEDED = {"DATABASE_URL": "postgresql://localhost/fairhour", "STRIPE_SECRET_KEY": "sk_test_x"}
PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "SECURITY_PASSWORD_SALT": "s" * 40,
    "NOTES_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql://db/fairhour",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_1",
    "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_2",
    "STRIPE_WEBHOOK_SECRET_THIN": "whsec_3",
    "PUBLIC_URL": "https://fairhour.example",
}


def test_settings_come_typed_from_the_environment():
    read = Settings.read(NEEDED | {"HOLD_MINUTES": "20", "FEE_PERCENT": "12.5", "SMTP_STARTTLS": "yes", "PORT": "1"})
    assert (read.hold_minutes, read.fee_percent, read.smtp_starttls) == (20, Decimal("12.5"), True)
    assert read.dispute_window_hours == 48
    assert read.sqlalchemy_url() == "postgresql+psycopg://localhost/fairhour"


def test_an_empty_setting_is_the_default():
    assert Settings.read(NEEDED | {"HOLD_MINUTES": ""}).hold_minutes == 15


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOLD_MINUTES", "soon"),
        ("HOLD_MINUTES", "-1"),
        ("FEE_PERCENT", "ten"),
        ("SMTP_STARTTLS", "perhaps"),
        ("APP_ENV", "staging"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", ""),
        ("STRIPE_SECRET_KEY", ""),
        ("MEETING_SERVER", "http://meet.example"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.read(NEEDED | {name: value})


def test_production_starts_with_secrets_of_its_own():
    assert Settings.read(PRODUCTION).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", config.DEVELOPMENT_SECRET),
        ("SECRET_KEY", "short"),
        ("SECURITY_PASSWORD_SALT", ""),
        ("NOTES_KEYS", ""),
        ("DATABASE_URL", ""),
        ("STRIPE_SECRET_KEY", ""),
        ("STRIPE_SECRET_KEY", "sk_test_x"),
        ("STRIPE_API_BASE", "http://127.0.0.1:12111"),
        ("STRIPE_WEBHOOK_SECRET_PLATFORM", ""),
        ("STRIPE_WEBHOOK_SECRET_CONNECT", ""),
        ("STRIPE_WEBHOOK_SECRET_THIN", ""),
        ("CLOCK_FILE", "clock.json"),
        ("PUBLIC_URL", "http://fairhour.example"),
    ],
)
def test_production_refuses_to_start_and_names_the_setting(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.read(PRODUCTION | {name: value})


def test_notes_have_keys_of_their_own_or_one_made_of_the_secret():
    assert Settings.read(PRODUCTION).encryption_keys() == [PRODUCTION["NOTES_KEYS"].encode()]
    two = Settings.read(PRODUCTION | {"NOTES_KEYS": "new, old"}).encryption_keys()
    assert two == [b"new", b"old"]
    assert len(Fernet(Settings.read(NEEDED).encryption_keys()[0])._signing_key) == 16


@pytest.mark.real
def test_there_are_no_settings_outside_an_application():
    with pytest.raises(RuntimeError, match="each application has its own"):
        config.current()
