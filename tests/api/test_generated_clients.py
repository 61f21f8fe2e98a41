"""Clients that others generate from the OpenAPI document: every operation, exact types, and they work."""

import contextvars
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.accounts.tokens import service as tokens
from marketplace.coaches.models import Coach, Offering
from marketplace.db import db
from tests.scenes import TEN

pytestmark = pytest.mark.slow

TYPESCRIPT = "openapi-typescript@7.13.0"
BRIEF = "I lead a team of four since May and want to prepare my first salary talks."


@pytest.fixture
def document(app: Flask, tmp_path: Path) -> Path:
    file = tmp_path / "openapi.json"
    file.write_bytes(app.test_client().get("/api/v1/openapi.json").data)
    return file


def _operations(document: Path) -> set[str]:
    paths = json.loads(document.read_text())["paths"]
    parts = [part for item in paths.values() for part in item.values()]
    return {part["operationId"] for part in parts if isinstance(part, dict)}


@pytest.fixture
def generated(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The Python client, to be imported as `fairhour_client`."""
    settings = tmp_path / "config.yaml"
    settings.write_text("content_type_overrides: {application/pdf: application/octet-stream}\npost_hooks: []\n")
    package = tmp_path / "fairhour_client"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document)]
    command += ["--config", str(settings)]
    command += ["--output-path", str(package), "--meta", "none", "--fail-on-warning"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        del sys.modules[name]


class OneContextEach(httpx.WSGITransport):
    """Each request in a fresh context, as on a server."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        db.session.commit()

        def answered() -> httpx.Response:
            answer = super(OneContextEach, self).handle_request(request)
            content = answer.read()
            return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)

        return contextvars.Context().run(answered)


def _of(package: Path, app: Flask, person: User, *scopes: str) -> Any:
    _, token = tokens.create_token(person, name="client", scopes=list(scopes))
    client = importlib.import_module(f"{package.name}.client")
    transport = OneContextEach(app=app)
    return client.AuthenticatedClient(base_url="http://localhost", token=token, httpx_args={"transport": transport})


def test_the_python_client_has_every_operation(document: Path, generated: Path):
    modules = {file.stem for file in generated.glob("api/*/*.py") if file.stem != "__init__"}
    assert modules == _operations(document)


def test_a_mentee_books_and_cancels_by_a_generated_client(
    app: Flask, generated: Path, ada: Coach, mia: User, offering: Offering
):
    def call(name: str) -> Callable[..., Any]:
        (file,) = generated.glob(f"api/*/{name}.py")
        module: ModuleType = importlib.import_module(".".join((generated.name, "api", file.parent.name, name)))
        return module.sync

    models = importlib.import_module(f"{generated.name}.models")
    mentee = _of(generated, app, mia, "read", "write", "money")
    card = call("get_rate_card")("ada", client=mentee)
    assert [(each.id, each.price.amount, each.price.currency) for each in card.offerings] == [
        (offering.id, 12000, "usd")
    ]
    free = call("list_slots")(offering.id, client=mentee, start=TEN, end=TEN + timedelta(hours=1))
    assert TEN in free.starts_at
    hold = models.Hold(offering_id=offering.id, starts_at=TEN, brief=BRIEF)
    booking = call("hold_booking")(client=mentee, body=hold, idempotency_key="one")
    assert (booking.status, booking.coach.handle, booking.starts_at) == ("held", "ada", TEN)
    assert call("hold_booking")(client=mentee, body=hold, idempotency_key="one").id == booking.id
    refused = call("hold_booking")(client=mentee, body=hold)
    assert (type(refused).__name__, refused.status) == ("Conflict", 409)
    assert refused.nearest
    assert [each.id for each in call("list_bookings")(client=mentee).items] == [booking.id]
    quote = call("quote_cancellation")(booking.id, client=mentee)
    cancel = models.Cancel(expected_refund=quote.refund)
    assert call("cancel_booking")(booking.id, client=mentee, body=cancel).status == "cancelled"
    wrong = call("get_booking")(ada.id, client=mentee)
    assert (type(wrong).__name__, wrong.status) == ("Problem", 404)


def test_the_typescript_client_has_every_operation_and_no_unknown_value(document: Path, tmp_path: Path):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    command = [npm, "exec", "--yes", "--package", TYPESCRIPT, "--", "openapi-typescript", str(document), "-o", "api.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "api.ts").read_text()
    operations = written.partition("export interface operations {")[2]
    named = {line.strip().removesuffix(": {") for line in operations.splitlines() if line.startswith("    ")}
    assert _operations(document) <= named
    # Headers beyond those named are the only ones that are not known.
    assert [line for line in written.splitlines() if "unknown" in line and "[name: string]: unknown;" not in line] == []
    assert ": any" not in written
