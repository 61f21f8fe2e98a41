"""Where Stripe's messages arrive."""

import hmac
import time

import pytest

from marketplace.stripe_inbox import queries
from tests.queue import waiting
from tests.sandbox import signed

EVENT = {"id": "evt_1", "type": "made.up", "data": {"object": {"id": "x_1"}}}
SECRETS = {kind: f"whsec_{kind}_of_the_tests" for kind in ("platform", "connect", "thin")}


def post(client, body, signature, kind="platform"):
    headers = {"Stripe-Signature": signature} if signature else {}
    return client.post(f"/webhooks/stripe/{kind}", data=body, headers=headers, content_type="application/json")


@pytest.mark.parametrize("kind", SECRETS)
def test_a_signed_message_is_kept_and_its_job_written(kind, client):
    for _ in range(2):
        assert post(client, *signed(EVENT, SECRETS[kind]), kind).status_code == 204
    assert [event.id for event in queries.latest()] == ["evt_1"]
    assert waiting() == ["handle_event"]


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        signed(EVENT, "whsec_other"),
        signed(EVENT, SECRETS["connect"]),
        signed(EVENT, SECRETS["platform"], at=int(time.time()) + 3600),
        signed(EVENT, SECRETS["platform"], at=int(time.time()) - 3600),
        signed({"no": "event"}, SECRETS["platform"]),
        (b"{}", None),
        (b"\xff\xfe", "t=1,v1=0"),
    ],
    ids=["other secret", "other endpoint", "future", "old", "no event", "unsigned", "no text"],
)
def test_anything_else_is_a_400_and_leaves_nothing(body, signature, client):
    answer = post(client, body, signature)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert queries.latest() == []


def test_there_are_three_doors(client):
    assert post(client, *signed(EVENT, "x"), "other").status_code == 404
    assert client.get("/webhooks/stripe/platform").status_code == 405


def signed_bytes(body: bytes):
    at = int(time.time())
    mark = hmac.new(SECRETS["platform"].encode(), f"{at}.".encode() + body, "sha256").hexdigest()
    return body, f"t={at},v1={mark}"


ODD = {
    "cut": b'{"id": "evt_1", "type": "made.up", "da',
    "empty": b"",
    "deep": b'{"id": "evt_1", "type": "made.up", "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of 5,000 digits": b'{"id": "evt_1", "type": "made.up", "data": ' + b"9" * 5000 + b"}",
    "a type of 300,000 letters": b'{"id": "evt_1", "type": "' + b"a" * 300_000 + b'"}',
    "an id of 300,000 letters": b'{"type": "made.up", "id": "' + b"a" * 300_000 + b'"}',
    "no id": b'{"id": "", "type": "made.up"}',
    "a zero byte in its id": b'{"id": "evt_\\u0000", "type": "made.up"}',
    "half a character": b'{"id": "evt_1", "type": "made.up", "data": "\\ud800"}',
    "a name twice": b'{"id": "evt_1", "id": "evt_2", "type": "made.up"}',
    "no number": b'{"id": "evt_1", "type": "made.up", "data": NaN}',
    "no text": b"\xff\xfe{}",
    "a list": b"[]",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_signed_and_odd_is_a_400_too(body, client):
    answer = post(client, *signed_bytes(body))
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert queries.latest() == []


@pytest.mark.parametrize("signature", ["\t", "t", "t=,v1=", "t=9" + "9" * 5000 + ",v1=0", "t=1,v1=\xe9", ",,,", "v1=1"])
def test_a_signature_that_is_none_is_a_400(signature, client):
    assert post(client, b"{}", signature).status_code == 400


def test_an_event_whose_object_has_an_endless_id_is_kept_as_it_came(client):
    event = EVENT | {"data": {"object": {"id": "x" * 300_000, "name": "a\0b"}}}
    assert post(client, *signed(event, SECRETS["platform"])).status_code == 204
    kept = queries.latest()[0]
    assert (kept.object_id, kept.payload) == (None, event)
