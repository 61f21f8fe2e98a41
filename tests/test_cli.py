"""What an operator does by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from marketplace import config
from marketplace.accounts import queries as accounts
from marketplace.db import session, uuid7
from marketplace.ledger.service.closings import close_ledger
from marketplace.ledger.service.postings import post
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.stripe_inbox.rules import EVENTS
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.sandbox import signed
from tests.settings import change

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def run(app):
    def run(*words, **options):
        return app.test_cli_runner().invoke(args=[str(word) for word in words], **options)

    return run


def a_wrong_row(source="ch_wrong"):
    post("wrong", debit="stripe", credit="revenue", cents=300, currency="usd", subject_id=uuid7(), source=source)
    session().commit()


def test_books_that_agree_say_so(run, stripe):
    a_booking(a_person("Mia"), an_offering(open_all_week(a_coach("ada"))), TEN, stripe)
    done = run("reconcile")
    assert (done.exit_code, done.output) == (0, "ledger == stripe, difference 0\n")


def test_books_that_differ_name_it_and_fail(run, stripe):
    a_wrong_row()
    done = run("reconcile")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "ch_wrong: ledger 3.00 USD, Stripe 0.00 USD, difference 3.00 USD",
        "ledger != stripe, difference 3.00 USD in 1 of 1",
    ]
    assert run("reconcile", "--since", "2027-03-02").exit_code == 0


def test_a_stripe_that_does_not_answer_is_said_plainly(run, stripe):
    stripe.fault("/v1/balance_transactions", "drop_before", times=5)
    done = run("reconcile")
    assert done.exit_code == 1
    assert done.output.startswith("Error: Our payment provider does not answer")


def test_sums_of_the_ledger_are_proved_and_made_anew(run):
    a_wrong_row()
    close_ledger()
    assert run("check-ledger").output == "Every sum is what its entries come to.\n"
    session().execute(text("delete from ledger_closed_months where kind = 'stripe'"))
    session().commit()
    named = "months of 2027-03-01 stripe usd: kept 0 debit and 0 credit, entries come to 300 and 0\n"
    done = run("check-ledger")
    assert (done.exit_code, done.output) == (1, named)
    done = run("check-ledger", "--repair")
    assert (done.exit_code, done.output) == (0, f"{named}The sums were made anew.\n")
    assert run("check-ledger").exit_code == 0


def test_an_event_is_replayed(run):
    event = {"id": "evt_1", "type": "made.up", "data": {"object": {"id": "x"}}}
    stripe_inbox.receive("platform", *signed(event, config.current().stripe_webhook_secret_platform))
    done = run("stripe", "replay", "evt_1")
    assert (done.exit_code, done.output) == (0, "evt_1 is handled. We do nothing about events of this type.\n")
    assert stripe_events.one("evt_1").handled_at
    unknown = run("stripe", "replay", "evt_2")
    assert (unknown.exit_code, unknown.output) == (1, "Error: No event of that id has reached us.\n")


def test_an_admin_is_made_and_can_sign_in(run, client):
    done = run("create-admin", "root@example.com", input="a long password\na long password\n")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("root@example.com has an account and is an admin.\n")
    root = accounts.by_email("root@example.com")
    assert (root.is_admin, root.name) == (True, "root")
    client.sign_in(root, "a long password")


def test_who_has_an_account_becomes_an_admin_with_it(run):
    mia = a_person("Mia")
    done = run("create-admin", mia.email)
    assert (done.exit_code, done.output) == (0, f"{mia.email} is an admin now.\n")
    assert accounts.by_email(mia.email).is_admin


@pytest.mark.parametrize(
    ("words", "says"),
    [(["root@example.com", "--password", "short"], "Use 10 characters"), (["root"], "no mail address")],
)
def test_an_admin_needs_an_address_and_a_password(words, says, run):
    done = run("create-admin", *words)
    assert done.exit_code != 0
    assert says in done.output


def a_heartbeat():
    session().execute(text("insert into procrastinate_workers default values"))
    session().commit()


def endpoints(stripe, *kinds):
    for kind in kinds or ("platform", "connect", "thin"):
        stripe.add_webhook(f"http://localhost/webhooks/stripe/{kind}", "whsec_x", kind)


def test_a_healthy_installation_is_well(run, stripe):
    a_heartbeat()
    endpoints(stripe)
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert all(line.startswith("ok") for line in done.output.splitlines())
    assert "PostgreSQL" in done.output


def test_what_is_not_well_is_named(run, stripe, moment):
    a_heartbeat()
    session().execute(text("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'"))
    session().execute(text("update alembic_version set version_num = '0001'"))
    session().execute(
        text("insert into procrastinate_jobs (queue_name, task_name, status) values ('default', 'x', 'failed')")
    )
    session().execute(text("insert into stripe_events values ('evt_1', 'x', null, '{}', now(), null, 0, null, null)"))
    session().commit()
    endpoints(stripe)
    stripe.fault("/v1/balance_transactions", "drop_before")
    done = run("doctor")
    assert done.exit_code == 1
    bad = [line for line in done.output.splitlines() if line.startswith("FAIL")]
    names = [line.split()[1].rstrip(":") for line in bad]
    assert names == ["migrations", "stripe", "worker", "failed", "events"]
    assert "heard of 36" in done.output


def test_a_key_that_stripe_rejects_is_named_with_what_to_do(run, stripe):
    a_heartbeat()
    for command in ("doctor", "check"):
        stripe.refuse("*", times=20, status=401, message="Invalid API Key provided")
        done = run(command)
        assert done.exit_code == 1
        assert "FAIL  stripe: Stripe rejects our key. Set STRIPE_SECRET_KEY" in done.output


def test_what_is_not_set_up_at_stripe_is_named(run, stripe, monkeypatch, sandbox_server):
    a_heartbeat()
    endpoints(stripe, "platform", "thin")
    points = {point["kind"]: point["id"] for point in stripe.control("GET", "webhooks")["data"]}
    key = {"headers": {"Authorization": f"Bearer {stripe.secret_key}"}, "timeout": 10}
    fewer = {"enabled_events[0]": "payment_intent.succeeded"}
    requests.post(f"{stripe.url}/v1/webhook_endpoints/{points['platform']}", data=fewer, **key).raise_for_status()
    off = {"disabled": "true"}
    requests.post(f"{stripe.url}/v1/webhook_endpoints/{points['thin']}", data=off, **key).raise_for_status()
    monkeypatch.setattr(sandbox_server.server.box, "config", replace(sandbox_server.server.box.config, country="DE"))
    said = {line.split(":")[0].removeprefix("FAIL  "): line for line in run("doctor").output.splitlines()}
    assert "set STRIPE_COUNTRY, which is US" in said["stripe account"]
    assert "is not sent checkout.session.completed," in said["webhooks platform"]
    assert "no endpoint at http://localhost/webhooks/stripe/connect" in said["webhooks connect"]
    assert "is switched off" in said["webhooks thin"]


def test_the_currencies_that_stripe_converts_are_named(run, stripe):
    change(currencies="eur,usd,gbp")
    assert "all that CURRENCIES names are settled as they are paid" in run("doctor").output
    stripe.settle_in("usd", "eur")
    done = run("doctor")
    assert "ok    currencies: Stripe converts GBP into USD, at its rate and fee" in done.output
    assert "leave it out of CURRENCIES" in done.output


def test_an_account_that_may_take_no_charges_is_named(run, stripe, monkeypatch):
    from marketplace.payments.stripe_gateway import account_setup

    monkeypatch.setattr(account_setup, "own_account", lambda: account_setup.OwnAccount("US", takes_charges=False))
    assert "Stripe lets your account take no charges yet" in run("doctor").output


def test_the_events_that_are_asked_for_stand_in_the_guide():
    guide = (Path(__file__).parent.parent / "docs" / "operating.md").read_text()
    for kind, names in EVENTS.items():
        (row,) = [line for line in guide.splitlines() if line.startswith(f"| `/webhooks/stripe/{kind}`")]
        assert [name for name in names if f"`{name}`" not in row] == []
    assert "charge.*" not in guide


def test_no_worker_is_named(run, stripe):
    assert "none was ever heard of" in run("doctor").output


def test_migrating_again_is_harmless(run):
    assert run("migrate").exit_code == 0


def test_a_database_that_is_gone_is_said_plainly(run):
    session().execute(text("alter table alembic_version rename to gone"))
    done = run("doctor")
    session().rollback()
    assert done.exit_code == 1
    assert done.output.startswith("Error: the database does not answer")
