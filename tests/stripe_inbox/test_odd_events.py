"""One event that is unlike the others stops nobody: it is kept as it came, or set aside and shown."""

from decimal import Decimal

import pytest

from marketplace import needs_attention
from marketplace.stripe_inbox import queries, rules, service
from stripe_sandbox.events import emit
from tests.factories import an_admin
from tests.queue import waiting

PRICE = {"id": "price_1", "object": "price", "currency": "usd", "unit_amount_decimal": "12000.5", "product": "prod_1"}


@pytest.fixture
def happened(stripe):
    """Let an event happen at Stripe that is never delivered; its id."""
    stripe.add_webhook("http://127.0.0.1:9/nobody", "whsec_platform_of_the_tests")
    stripe.deliver("drop")
    box = stripe.server.app.extensions["sandbox"]

    def happen(kind, found=PRICE):
        with box.transaction():
            return str(emit(box, kind, dict(found))["id"])

    return happen


def test_amounts_in_fractions_of_a_cent_are_kept_as_they_came(happened):
    event_id = happened("price.created")
    assert service.sweep_events() == 1
    kept = queries.one(event_id)
    assert kept.payload["data"]["object"]["unit_amount_decimal"] == "12000.5"
    assert (kept.type, kept.state) == ("price.created", rules.RECEIVED)


def test_one_odd_event_does_not_stop_the_sweep(happened):
    before = happened("price.created")
    odd = happened("a" * 300)
    after = happened("price.updated", PRICE | {"nickname": "a\0b"})
    assert service.sweep_events() == 3
    assert sorted(queries.known([before, odd, after])) == sorted([before, odd, after])
    assert queries.one(after).payload["data"]["object"]["nickname"] == "a\0b"
    assert waiting() == ["handle_event"] * 2
    assert service.sweep_events() == 0


def test_what_was_set_aside_waits_for_an_admin_who_reads_what_it_said(happened, client, run_jobs, moment):
    odd = happened("a" * 300)
    service.sweep_events()
    kept = queries.one(odd)
    assert (kept.type, kept.state) == (rules.SET_ASIDE, rules.FAILED)
    assert "price_1" in kept.payload["text"]
    moment.advance(minutes=5)
    assert service.sweep_events() == 0
    alma = an_admin()
    assert [item.count for item in needs_attention.items(alma) if item.kind == needs_attention.EVENTS] == [1]
    client.sign_in(alma)
    assert "its id or its type is none" in client.get("/admin/events").text
    service.retry_event(alma, event_id=odd)
    run_jobs()
    assert queries.count_unhandled() == 0


@pytest.mark.parametrize("data", [{"amount": Decimal("1.5")}, {"amount": {1, 2}}, {"amount": b"x"}])
def test_whatever_cannot_be_written_down_is_set_aside(data):
    assert service._store_or_set_aside({"id": "evt_odd", "type": "made.up", "data": data})
    assert queries.one("evt_odd").type == rules.SET_ASIDE


@pytest.mark.parametrize("event", [{"type": "made.up"}, {"id": 7, "type": "made.up"}, [1], "evt_1", None])
def test_what_has_no_id_gets_one_of_its_own(event):
    name = rules.name_of(event)
    assert name.startswith("unnamed_")
    assert service._store_or_set_aside(event)
    assert queries.known([name]) == {name}
