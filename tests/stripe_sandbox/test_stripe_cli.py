"""The official Stripe CLI as a client: it writes forms and reads answers in its own way."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.conformance import violations

PACKAGE = "@stripe/cli@1.52.0"
Cli = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CLI from npm, in a directory of its own; npm's cache makes the next run quick."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the Stripe CLI cannot be tried.")
    place = tmp_path_factory.mktemp("stripe-cli")
    order = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    try:
        subprocess.run([*order, "--prefix", place, PACKAGE], check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm could not install {PACKAGE}, so the Stripe CLI cannot be tried.")
    return place / "node_modules" / ".bin" / "stripe"


@pytest.fixture
def cli(program: Path, sandbox: RunningSandbox, tmp_path: Path) -> Cli:
    """Runs a command against the sandbox; what it prints, read and held to the SDK's shapes."""

    def run(*words: str) -> dict[str, Any]:
        settings = {"HOME": str(tmp_path), "STRIPE_API_KEY": sandbox.secret_key, "STRIPE_CLI_TELEMETRY_OPTOUT": "1"}
        done = subprocess.run(
            [program, *words, "--api-base", sandbox.url],
            env={"PATH": os.environ["PATH"], **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        assert "error" in answer or violations(answer) == []
        return answer

    return run


def test_the_command_line_sells_and_refunds_an_hour(cli: Cli, sandbox: RunningSandbox) -> None:
    session = cli(
        *("checkout", "sessions", "create", "--mode", "payment", "--success-url", "http://localhost/paid"),
        *("-d", "line_items[][price_data][currency]=usd", "-d", "line_items[][price_data][unit_amount]=10000"),
        *("-d", "line_items[][price_data][product_data][name]=An hour", "-d", "line_items[][quantity]=1"),
        *("-d", "metadata[booking]=b1", "--expand", "line_items"),
    )
    assert session["metadata"] == {"booking": "b1"}
    assert session["line_items"]["data"][0]["description"] == "An hour"
    intent = sandbox.pay(session["id"])["payment_intent"]
    once = ("refunds", "create", "--payment-intent", intent, "--amount", "2500", "--idempotency", "refund-1")
    assert cli(*once)["id"] == cli(*once)["id"]
    assert [refund["amount"] for refund in cli("refunds", "list", "--limit", "5")["data"]] == [2500]
    assert cli("balance", "retrieve")["pending"][0]["amount"] == 10000 - 320 - 2500
    told = cli("get", "/v1/events", "-d", "types[]=refund.created", "-d", "types[]=charge.refunded")
    assert [event["type"] for event in told["data"]] == ["charge.refunded", "refund.created"]
    assert cli("refunds", "create", "--charge", "ch_nobody")["error"]["code"] == "resource_missing"


# `stripe trigger` for what Fairhour handles, with the events that each of its scenarios causes. Scenarios of
# accounts are not among them: they make accounts in v1, which the sandbox has in v2 only.
TRIGGERS = {
    "charge.captured": {"charge.captured", "payment_intent.succeeded"},
    "charge.dispute.closed": {"charge.dispute.created", "charge.dispute.closed"},
    "charge.dispute.created": {"charge.dispute.created"},
    "charge.dispute.updated": {"charge.dispute.created", "charge.dispute.updated"},
    "charge.failed": {"charge.failed"},
    "charge.refund.updated": {"charge.refunded", "charge.refund.updated"},
    "charge.refunded": {"charge.refunded", "refund.created"},
    "charge.succeeded": {"charge.succeeded"},
    "checkout.session.async_payment_failed": {"checkout.session.completed"},
    "checkout.session.async_payment_succeeded": {"checkout.session.completed"},
    "checkout.session.completed": {"payment_intent.succeeded", "checkout.session.completed"},
    "checkout.session.expired": {"checkout.session.expired"},
    "customer.created": {"customer.created"},
    "customer.updated": {"customer.updated"},
    "payment_intent.amount_capturable_updated": {"payment_intent.amount_capturable_updated"},
    "payment_intent.canceled": {"payment_intent.canceled"},
    "payment_intent.created": {"payment_intent.created"},
    "payment_intent.payment_failed": {"payment_intent.payment_failed"},
    "payment_intent.processing": {"payment_intent.processing"},
    "payment_intent.requires_action": {"payment_intent.requires_action"},
    "payment_intent.succeeded": {"payment_intent.succeeded", "charge.updated"},
    "payout.created": {"payout.created"},
    "payout.updated": {"payout.created", "payout.updated"},
    "product.created": {"product.created"},
    "topup.created": {"topup.created", "topup.succeeded"},
}


@pytest.mark.parametrize("event", TRIGGERS)
def test_the_command_line_triggers_what_is_handled(
    program: Path, sandbox: RunningSandbox, tmp_path: Path, event: str
) -> None:
    done = subprocess.run(
        [program, "trigger", event, "--api-base", sandbox.url],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "STRIPE_API_KEY": sandbox.secret_key,
            "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Trigger succeeded" in done.stdout, done.stdout + done.stderr
    told = caused(sandbox)
    assert TRIGGERS[event] <= set(told)
    if "async" in event:
        sandbox.advance(5 * 86_400)
        assert caused(sandbox)[-1] == event


def caused(sandbox: RunningSandbox) -> list[str]:
    answer = requests.get(f"{sandbox.url}/v1/events?limit=100", auth=(sandbox.secret_key, ""), timeout=60).json()
    assert violations(answer) == []
    return [event["type"] for event in answer["data"]][::-1]
