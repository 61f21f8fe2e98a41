"""The story, told to the end: sign-up to payout, from outside."""

import re
import subprocess
import sys

import pytest
import requests

from devtools import env, outside
from devtools.journey import agree, spoken
from devtools.story import tell

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_story_ends_with_equal_books():
    command = [sys.executable, "-m", "devtools.story", "--fresh"]
    told = subprocess.run(command, cwd=env.ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert [line[:2] for line in told.stdout.splitlines() if line[1:2] == "."] == [f"{step}." for step in range(1, 8)]
    assert told.stdout.rstrip().endswith("ledger == stripe, difference 0")


def test_the_story_of_an_ask_ends_with_equal_books():
    command = [sys.executable, "-m", "devtools.story_ask", "--fresh"]
    told = subprocess.run(command, cwd=env.ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.findall(r"^(\d+)\. ", told.stdout, re.MULTILINE) == [str(step) for step in range(1, 11)]
    assert told.stdout.rstrip().endswith("ledger == stripe, difference 0")


def test_a_promise_that_is_not_kept_breaks_the_story():
    agree("two", 1 + 1, 2)
    with pytest.raises(outside.StoryBroke, match=r"the refund: 1, where 2 was promised"):
        agree("the refund", 1, 2)


def test_an_answer_that_was_not_expected_is_shown():
    answer = requests.Response()
    answer.status_code, answer._content = 500, b"Something broke on our side."
    answer.request = requests.Request("GET", "http://127.0.0.1/sessions").prepare()
    with pytest.raises(outside.StoryBroke, match=r"GET http://127.0.0.1/sessions answered 500.*Something broke"):
        outside.expect(answer, 200, 201)


def test_waiting_has_an_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outside, "PATIENCE_SECONDS", 0.5)
    assert outside.until("three", iter([None, 3]).__next__) == 3
    with pytest.raises(outside.StoryBroke, match="in vain for a mail"):
        outside.until("a mail", lambda: None)


def test_a_site_with_a_stripe_of_its_own_is_not_touched():
    with pytest.raises(outside.StoryBroke, match="needs a sandbox"):
        tell({"web": "http://127.0.0.1:8000", "mailbox": "http://127.0.0.1:8025"})


@pytest.mark.parametrize(("cents", "words"), [(12000, "120.00 USD"), (-50, "-0.50 USD")])
def test_amounts_are_spoken(cents: int, words: str):
    assert spoken({"amount": cents, "currency": "usd"}) == words
