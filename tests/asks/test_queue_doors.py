"""Queues and alternatives through the API and on pages."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from marketplace.asks.alternatives.queries import more_available
from marketplace.asks.models import Ask
from marketplace.asks.queue import service
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.service import answers, choices
from marketplace.db import session
from tests.asks.conftest import BRIEF, asked
from tests.asks.test_pages import NIA, TYPED, code, words
from tests.asks.test_queue import ONE
from tests.factories import a_coach, a_person, an_offering, open_all_week

ASK = BRIEF | {"by_when": "2027-03-20", "coach": "ada"}


@pytest.fixture
def full(ask, ada):
    """Ada takes one ask at a time, and Mia's is there."""
    choices.choose(ada.user, **ONE)
    return ask


@pytest.fixture
def noor(app):
    return a_person("Noor")


def colleague(handle, *, topics=("leadership",), kind="mentor", **said):
    """Another approved coach, open all week, with something on the card."""
    coach = open_all_week(a_coach(handle))
    coach.topics = list(topics)
    an_offering(coach, kind=kind)
    choices.choose(coach.user, **ONE | said)
    return coach


def carried_by(page):
    """What the hidden fields of a page carry on."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.get_data(as_text=True)))
    return {name: value for name, value in hidden.items() if name in {*TYPED, *NIA, "words_enough", "look"}}


def test_a_place_is_taken_seen_and_left_through_the_api(api, full, ada, noor):
    asker = api(noor)
    preview = asker.post("/coaches/ada/ask-preview", BRIEF | {"by_when": "2027-03-20"}).json
    assert (preview["refused"], preview["in_queue"], preview["has_queue"]) == ("full", 0, True)
    shown = {"amount": 9000, "currency": "usd"}
    taken = asker.post("/ask-queue", ASK | {"expected_price": shown})
    assert (taken.status_code, taken.json["position"], taken.json["about"]) == (201, 1, BRIEF["about"])
    assert asker.get(f"/ask-queue/{taken.json['id']}").json == taken.json
    assert asker.get("/ask-queue?status=waiting").json == {"items": [taken.json], "next_cursor": None}
    assert asker.get("/ask-queue?status=lost").status_code == 422
    assert asker.post("/ask-queue", ASK).status_code == 409
    assert api(ada.user).get(f"/ask-queue/{taken.json['id']}").status_code == 404
    left = asker.post(f"/ask-queue/{taken.json['id']}/leave").json
    assert (left["status"], left["position"], left["ask_id"]) == ("left", None, None)


def test_a_place_on_pages_carries_the_ask_on_when_it_is_left(browser_of, full, noor):
    client = browser_of(noor)
    form = client.get("/@ada/ask")
    assert "Nobody waits in the queue yet." in words(form)
    taken = client.submit("/@ada/ask", TYPED | {"take_place": "yes"}, follow_redirects=True)
    assert "You wait in the queue of Ada. We write when it moves." in words(taken)
    assert "Your place is number 1." in words(taken)
    assert "In queues" in words(client.get("/asks"))
    assert "1 waits in the queue." in words(client.get("/@ada/ask"))
    place = session().scalars(select(QueuePlace)).one()
    left = client.submit(f"/asks/queue/{place.id}/leave", {}, follow_redirects=True)
    assert "You have left the queue." in words(left)
    assert "Ask Ada once more" in words(left)
    assert BRIEF["aim"] in left.get_data(as_text=True)
    again = client.submit("/@ada/ask", TYPED)
    assert again.status_code == 409
    assert "Take a place in the queue, or ask somebody else." in words(again)


def test_a_place_that_was_sent_leads_to_the_ask(browser_of, full, ada, noor):
    place = service.join(noor, handle="ada", **BRIEF)
    answers.decline(ada.user, ask_id=full.id, reason="no_time", reply="")
    service.advance_queues()
    page = browser_of(noor).get(f"/asks/queue/{place.id}")
    assert f"/asks/{place.ask_id}" in page.get_data(as_text=True)
    assert "Leave the queue" not in words(page)


def test_where_there_is_room_again_the_button_of_the_queue_sends(browser_of, ada, offering, noor):
    client = browser_of(noor)
    sent = client.submit("/@ada/ask", TYPED | {"take_place": "yes"}, follow_redirects=True)
    assert "Sent to Ada. The answer comes by mail." in words(sent)


def test_a_place_that_is_over_says_why(browser_of, full, ada, noor):
    place = service.join(noor, handle="ada", **BRIEF | {"tried": "", "words_enough": True})
    choices.choose(ada.user, **ONE | {"least_points": 12, "open_at_most": 2})
    service.advance_queues()
    page = browser_of(noor).get(f"/asks/queue/{place.id}")
    assert "Meanwhile the coach asks for more than this ask says" in words(page)
    again = browser_of(noor).submit("/@ada/ask", carried_by(page)).get_data(as_text=True)
    assert re.search(r'name="words_enough"[^>]*checked', again)


@pytest.mark.parametrize("room", [1, 2])
def test_a_stranger_takes_a_place_with_a_code(client, full, ada, room):
    started = client.submit("/@ada/ask", TYPED | NIA | {"take_place": "yes"})
    assert started.status_code == 303
    choices.choose(ada.user, **ONE | {"open_at_most": room})
    done = client.submit(started.location, {"code": code()}, follow_redirects=True)
    said = (
        "You wait in the queue of Ada." if room == 1 else "Sent to Ada. The answer comes by mail. To read it here too"
    )
    assert said in words(done)
    assert session().scalars(select(QueuePlace)).one().status == ("waiting" if room == 1 else "sent")
    assert client.get(started.location).status_code == 404


def test_a_coach_who_takes_none_has_no_queue_on_the_form_either(browser_of, full, ada, noor):
    choices.choose(ada.user, **ONE | {"open_at_most": 0})
    page = words(browser_of(noor).get("/@ada/ask"))
    assert "Take a place in the queue" not in page
    assert "Ask somebody more available" in page


def test_the_coach_sees_how_many_wait(browser_of, full, ada, noor):
    assert "in your queue" not in words(browser_of(ada.user).get("/dashboard/asks"))
    service.join(noor, handle="ada", **BRIEF)
    assert "1 waits in your queue." in words(browser_of(ada.user).get("/dashboard/asks"))


def test_others_have_the_topic_time_and_room_and_stand_by_their_next_time(full, ada, noor):
    ada.topics = ["leadership"]
    free = colleague("bob")
    colleague("of-another-topic", topics=("gardening",))
    colleague("of-another-kind", kind="tutor")
    colleague("closed", closed_until=date(2027, 3, 9))
    busy = colleague("busy")
    asked(a_person("Olga"), "busy")
    queued = colleague("queued", closed_until=date(2027, 3, 9))
    service.join(a_person("Olga"), handle="queued", **BRIEF)
    choices.choose(queued.user, **ONE)
    a_coach("without-a-card").topics = ["leadership"]
    session().flush()
    assert [each.coach.handle for each in more_available(ada, kind="mentor")] == ["bob"]
    others = more_available(ada, kind="mentor", asker_id=free.user_id)
    assert [each.coach.handle for each in others] == ["of-another-topic"]
    answers.decline(busy.user, ask_id=session().scalars(select(Ask.id).where(Ask.coach_id == busy.id)).one(), **NO)
    assert {each.coach.handle for each in more_available(ada, kind="mentor", asker_id=noor.id)} == {"bob", "busy"}


NO = {"reason": "no_time", "reply": ""}


def test_without_anybody_on_the_topic_others_of_the_kind_are_named(full, ada):
    ada.topics = ["leadership"]
    colleague("of-another-topic", topics=("gardening",))
    session().flush()
    assert [each.coach.handle for each in more_available(ada, kind="mentor")] == ["of-another-topic"]


def test_what_was_typed_is_carried_to_the_form_of_another_and_not_sent(client, full, ada):
    ada.topics = ["leadership"]
    colleague("bob")
    session().flush()
    page = client.submit("/@ada/ask/others", TYPED | NIA)
    assert page.status_code == 200
    assert "Somebody more available" in words(page)
    assert carried_by(page)["aim"] == BRIEF["aim"]
    form = client.submit("/@bob/ask", carried_by(page)).get_data(as_text=True)
    for kept in (BRIEF["about"], BRIEF["aim"], NIA["email"]):
        assert kept in form
    assert session().scalars(select(Ask).where(Ask.coach_id != ada.id)).all() == []


def test_a_link_to_others_needs_nothing_typed(browser_of, anonymous_api, full, ada, noor):
    page = browser_of(noor).get("/@ada/ask/others")
    assert "Nobody else for this has time and takes asks now." in words(page)
    assert anonymous_api.get("/coaches/ada/more-available").json == {"items": [], "next_cursor": None}
    colleague("bob", topics=ada.topics)
    session().flush()
    found = anonymous_api.get("/coaches/ada/more-available?kind=mentor").json
    assert [each["handle"] for each in found["items"]] == ["bob"]
    assert anonymous_api.get("/coaches/ada/more-available?kind=friend").status_code == 422
