"""An overrun on the page of its session: proposed, declined, and nothing typed is lost."""

from datetime import timedelta

from tests.factories import a_booking
from tests.scenes import TEN


def test_it_is_proposed_and_declined_on_the_page_of_the_session(browser_of, ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(booking.ends_at + timedelta(minutes=5))
    page, coach = f"/sessions/{booking.id}", browser_of(ada.user)
    refused = coach.submit(f"{page}/overruns", {"minutes": "20", "price": "99.00"}, seen=page)
    assert refused.status_code == 422
    assert 'value="99.00"' in refused.text
    sent = coach.submit(f"{page}/overruns", {"minutes": "20", "price": ""}, seen=page, follow_redirects=True)
    assert "40.00 USD" in sent.text
    mentee = browser_of(mia)
    assert "Do not pay" in mentee.get(page).text
