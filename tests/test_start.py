"""Starting for real: what production refuses, said by the process itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GOOD = {
    "APP_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "SECURITY_PASSWORD_SALT": "s" * 40,
    "NOTES_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgresql://127.0.0.1:1/nothing",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_1",
    "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_2",
    "STRIPE_WEBHOOK_SECRET_THIN": "whsec_3",
    "PUBLIC_URL": "https://fairhour.example",
}


def start(**changes):
    given = {name: value for name, value in (GOOD | changes).items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        check=False,
        env=kept | given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_production_starts_with_everything_it_needs():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "for development only; never in production"),
        ("DATABASE_URL", None),
        ("STRIPE_SECRET_KEY", None),
        ("STRIPE_SECRET_KEY", "sk_test_x"),
        ("CLOCK_FILE", "clock.json"),
    ],
)
def test_production_refuses_to_start_and_names_the_setting(setting, value):
    ended = start(**{setting: value})
    assert ended.returncode != 0
    assert f"SettingsError: {setting}" in ended.stderr
