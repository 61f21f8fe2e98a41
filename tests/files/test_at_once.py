"""Two uploads at once are opened one after the other; who waits too long is told so, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.files.rules import examination as child
from marketplace.files.service import examination
from tests.files.samples import encoded, halves


def test_two_pictures_at_once_are_both_opened_and_never_side_by_side(monkeypatch):
    inside, most = [], []
    answer = examination.child_process.answer

    def watched(*given, **how):
        inside.append(given)
        most.append(len(inside))
        try:
            return answer(*given, **how)
        finally:
            inside.pop()

    monkeypatch.setattr(examination.child_process, "answer", watched)
    pictures = [encoded(halves(200 + number, 150)) for number in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda data: examination._asked("portrait", data), pictures))
    assert [bool(child.read(said)) for said in answers] == [True, True]
    assert most == [1, 1]


def test_who_waits_too_long_is_told_to_come_again_and_the_next_is_served(monkeypatch):
    monkeypatch.setattr(examination, "WAIT_SECONDS", 0.05)
    data = encoded(halves())
    with examination.ONE_AT_A_TIME, pytest.raises(examination.Busy):
        examination._asked("portrait", data)
    assert child.read(examination._asked("portrait", data))
