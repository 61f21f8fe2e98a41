"""Quotes on pages and through the API."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.db import session
from tests.asks.test_pages import words
from tests.scenes import TEN


@pytest.fixture
def quote(ask, ada):
    """Ada offers 45 minutes for 90.00 USD."""
    return quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="Bring both reviews.")


def test_a_coach_sends_an_offer_from_the_page_of_the_ask(browser_of, ada, mia, ask):
    browser, page = browser_of(ada.user), f"/asks/{ask.id}"
    assert "90.00 USD for the minutes that were asked for" in words(browser.get(page))
    low = browser.submit(f"{page}/quotes", {"minutes": "60", "price": "10.00", "note": "Kept"}, seen=page)
    assert (low.status_code, "Ask for 30.00 USD to" in words(low)) == (422, True)
    assert "Kept" in low.get_data(as_text=True)
    odd = browser.submit(f"{page}/quotes", {"minutes": "many", "price": "ten", "note": ""}, seen=page)
    assert odd.status_code == 422
    sent = browser.submit(
        f"{page}/quotes",
        {"minutes": "60", "price": "100", "note": "Bring both reviews."},
        seen=page,
        follow_redirects=True,
    )
    assert "The offer stands for three days." in words(sent)
    assert "60 minutes for 100.00 USD" in words(sent)
    assert "Choose a time" not in words(sent)
    seen = words(browser_of(mia).get(page))
    assert "Bring both reviews." in seen
    assert "Choose a time" in seen


def test_whoever_asked_chooses_a_time_and_comes_to_the_page_where_it_is_paid(browser_of, ada, mia, ask, quote):
    browser = browser_of(mia)
    page = browser.get(f"/quotes/{quote.id}?week={TEN.date()}")
    times = re.findall(r'name="starts_at" value="([^"]+)"', page.get_data(as_text=True))
    assert TEN.isoformat() in times
    held = browser.submit(f"/quotes/{quote.id}", {"starts_at": TEN.isoformat()})
    assert "/sessions/" in held.location
    assert "Pay 90.00 USD" in words(browser.get(held.location))
    assert browser.get(f"/quotes/{quote.id}").status_code == 303
    assert "Open the session" in words(browser.get(f"/asks/{ask.id}"))
    refused = browser.submit(f"/asks/{ask.id}/withdraw", seen="/asks", follow_redirects=True)
    assert "A time is held for the quote" in words(refused)


def test_a_time_that_has_gone_is_told_on_the_page_of_times(browser_of, ada, mia, quote):
    browser = browser_of(mia)
    gone = browser.submit(f"/quotes/{quote.id}", {"starts_at": TEN.replace(hour=3).isoformat()})
    assert gone.status_code == 422
    nothing = browser.submit(f"/quotes/{quote.id}", {"starts_at": "soon"})
    assert nothing.status_code == 303


def test_through_the_api_it_is_quoted_looked_at_held_and_paid(api, ada, mia, ask, stripe):
    coach, mentee = api(ada.user), api(mia)
    price = {"amount": 8000, "currency": "usd"}
    sent = coach.post(f"/asks/{ask.id}/quotes", {"minutes": 45, "price": price, "note": ""})
    assert (sent.status_code, sent.json["price"]) == (201, price)
    assert (
        coach.post(f"/asks/{ask.id}/quotes", {"minutes": 45, "price": price | {"currency": "eur"}}).status_code == 422
    )
    path = f"/quotes/{sent.json['id']}"
    assert mentee.get(path).json == sent.json
    assert mentee.get(f"/asks/{ask.id}/quotes").json["items"] == [sent.json]
    day = f"start={TEN.date()}T00:00:00Z&end={TEN.date() + timedelta(days=1)}T00:00:00Z"
    assert len(mentee.get(f"{path}/slots?{day}").json["starts_at"]) > 10
    held = mentee.post(f"{path}/hold", {"starts_at": TEN.isoformat()})
    assert (held.status_code, held.json["price"]) == (201, price)
    assert mentee.post(f"{path}/hold", {"starts_at": TEN.isoformat()}).status_code == 409
    assert mentee.post(f"/bookings/{held.json['id']}/pay").status_code == 200
    assert session().scalars(select(Quote)).one().status == "held"
