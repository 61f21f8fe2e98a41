"""Settings: read once, checked, and production refuses what must not be."""

from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from marketplace import config, environment
from marketplace.config import SettingsError

ROOT = Path(__file__).parent.parent
NEEDED = {"APP_ENV": "development", "DATABASE_URL": "postgresql://localhost/fairhour", "STRIPE_SECRET_KEY": "sk_test_x"}
PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "Vd3tJ0cQm8LrYbW5zKfXh2NsPaEuGi7oTy41",
    "SECURITY_PASSWORD_SALT": "pQ9rBz4kUw7LmHn2XcVt6YdJ0sFgAe3oIi5R",
    "NOTES_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql://db/fairhour",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_platformQm8LrYbW5zKfXh2NsPaEuGi",
    "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_connectQm8LrYbW5zKfXh2NsPaEuGi",
    "STRIPE_WEBHOOK_SECRET_THIN": "whsec_thinQm8LrYbW5zKfXh2NsPaEuGi",
    "PUBLIC_URL": "https://fairhour.example",
    "TEXTS_FOLDER": str(ROOT / "devtools" / "texts"),
}


def test_settings_come_typed_from_the_environment():
    read = environment.read(NEEDED | {"HOLD_MINUTES": "20", "FEE_PERCENT": "12.5", "SMTP_STARTTLS": "yes", "PORT": "1"})
    assert (read.hold_minutes, read.fee_percent, read.smtp_starttls) == (20, Decimal("12.5"), True)
    assert read.dispute_window_hours == 48
    assert read.sqlalchemy_url() == "postgresql+psycopg://localhost/fairhour"


@pytest.mark.parametrize(("kept_in", "missing"), [("folder", "FILES_FOLDER"), ("s3", "FILES_BUCKET")])
def test_where_files_are_kept_is_said_whole(kept_in, missing):
    with pytest.raises(SettingsError, match=missing):
        environment.read(NEEDED | {"FILES_IN": kept_in})
    assert environment.read(NEEDED | {"FILES_IN": kept_in, missing: "/srv/files"}).files_in == kept_in


def test_an_empty_setting_is_the_default():
    assert environment.read(NEEDED | {"HOLD_MINUTES": ""}).hold_minutes == 15


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
        ("FILES_IN", "a drawer"),
        ("NOTES_KEYS", "x"),
        ("FEE_PERCENT", "101"),
        ("LOYAL_FEE_PERCENT", "101"),
        ("TAX_PERCENT", "51"),
        ("STRIPE_CUSTOM_DOMAIN", "https://pay.example/path"),
        ("DEFAULT_LOCALE", "tlh"),
        ("STRIPE_SECRET_KEY", "sk_live_x"),
        ("STRIPE_SECRET_KEY", "rk_live_x"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        environment.read(NEEDED | {name: value})


def test_production_starts_with_secrets_of_its_own():
    assert environment.read(PRODUCTION).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", config.DEVELOPMENT_SECRET),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "k" * 40),
        ("SECURITY_PASSWORD_SALT", ""),
        ("SECURITY_PASSWORD_SALT", "Vd3tJ0cQm8LrYbW5zKfXh2NsPaEuGi7oTy41"),
        ("NOTES_KEYS", ""),
        ("NOTES_KEYS", " , "),
        ("NOTES_KEYS", "x"),
        ("NOTES_KEYS", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=,x"),
        ("DATABASE_URL", ""),
        ("STRIPE_SECRET_KEY", ""),
        ("STRIPE_SECRET_KEY", "sk_test_x"),
        ("STRIPE_API_BASE", "http://127.0.0.1:12111"),
        ("STRIPE_WEBHOOK_SECRET_PLATFORM", ""),
        ("STRIPE_WEBHOOK_SECRET_PLATFORM", "x"),
        ("STRIPE_WEBHOOK_SECRET_CONNECT", ""),
        ("STRIPE_WEBHOOK_SECRET_CONNECT", "whsec_1"),
        ("STRIPE_WEBHOOK_SECRET_CONNECT", "whsec_platformQm8LrYbW5zKfXh2NsPaEuGi"),
        ("STRIPE_WEBHOOK_SECRET_THIN", ""),
        ("CLOCK_FILE", "clock.json"),
        ("PUBLIC_URL", "http://fairhour.example"),
        ("TEXTS_FOLDER", ""),
        ("TEXTS_FOLDER", "/nowhere"),
        ("CALENDAR_ALLOW_PRIVATE", "127.0.0.1:5232"),
        ("RATELIMIT_ENABLED", "false"),
        ("METRICS_TOKEN", "x"),
        ("EXCHANGE_RATES_URL", "http://rates.example/daily.xml"),
        ("FILES_ENDPOINT", "http://files.example"),
        ("ADMIN_SECOND_FACTOR", "optional"),
    ],
)
def test_production_refuses_to_start_and_names_the_setting(name, value):
    with pytest.raises(SettingsError, match=name):
        environment.read(PRODUCTION | {name: value})


def test_who_says_nothing_of_the_environment_serves_no_money_on_public_secrets():
    silent = PRODUCTION | {"APP_ENV": "", "SECRET_KEY": "", "SECURITY_PASSWORD_SALT": ""}
    with pytest.raises(SettingsError, match=r"SECRET_KEY .* APP_ENV does not say development"):
        environment.read(silent)
    assert environment.read(PRODUCTION | {"APP_ENV": ""}).production


@pytest.mark.parametrize(
    ("host", "starttls", "starts"),
    [
        ("smtp.example", "false", False),
        ("192.0.2.1", "false", False),
        ("smtp.example", "true", True),
        ("localhost", "false", True),
        ("127.0.0.2", "false", True),
        ("::1", "false", True),
    ],
)
def test_a_mail_password_goes_to_no_other_machine_in_the_clear(host, starttls, starts):
    given = PRODUCTION | {
        "SMTP_HOST": host,
        "SMTP_STARTTLS": starttls,
        "SMTP_USERNAME": "me",
        "SMTP_PASSWORD": "secret",
    }
    if starts:
        assert environment.read(given).smtp_password == "secret"
    else:
        with pytest.raises(SettingsError, match="SMTP_STARTTLS"):
            environment.read(given)


def test_notes_have_keys_of_their_own_or_one_made_of_the_secret():
    assert environment.read(PRODUCTION).encryption_keys() == [PRODUCTION["NOTES_KEYS"].encode()]
    new, old = (Fernet.generate_key() for _ in range(2))
    two = environment.read(PRODUCTION | {"NOTES_KEYS": f"{new.decode()}, {old.decode()}"}).encryption_keys()
    assert two == [new, old]
    assert len(Fernet(environment.read(NEEDED).encryption_keys()[0])._signing_key) == 16


@pytest.mark.real
def test_there_are_no_settings_outside_an_application():
    with pytest.raises(RuntimeError, match="each application has its own"):
        config.current()
