"""What an event is about."""

import pytest

from marketplace.stripe_inbox import rules


@pytest.mark.parametrize(
    "found", [None, [], {}, {"id": 1, "type": "x"}, {"id": "evt_1"}, {"id": "evt_1", "type": None}]
)
def test_what_lacks_an_id_or_a_type_is_no_event(found):
    assert not rules.is_event(found)


@pytest.mark.parametrize(
    ("event", "object_id"),
    [
        ({"data": {"object": {"id": "ch_1"}}}, "ch_1"),
        ({"related_object": {"id": "acct_1"}}, "acct_1"),
        ({"data": {}, "related_object": None}, None),
        ({"data": None}, None),
        ({"data": {"object": {"id": 5}}}, None),
    ],
)
def test_an_event_carries_its_object_or_points_to_it(event, object_id):
    assert rules.object_id(event) == object_id


def test_metadata_is_what_we_wrote_or_nothing():
    assert rules.metadata_of({"data": {"object": {"metadata": {"payment_id": "1"}}}}) == {"payment_id": "1"}
    assert rules.metadata_of({"data": {"object": {"metadata": None}}}) == {}
