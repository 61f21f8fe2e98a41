"""Addresses, patience and words."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from marketplace.calendars.rules import addresses as rules

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://cal.example.com/a.ics", "https://cal.example.com/a.ics"),
        (" webcal://cal.example.com/a.ics ", "https://cal.example.com/a.ics"),
        ("WebCals://cal.example.com/a", "https://cal.example.com/a"),
        ("HTTPS://cal.example.com:8443/a?key=1", "https://cal.example.com:8443/a?key=1"),
    ],
)
def test_an_address_is_read_over_https(typed, meant):
    assert rules.address(typed, plain_http=False) == meant


def test_plain_http_is_for_development():
    assert rules.address("http://localhost:5232/a", plain_http=True) == "http://localhost:5232/a"


@pytest.mark.parametrize(
    "typed",
    [
        "http://cal.example.com/a.ics",
        "cal.example.com/a.ics",
        "file:///etc/passwd",
        "ftp://cal.example.com/a",
        "https://",
        "https:///a.ics",
        "https://cal.example.com:port/",
        "https://cal.example.com/a b",
        "https://[::1/",
        "",
    ],
)
def test_other_addresses_are_refused(typed):
    with pytest.raises(rules.WrongAddress):
        rules.address(typed, plain_http=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_the_internet_is_public(address):
    assert rules.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:db8::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_everything_else_is_not(address):
    assert not rules.is_public(address)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://cal.example.com/private-9f8e7d6c5b4a/basic.ics?key=abcd1234", "cal.example.com/…1234"),
        ("https://ada:secret@cal.example.com/short", "cal.example.com/…"),
    ],
)
def test_an_address_is_recognised_and_not_told(url, shown):
    assert rules.hint(url) == shown


@pytest.mark.parametrize(("failures", "minutes"), [(0, 15), (1, 30), (2, 60), (4, 240), (5, 360), (400, 360)])
def test_a_server_that_fails_is_asked_less_and_less(failures, minutes):
    assert rules.wait_after(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "just now"),
        (1, "1 minute ago"),
        (59, "59 minutes ago"),
        (60, "1 hour ago"),
        (23 * 60, "23 hours ago"),
        (30 * 60, "yesterday"),
        (73 * 60, "3 days ago"),
    ],
)
def test_how_long_ago(minutes, said):
    assert rules.ago(NOW - timedelta(minutes=minutes), NOW) == said


def told(**known):
    usual = {"ok_at": None, "error": None, "write_error": None, "busy_times": 0, "doubt_count": 0}
    return rules.state(now=NOW, **usual | known)


def test_where_a_calendar_stands_in_words():
    read = NOW - timedelta(minutes=3)
    assert told() == "Waiting to be read for the first time."
    assert told(ok_at=read, busy_times=14) == "Read 3 minutes ago: 14 busy times."
    assert told(ok_at=read) == "Read 3 minutes ago: nothing busy."
    assert told(ok_at=read, busy_times=1, doubt_count=1) == (
        "Read 3 minutes ago: 1 busy time. One line was not understood for certain; what counts instead is listed."
    )
    assert "2,000 lines were not understood" in told(ok_at=read, doubt_count=2000)
    assert told(error="The server did not answer within 10 seconds.", ok_at=NOW - timedelta(hours=30)) == (
        "Not readable: The server did not answer within 10 seconds. We keep the busy times read yesterday."
    )
    assert told(error="It broke.") == "Not readable: It broke. Nothing was read yet."
    assert told(ok_at=read, write_error="No.").endswith("Sessions cannot be written there: No.")


def test_a_secret_opens_with_an_old_key_and_not_with_a_strangers():
    old, new = Fernet.generate_key(), Fernet.generate_key()
    token = rules.sealed({"url": "https://x"}, [old])
    assert b"https" not in token
    assert rules.opened(token, [new, old]) == {"url": "https://x"}
    with pytest.raises(rules.CalendarKeyMissing, match="Remove it and add it again"):
        rules.opened(token, [new])


def test_the_window_is_the_same_all_day():
    assert rules.window(NOW) == rules.window(NOW + timedelta(hours=14))
    assert rules.window(NOW)[1] - NOW <= timedelta(days=400)
