"""Where Stripe's messages arrive."""

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
