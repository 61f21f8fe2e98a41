"""Calls that are made up are mostly about what is there."""

import tomllib

import pytest

from devtools import known_ids


@pytest.mark.pure
def test_an_id_is_known_by_what_addresses_ask_for_and_others_by_their_names():
    answer = {"items": [{"id": "1", "coach_id": "2", "coach": {"id": "3", "handle": "ada"}, "paid_at": "x"}]}
    told = [("booking_id", "1"), ("coach_id", "2"), ("handle", "ada")]
    assert list(known_ids._told(answer, "booking_id")) == told
    assert list(known_ids._told({"id": "1"}, "")) == []


@pytest.mark.pure
def test_an_address_about_one_thing_is_asked_once_that_is_known():
    found = {"booking_id": {"1": None, "2": None}}
    assert list(known_ids._addresses("/bookings", found)) == ["/bookings"]
    assert list(known_ids._addresses("/bookings/{booking_id}", found)) == ["/bookings/1"]
    assert list(known_ids._addresses("/coaches/{coach_id}", found)) == []
    assert list(known_ids._addresses("/bookings/{booking_id}/notes/{note_id}", found)) == []


@pytest.mark.pure
def test_the_settings_are_toml_that_binds_addresses_and_bodies():
    settings = tomllib.loads(known_ids.as_dictionaries({"coach_id": ["1", 'a"b']}))
    assert settings["dictionaries"]["coach_id"]["values"] == ["1", 'a"b']
    assert {"path.coach_id", "body.coach_id", "header.If-Match"} == set(settings["parameters"])
