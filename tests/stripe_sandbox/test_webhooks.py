"""Webhooks: signed, retried, and sent twice, late or backwards when a test wants that."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import stripe

from stripe_sandbox.deliveries import signature
from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.conformance import violations
from tests.stripe_sandbox.words import Platform

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "charge.updated",
    "checkout.session.completed",
]


def test_events_arrive_in_order_signed_and_in_the_sdks_shape(platform: Platform, receiver: Any) -> None:
    platform.paid()
    platform.sandbox.settle()
    assert receiver.types == PAID
    for payload, header in receiver.got:
        event = platform.client.construct_event(payload, header, receiver.secret)
        assert event.api_version == stripe.api_version
        assert violations(json.loads(payload)) == []
    payload, header = receiver.got[0]
    with pytest.raises(stripe.SignatureVerificationError):
        platform.client.construct_event(payload + b" ", header, receiver.secret)
    with pytest.raises(stripe.SignatureVerificationError):
        platform.client.construct_event(payload, header, "whsec_another")


def test_the_signature_is_of_the_wall_clock_even_when_the_simulated_one_is_far_off(
    platform: Platform, receiver: Any
) -> None:
    platform.sandbox.advance(30 * 86_400)
    platform.a_session()
    platform.paid()
    platform.sandbox.settle()
    payload, header = receiver.got[0]
    assert abs(int(header.split(",")[0].removeprefix("t=")) - time.time()) < 30
    assert json.loads(payload)["created"] > time.time() + 29 * 86_400


def test_every_secret_that_is_valid_signs(platform: Platform) -> None:
    header = signature(b"{}", ["whsec_old", "whsec_new"], int(time.time()))
    for secret in ("whsec_old", "whsec_new"):
        assert stripe.WebhookSignature.verify_header("{}", header, secret, 300)


def test_while_a_secret_rotates_both_sign_and_afterwards_only_the_new_one(platform: Platform, receiver: Any) -> None:
    def marks() -> list[bool]:
        receiver.got.clear()
        platform.client.v1.customers.create({"name": "Grace"})
        platform.sandbox.settle()
        payload, header = receiver.got[0]
        assert header.count("v1=") == (2 if platform.sandbox.now < rotated + 3600 else 1)
        return [_verifies(payload, header, secret) for secret in (receiver.secret, "whsec_new")]

    rotated = platform.sandbox.now
    platform.sandbox.rotate_secret(receiver.url, "whsec_new", keep_seconds=3600)
    assert marks() == [True, True]
    platform.sandbox.advance(3600)
    assert marks() == [False, True]


def test_a_secret_that_is_rotated_twice_keeps_one_before_it_and_for_its_own_time(
    platform: Platform, receiver: Any
) -> None:
    def secrets() -> list[bool]:
        receiver.got.clear()
        platform.client.v1.customers.create({"name": "Grace"})
        platform.sandbox.settle()
        return [_verifies(*receiver.got[0], secret) for secret in (receiver.secret, "whsec_second", "whsec_third")]

    platform.sandbox.rotate_secret(receiver.url, "whsec_second", keep_seconds=60)
    platform.sandbox.rotate_secret(receiver.url, "whsec_third", keep_seconds=3600)
    platform.sandbox.advance(61)
    assert secrets() == [False, True, True]
    platform.sandbox.rotate_secret(receiver.url, "whsec_fourth")
    assert secrets() == [False, False, False]


def _verifies(payload: bytes, header: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(payload.decode(), header, secret, 300)
    except stripe.SignatureVerificationError:
        return False


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "secret"),
        ({"secret": "x", "keep_seconds": "long"}, "keep_seconds"),
        ({"secret": "x", "keep_seconds": 86_401}, "keep_seconds"),
    ],
)
def test_a_rotation_needs_a_secret_and_at_most_a_day(sandbox: RunningSandbox, body: dict[str, Any], param: str) -> None:
    sandbox.add_webhook("http://127.0.0.1:9/nobody", "whsec_x")
    (point,) = sandbox.control("GET", "webhooks")["data"]
    answer = requests.post(f"{sandbox.url}/_sandbox/webhooks/{point['id']}/rotate", json=body, timeout=60)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_refused_delivery_is_tried_again_and_then_counts_as_delivered(platform: Platform, receiver: Any) -> None:
    receiver.refusals = 2
    platform.client.v1.customers.create({"name": "Grace"})
    platform.sandbox.settle()
    assert receiver.types == ["customer.created"] * 3
    delivery = platform.sandbox.deliveries[0]
    assert (delivery["status"], delivery["attempts"], delivery["response_status"]) == ("delivered", 3, 200)
    assert platform.client.v1.events.list({"delivery_success": True}).data[0].pending_webhooks == 0


def test_a_delivery_that_is_always_refused_fails_and_the_event_can_be_found(platform: Platform, receiver: Any) -> None:
    receiver.refusals = 99
    platform.client.v1.customers.create({"name": "Grace"})
    platform.sandbox.settle()
    delivery = platform.sandbox.deliveries[0]
    assert (delivery["status"], delivery["attempts"], delivery["response_status"]) == ("failed", 4, 500)
    missed = platform.client.v1.events.list({"delivery_success": False}).data
    assert [(event.id, event.pending_webhooks) for event in missed] == [(delivery["event_id"], 1)]
    receiver.refusals = 0
    platform.sandbox.resend(missed[0].id)
    assert platform.client.v1.events.list({"delivery_success": False}).data == []


def test_an_endpoint_that_is_down_is_a_failed_delivery_with_its_reason(
    sandbox: RunningSandbox, platform: Platform
) -> None:
    sandbox.add_webhook("http://127.0.0.1:9/nobody", "whsec_x")
    platform.client.v1.customers.create({"name": "Grace"})
    sandbox.settle()
    assert sandbox.deliveries[0]["error"] == "ConnectionError"


def test_held_events_come_backwards_and_twice(platform: Platform, receiver: Any) -> None:
    platform.sandbox.deliver("hold")
    platform.paid()
    assert receiver.got == []
    sent = platform.sandbox.flush("reverse", copies=2)
    assert receiver.types == [kind for kind in PAID[::-1] for _ in range(2)]
    assert {delivery["status"] for delivery in sent} == {"delivered"}
    assert platform.sandbox.flush() == []


def test_held_events_are_shuffled_the_same_way_for_the_same_seed(platform: Platform, receiver: Any) -> None:
    orders = []
    for _ in range(2):
        platform.sandbox.deliver("hold")
        platform.paid()
        receiver.got.clear()
        platform.sandbox.flush("shuffle", seed=7)
        orders.append(receiver.types)
    assert orders[0] == orders[1] != PAID
    assert sorted(orders[0]) == sorted(PAID)


def test_held_events_can_be_taken_and_posted_by_the_test_itself(platform: Platform, receiver: Any) -> None:
    platform.sandbox.deliver("hold")
    platform.paid()
    taken = platform.sandbox.take("reverse")
    assert [one["type"] for one in taken] == PAID[::-1]
    event = platform.client.construct_event(taken[0]["payload"], taken[0]["signature"], receiver.secret)
    assert (event.type, taken[0]["url"], taken[0]["kind"]) == (PAID[-1], receiver.url, "platform")
    assert (receiver.got, platform.sandbox.take()) == ([], [])
    assert platform.client.v1.events.list({"delivery_success": False}).data == []


def test_events_of_a_connected_account_go_to_the_connect_endpoint_and_name_it(
    platform: Platform, receiver: Any
) -> None:
    platform.sandbox.reset(webhooks=[])
    platform.sandbox.add_webhook(receiver.url, receiver.secret, "connect")
    account = platform.an_account(outcome=None)
    platform.client.v1.customers.create({"name": "of the platform"})
    platform.client.v1.customers.create({"name": "of the account"}, {"stripe_account": account})
    platform.sandbox.settle()
    assert [json.loads(payload)["account"] for payload, _ in receiver.got] == [account]


def test_dropped_events_never_come_but_are_listed_as_missed(platform: Platform, receiver: Any) -> None:
    platform.sandbox.deliver("drop")
    platform.paid()
    platform.sandbox.settle()
    assert receiver.got == []
    assert [event.type for event in platform.client.v1.events.list({"delivery_success": False})] == PAID[::-1]


def test_delayed_events_come_later(platform: Platform, receiver: Any) -> None:
    platform.sandbox.deliver("delay", seconds=0.3)
    started = time.monotonic()
    platform.client.v1.customers.create({"name": "Grace"})
    assert receiver.got == []
    platform.sandbox.settle()
    assert time.monotonic() - started >= 0.3
    assert receiver.types == ["customer.created"]


def test_an_event_can_be_sent_again(platform: Platform, receiver: Any) -> None:
    platform.client.v1.customers.create({"name": "Grace"})
    platform.sandbox.settle()
    platform.sandbox.resend(platform.client.v1.events.list().data[0].id, copies=2)
    assert len({json.loads(payload)["id"] for payload, _ in receiver.got}) == 1
    assert len(receiver.got) == 3


def test_thin_events_go_to_their_own_endpoint_and_snapshots_do_not(platform: Platform, receiver: Any) -> None:
    platform.sandbox.reset(webhooks=[])
    platform.sandbox.add_webhook(receiver.url, receiver.secret, "thin")
    account = platform.an_account()
    platform.client.v1.customers.create({"name": "Grace"})
    platform.sandbox.settle()
    assert len(receiver.got) == 3
    for payload, header in receiver.got:
        notice = platform.client.parse_event_notification(payload, header, receiver.secret)
        assert notice.related_object.id == account  # type: ignore[union-attr]
        assert "data" not in json.loads(payload)
        assert violations(notice.fetch_event().to_dict()) == []
        with pytest.raises(ValueError, match=r"parse_event_notification|thin"):
            platform.client.construct_event(payload, header, receiver.secret)


def test_an_endpoint_made_by_the_api_gets_what_it_asked_for_with_the_secret_it_was_told(
    platform: Platform, receiver: Any
) -> None:
    platform.sandbox.reset(webhooks=[])
    points = platform.client.v1.webhook_endpoints
    point = points.create({"url": receiver.url, "enabled_events": ["charge.refunded", "customer.created"]})
    assert points.retrieve(point.id).to_dict().get("secret") is None
    platform.client.v1.customers.create({"name": "Grace"})
    platform.a_session()
    platform.sandbox.settle()
    assert receiver.types == ["customer.created"]
    platform.client.construct_event(*receiver.got[0], str(point.secret))
    points.update(point.id, {"disabled": True})
    platform.client.v1.customers.create({"name": "Ada"})
    assert len(platform.sandbox.deliveries) == 1
    assert points.list().data[0].status == "disabled"
    points.delete(point.id)
    assert points.list().data == []


def test_thin_events_are_paged_both_ways_and_filtered(platform: Platform) -> None:
    account = platform.an_account()
    platform.an_account()
    platform.sandbox.set_capability(account, "restricted")
    events = platform.client.v2.core.events
    everything = [event.id for event in events.list({"limit": 100}).data]
    first = events.list({"limit": 2})
    assert [event.id for event in first.auto_paging_iter()] == everything
    assert (len(first.data), len(everything) > 4, first.to_dict()["previous_page_url"]) == (2, True, None)
    own = [event.id for event in events.list({"object_id": account, "limit": 1}).auto_paging_iter()]
    assert own == [event.id for event in events.list({"object_id": account, "limit": 100}).data] != everything
    second = _page(platform.sandbox, str(first.next_page_url))
    back = _page(platform.sandbox, second["previous_page_url"])
    assert [[event["id"] for event in page["data"]] for page in (back, second)] == [everything[:2], everything[2:4]]
    assert back["previous_page_url"] is None
    now = datetime.fromtimestamp(platform.sandbox.now, UTC)
    later = {"created": {"gt": (now + timedelta(hours=1)).isoformat()}}
    assert events.list(later).data == []  # type: ignore[arg-type]
    platform.sandbox.advance(30 * 86_400)
    assert events.list().data == []


@pytest.mark.parametrize(
    ("query", "param"),
    [("page=nonsense", "page"), ("limit=0", "limit"), ("created[gte]=soon", "created[gte]"), ("created=1", "created")],
)
def test_a_list_of_thin_events_refuses_what_it_does_not_understand(
    sandbox: RunningSandbox, query: str, param: str
) -> None:
    headers = {"Authorization": f"Bearer {sandbox.secret_key}"}
    answer = requests.get(f"{sandbox.url}/v2/core/events?{query}", headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def _page(sandbox: RunningSandbox, address: str) -> dict[str, Any]:
    answer = requests.get(
        sandbox.url + address, headers={"Authorization": f"Bearer {sandbox.secret_key}"}, timeout=60
    ).json()
    assert violations(answer) == []
    return dict(answer)


def test_events_are_listed_by_type_and_for_thirty_days(platform: Platform) -> None:
    platform.paid()
    listed = platform.client.v1.events.list
    assert [event.type for event in listed({"type": "charge.*"})] == ["charge.updated", "charge.succeeded"]
    assert [event.type for event in listed({"types": ["charge.updated"]})] == ["charge.updated"]
    cause = listed({"type": "payment_intent.created"}).data[0].request
    assert cause.id is None
    platform.client.v1.customers.create({"name": "Grace"}, {"idempotency_key": "grace"})
    assert listed().data[0].request.idempotency_key == "grace"
    platform.sandbox.advance(30 * 86_400)
    assert listed().data == []
