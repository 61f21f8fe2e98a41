"""The guide, without an account: questions, advice, and what the API says of it."""

import pytest

from tests.pages.test_home import text_of


def test_the_first_page_asks_what_is_needed(client):
    answer = client.get("/guide")
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'name="need"' in page
    assert 'name="detail"' not in page


def test_the_answers_stand_in_the_address_and_lead_to_those_who_help(client):
    page = text_of(client.get("/guide?need=decide&detail=yes&pays=yes"))
    assert 'href="/coaches?kind=mentor"' in page
    assert "A mentor tells you" in page


def test_whoever_should_buy_nothing_is_led_to_the_operators_list(client):
    page = text_of(client.get("/guide?need=company"))
    assert "Nothing that you should buy" in page
    assert '<a class="btn btn-primary" href="/communities">' in page
    assert client.get("/communities").status_code == 200


def test_a_sponsor_is_named_and_not_sold(client):
    page = text_of(client.get("/guide?need=door&detail=yes"))
    assert "which nobody sells" in page
    assert "kind=sponsor" not in page


def test_whoever_is_in_danger_is_sold_nothing(client):
    page = text_of(client.get("/guide?need=hurts&detail=yes&pays=yes"))
    assert "Get help now" in page
    assert 'class="btn btn-primary" href' not in page


@pytest.mark.parametrize("address", ["/", "/coaches"])
def test_it_is_found_from_home_and_directory(client, address):
    assert 'href="/guide"' in text_of(client.get(address))


def test_an_answer_that_is_none_is_refused_and_the_others_stay(client):
    answer = client.get("/guide?need=decide&detail=perhaps")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Choose one of the answers." in page
    assert 'value="decide" checked' in page


def test_the_api_asks_and_answers_the_same(client):
    assert client.get("/api/v1/guide?need=learn").json["question"]["name"] == "detail"
    found = client.get("/api/v1/guide?need=door&detail=yes").json
    assert (found["kind"], found["is_sold"], found["question"]) == ("sponsor", False, None)
    assert client.get("/api/v1/guide?need=gold").status_code == 422
