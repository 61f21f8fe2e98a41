"""Commands of development get a database and settings, and what was set stays set."""

import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import psycopg
import pytest

from devtools import env, postgres
from marketplace import environment
from marketplace.config import Settings

pytestmark = pytest.mark.real

SHOW = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]


@pytest.fixture
def server(database_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database_server)
    return database_server


def run(instance: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devtools.env", "--instance", str(instance), *words]
    # Whoever runs the tests may have settings of her own.
    ours = {field.name.upper() for field in fields(Settings)} - {"DATABASE_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(command, env=kept | more, cwd=env.ROOT, capture_output=True, text=True, check=False)


def test_without_a_database_url_there_is_a_database_all_the_same(instance: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    count = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('select 40 + 2').fetchone())"
    ran = run(instance, sys.executable, "-c", count)
    assert ran.stdout == "(42,)\n", ran.stderr
    assert (instance / "pg" / "PG_VERSION").exists()
    assert not (instance / "pg" / "postmaster.pid").exists()


def test_a_scratch_database_is_empty_and_gone_afterwards(server: str, tmp_path: Path):
    shown = json.loads(run(tmp_path, "--scratch", *SHOW).stdout)
    assert shown["DATABASE_URL"] != server
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(shown["DATABASE_URL"])


def test_what_is_set_stays_and_the_rest_is_what_the_application_accepts(server: str, tmp_path: Path):
    shown = json.loads(run(tmp_path, *SHOW, PORT="8123", FEE_PERCENT="8", SITE_NAME="Ours").stdout)
    assert shown["DATABASE_URL"] == server
    settings = environment.read(shown)
    assert (settings.public_url, settings.fee_percent, settings.site_name) == ("http://127.0.0.1:8123", 8, "Ours")
    assert settings.stripe_api_base.startswith("http://127.0.0.1:")
    assert settings.clock_file == str(tmp_path / "clock.json")
    assert len({settings.stripe_webhook_secret_platform, settings.stripe_webhook_secret_thin}) == 2


def test_secrets_of_the_sandbox_are_made_once(tmp_path: Path):
    assert env.webhook_secrets(tmp_path) == env.webhook_secrets(tmp_path)


def test_with_a_key_of_stripes_own_nothing_of_the_sandbox_is_set(server: str, tmp_path: Path):
    shown = json.loads(run(tmp_path, *SHOW, STRIPE_SECRET_KEY="sk_test_real").stdout)
    assert shown["STRIPE_SECRET_KEY"] == "sk_test_real"
    assert not {"STRIPE_API_BASE", "CLOCK_FILE", "STRIPE_WEBHOOK_SECRET_THIN"} & shown.keys()


def test_other_commands_find_the_parts_of_a_run(tmp_path: Path):
    (tmp_path / "running.json").write_text(json.dumps({"web": "http://127.0.0.1:8001", "smtp_port": "1026"}))
    chosen = env.settings({}, tmp_path, "postgresql://db/fairhour")
    assert (chosen["PUBLIC_URL"], chosen["SMTP_PORT"]) == ("http://127.0.0.1:8001", "1026")


def test_the_environment_wins_over_the_file_and_empty_values_count_as_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / ".env"
    file.write_text("SITE_NAME=From the file\nMAIL_FROM=\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("SITE_NAME", "From the environment")
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    monkeypatch.delenv("MAIL_FROM", raising=False)
    found = env.given(file)
    assert (found["SITE_NAME"], found["LOG_LEVEL"]) == ("From the environment", "DEBUG")
    assert "MAIL_FROM" not in found


@pytest.mark.parametrize(("command", "status"), [(["sh", "-c", "exit 7"], 7), (["no-such-command"], 127)])
def test_the_status_of_the_command_is_told(server: str, tmp_path: Path, command: list[str], status: int):
    assert run(tmp_path, *command).returncode == status


def test_with_the_database_alone_nothing_else_is_set(server: str, tmp_path: Path):
    shown = json.loads(run(tmp_path, "--only-database", *SHOW).stdout)
    assert shown["DATABASE_URL"] == server
    assert "STRIPE_API_BASE" not in shown


def test_production_is_refused(tmp_path: Path):
    refused = run(tmp_path, "true", APP_ENV="production")
    assert refused.returncode == 1
    assert "docs/operating.md" in refused.stderr
    assert postgres.data_folder(tmp_path).exists() is False
