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


@pytest.mark.parametrize(
    ("name", "kept"),
    [("e", True), ("e" * 255, True), ("", False), ("e" * 256, False), ("évt", False), ("e\n", False), (None, False)],
)
def test_an_event_is_kept_under_its_own_id_if_an_index_can_have_that(name, kept):
    event = {"id": name, "type": "x"}
    assert rules.is_event(event) is kept
    assert (rules.name_of(event) == name) is kept


@pytest.mark.parametrize("found", [{"id": ""}, ["e"], "e", None])
def test_what_has_no_id_is_kept_under_one_made_of_all_that_it_says(found):
    name = rules.name_of(found)
    assert name == rules.name_of(found) != rules.name_of({"id": "", "another": 1})
    assert name.startswith("unnamed_")
    # 128 bits, so that no two are taken for one.
    assert len(bytes.fromhex(name.removeprefix("unnamed_"))) == 16


@pytest.mark.parametrize(
    ("data", "changed"),
    [
        ({"previous_attributes": {"amount": 1}}, {"amount"}),
        ({"previous_attributes": ["a"]}, set()),
        ({}, set()),
        ("x", set()),
    ],
)
def test_what_an_update_changed(data, changed):
    assert rules.changed_in({"data": data}) == changed
