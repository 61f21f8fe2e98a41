"""Clock, faults, reset, restart and the command line."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import stripe

from stripe_sandbox.__main__ import endpoint, parser
from stripe_sandbox.box import Endpoint
from stripe_sandbox.clock import ClockFileBroken, SandboxClock
from stripe_sandbox.testing import RunningSandbox, running
from tests.stripe_sandbox.conformance import violations
from tests.stripe_sandbox.words import Platform

HOUR = 3600


def a_client(sandbox: RunningSandbox, **options: int) -> stripe.StripeClient:
    return stripe.StripeClient(sandbox.secret_key, base_addresses=sandbox.base_addresses, **options)  # type: ignore[arg-type]


def test_the_clock_is_set_moved_and_shared_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    with running(clock_file=path) as sandbox:
        assert abs(sandbox.now - time.time()) < 5
        sandbox.advance(HOUR)
        assert json.loads(path.read_text()) == {"offset_seconds": pytest.approx(HOUR)}
        sandbox.set_clock(datetime(2031, 5, 6, 12, tzinfo=UTC))
        assert abs(sandbox.now - datetime(2031, 5, 6, 12, tzinfo=UTC).timestamp()) < 5
        SandboxClock(path).set_offset(-HOUR)
        assert abs(sandbox.now + HOUR - time.time()) < 5


def test_a_clock_file_that_holds_no_offset_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    path.write_text('{"offset": 1}')
    with pytest.raises(ClockFileBroken, match=r"clock\.json does not hold"):
        SandboxClock(path).now()


def test_what_the_clock_makes_due_happens_at_its_own_moment(platform: Platform) -> None:
    session = platform.a_session(expires_at=int(platform.sandbox.now) + HOUR)
    platform.sandbox.advance(5 * HOUR)
    expired = platform.client.v1.events.list({"type": "checkout.session.expired"}).data[0]
    assert expired.created == session.expires_at


def test_a_session_that_another_process_made_expire_through_the_file_is_expired(tmp_path: Path) -> None:
    with running(clock_file=tmp_path / "clock.json") as sandbox:
        platform = Platform(sandbox, a_client(sandbox))
        session = platform.a_session()
        SandboxClock(tmp_path / "clock.json").set_offset(25 * HOUR)
        assert platform.client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_everything_survives_a_restart_with_a_file(tmp_path: Path) -> None:
    db = str(tmp_path / "stripe.sqlite")
    with running(db=db) as sandbox:
        platform = Platform(sandbox, a_client(sandbox))
        intent = platform.paid()
        refund = platform.client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "refund-1"})
        lapsing = platform.authorised()
        sandbox.advance(HOUR)
    with running(db=db, webhooks=(Endpoint("platform", "http://127.0.0.1:9/", "whsec_x"),)) as sandbox:
        platform = Platform(sandbox, a_client(sandbox))
        again = platform.client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "refund-1"})
        assert again.id == refund.id
        assert abs(sandbox.now - HOUR - time.time()) < 5
        sandbox.advance(8 * 24 * HOUR)
        assert platform.client.v1.payment_intents.retrieve(lapsing.id).status == "canceled"
    with running(db=db, webhooks=(Endpoint("platform", "http://127.0.0.1:9/", "whsec_y"),)) as sandbox:
        assert len(sandbox.control("GET", "webhooks")["data"]) == 1


def test_reset_forgets_everything_but_the_endpoints_it_was_started_with() -> None:
    with running(webhooks=(Endpoint("thin", "http://127.0.0.1:9/", "whsec_x"),)) as sandbox:
        client = a_client(sandbox)
        client.v1.customers.create({"name": "Grace"})
        sandbox.advance(HOUR)
        sandbox.deliver("hold")
        sandbox.fault("/v1/*", "rate_limit", times=9)
        sandbox.add_webhook("http://127.0.0.1:9/other", "whsec_x")
        sandbox.reset()
        assert client.v1.customers.list().data == []
        assert client.v1.events.list().data == []
        assert abs(sandbox.now - time.time()) < 5
        assert [point["kind"] for point in sandbox.control("GET", "webhooks")["data"]] == ["thin"]
        assert sandbox.control("GET", "deliveries") == {"data": [], "mode": "normal"}


@pytest.mark.parametrize(
    ("kind", "error", "kept"),
    [
        ("fail_before", stripe.APIError, 0),
        ("fail_after", stripe.APIError, 1),
        ("drop_before", stripe.APIConnectionError, 0),
        ("drop_after", stripe.APIConnectionError, 1),
        ("rate_limit", stripe.RateLimitError, 0),
    ],
)
def test_a_fault_strikes_before_or_after_the_call_took_effect(
    platform: Platform, kind: str, error: type[Exception], kept: int
) -> None:
    platform.sandbox.fault("/v1/customers", kind, method="POST")
    once = {"idempotency_key": "grace"}
    with pytest.raises(error):
        platform.client.v1.customers.create({"name": "Grace"}, once)
    assert len(platform.client.v1.customers.list().data) == kept
    platform.client.v1.customers.create({"name": "Grace"}, once)
    assert len(platform.client.v1.customers.list().data) == 1


def test_the_sdks_own_retry_gets_over_a_dropped_connection_without_doing_it_twice(sandbox: RunningSandbox) -> None:
    client = a_client(sandbox, max_network_retries=2)
    sandbox.fault("/v1/customers", "drop_after")
    assert client.v1.customers.create({"name": "Grace"}).name == "Grace"
    assert len(client.v1.customers.list().data) == 1


def test_a_slow_answer_comes_after_the_work_is_kept(platform: Platform) -> None:
    platform.sandbox.fault("/v1/customers", "slow_after", seconds=30)
    form, headers = {"name": "Grace"}, {"Authorization": "Bearer sk_test_x", "Idempotency-Key": "grace"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{platform.sandbox.url}/v1/customers", form, headers=headers, timeout=0.3)
    assert platform.client.v1.customers.create(form, {"idempotency_key": "grace"}).name == "Grace"  # type: ignore[arg-type]
    assert len(platform.client.v1.customers.list().data) == 1


def test_faults_are_listed_and_cleared(sandbox: RunningSandbox) -> None:
    sandbox.fault("/v1/refunds", "fail_before", times=3)
    assert sandbox.control("GET", "faults")["data"][0]["times"] == 3
    sandbox.control("DELETE", "faults")
    assert sandbox.control("GET", "faults")["data"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("faults", {"path": "/v1/x", "kind": "burn"}, 400),
        ("faults", {"colour": "red"}, 400),
        ("clock/advance", {}, 400),
        ("deliveries/mode", {"mode": "sideways"}, 400),
        ("deliveries/flush", {"order": "sideways"}, 400),
        ("deliveries/resend", {"event": "evt_nobody"}, 404),
        ("checkout/cs_nobody/pay", {}, 404),
        ("accounts/acct_nobody/onboard", {}, 404),
        ("accounts/acct_nobody/onboard", {"outcome": "maybe"}, 400),
        ("webhooks", {"kind": "fat", "url": "http://x", "secret": "y"}, 400),
        ("webhooks", {}, 400),
        ("nonsense", {}, 404),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(
    sandbox: RunningSandbox, path: str, body: dict[str, str], status: int
) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/{path}", json=body, timeout=60)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, "invalid_request_error")


def test_the_command_line_reads_endpoints_whose_address_holds_equals_signs() -> None:
    given = parser().parse_args(["--webhook", "thin=http://localhost:5000/hook?a=b=whsec_x"])
    assert given.webhook == [Endpoint("thin", "http://localhost:5000/hook?a=b", "whsec_x")]
    assert endpoint("connect=http://localhost/=s").kind == "connect"
    with pytest.raises(SystemExit):
        parser().parse_args(["--webhook", "fat=http://localhost=whsec_x"])


@contextmanager
def a_process(db: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command on a free port, and its address."""
    command = [sys.executable, "-m", "stripe_sandbox", "--port", "0", "--db", str(db)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[3]
    finally:
        process.kill()
        process.communicate()


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with a_process(tmp_path / "stripe.sqlite") as (process, url):
        assert requests.get(f"{url}/_sandbox/clock", timeout=60).json()["offset_seconds"] == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_what_was_answered_survives_the_death_of_the_process(tmp_path: Path) -> None:
    db = tmp_path / "stripe.sqlite"
    with a_process(db) as (process, url):
        form = {"name": "Grace"}
        made = requests.post(f"{url}/v1/customers", form, auth=("sk_test_x", ""), timeout=60).json()
        process.kill()
    with running(db=str(db)) as sandbox:
        assert a_client(sandbox).v1.customers.retrieve(made["id"]).name == "Grace"


def test_the_check_of_shapes_finds_what_is_missing_mistyped_or_unknown(platform: Platform) -> None:
    charge = platform.paid().latest_charge.to_dict()
    assert violations(charge) == []
    for wrong, words in [
        ({name: value for name, value in charge.items() if name != "amount"}, "charge.amount: missing"),
        ({**charge, "amount": "120"}, "'120' is no int"),
        ({**charge, "colour": "red"}, "charge.colour: unknown"),
        ({**charge, "status": "done"}, "'done' is none of"),
        ({**charge, "payment_method_details": {"type": "card", "card": {}}}, "exp_month: missing"),
    ]:
        assert [found for found in violations(wrong) if words in found]
