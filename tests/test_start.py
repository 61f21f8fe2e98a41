"""Starting for real: what production refuses, said by the process itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOOD = {
    "APP_ENV": "production",
    "SECRET_KEY": "Vd3tJ0cQm8LrYbW5zKfXh2NsPaEuGi7oTy41",
    "SECURITY_PASSWORD_SALT": "pQ9rBz4kUw7LmHn2XcVt6YdJ0sFgAe3oIi5R",
    "NOTES_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgresql://127.0.0.1:1/nothing",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_platformQm8LrYbW5zKfXh2NsPaEuGi",
    "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_connectQm8LrYbW5zKfXh2NsPaEuGi",
    "STRIPE_WEBHOOK_SECRET_THIN": "whsec_thinQm8LrYbW5zKfXh2NsPaEuGi",
    "PUBLIC_URL": "https://fairhour.example",
    "TEXTS_FOLDER": str(ROOT / "devtools" / "texts"),
}


REFUSED = [
    ("SECRET_KEY", None),
    ("SECRET_KEY", "for development only; never in production"),
    ("DATABASE_URL", None),
    ("STRIPE_SECRET_KEY", None),
    ("STRIPE_SECRET_KEY", "sk_test_x"),
    ("CLOCK_FILE", "clock.json"),
    ("NOTES_KEYS", "x"),
    ("STRIPE_WEBHOOK_SECRET_THIN", "x"),
]
# A start that was refused leaves nothing of wsgi behind, so that one process is started many times.
# What takes seconds is Python's reading of the application.
EACH = """
import json, os, sys
good = dict(os.environ)
for name, value in json.loads(sys.argv[1]):
    os.environ.clear()
    os.environ.update({k: v for k, v in {**good, name: value}.items() if v is not None})
    try:
        import wsgi
        print("started")
    except Exception as refusal:
        print(f"{type(refusal).__name__}: {refusal}")
"""


def start(command, *arguments):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", command, *arguments],
        check=False,
        env=kept | GOOD,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_production_refuses_to_start_and_names_the_setting_until_it_has_everything_it_needs():
    *refused, last = start(EACH, json.dumps([*REFUSED, ("SECRET_KEY", GOOD["SECRET_KEY"])])).stdout.splitlines()
    assert [line.split()[:2] for line in refused] == [["SettingsError:", name] for name, _ in REFUSED]
    assert last == "started"


def test_without_a_word_of_the_environment_it_is_production_and_a_refused_start_ends_the_process():
    ended = start("import os; del os.environ['APP_ENV'], os.environ['SECRET_KEY']; import wsgi")
    assert ended.returncode != 0
    assert "SettingsError: SECRET_KEY must be a random secret" in ended.stderr
