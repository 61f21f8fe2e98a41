"""Session credits through the pages and the API: taken, paid for, scheduled, seen by admins."""

import re
import uuid
from datetime import timedelta

from marketplace import payment_subjects
from marketplace.asks.quotes import queries as quotes
from marketplace.payments import queries as payments
from marketplace.session_credits import queries
from marketplace.session_credits.service import refunds
from tests.asks.test_pages import words
from tests.scenes import TEN
from tests.session_credits.conftest import again


def test_it_goes_its_way_through_the_pages(quote, ask, ada, mia, stripe, browser_of):
    mentee, coach = browser_of(mia), browser_of(ada.user)
    assert "Pay now, choose the time within 60 days" in words(mentee.get(f"/asks/{ask.id}"))
    taken = mentee.submit(f"/quotes/{quote.id}/credit", seen=f"/asks/{ask.id}")
    page = taken.location
    assert "Pay 90.00 USD" in words(mentee.get(page))
    again_taken = mentee.submit(f"/quotes/{quote.id}/credit", seen=f"/asks/{ask.id}", follow_redirects=True)
    assert "A time is held for the quote" in words(again_taken)
    assert "Nothing was paid yet." in words(mentee.get(f"{page}?paid=0"))
    assert mentee.submit(f"{page}/pay", seen=page).status_code == 303
    credit = queries.page_for(mia, as_coach=False)[0][0]
    stripe.pay(payments.of_subject(credit.id).checkout_id)
    assert "To be scheduled by" in words(mentee.get(f"{page}?paid=1"))
    assert "There is nothing to pay here" in words(mentee.submit(f"{page}/pay", seen=page, follow_redirects=True))
    assert "Paid for and not scheduled" in words(mentee.get("/sessions"))
    shown = mentee.get(f"{page}?week={TEN.date()}").get_data(as_text=True)
    assert TEN.isoformat() in re.findall(r'name="starts_at" value="([^"]+)"', shown)
    assert "starts_at" not in coach.get(page).get_data(as_text=True)
    assert "Open the credit" in words(coach.get(f"/asks/{ask.id}"))
    assert mentee.submit(f"{page}/schedule", {"starts_at": "soon"}, seen=page).status_code == 303
    odd = mentee.submit(f"{page}/schedule", {"starts_at": TEN.replace(hour=3).isoformat()}, seen=page)
    assert odd.status_code == 422
    booked = mentee.submit(f"{page}/schedule", {"starts_at": TEN.isoformat()}, seen=page)
    assert "/sessions/" in booked.location
    assert "Open the session" in words(mentee.get(page))
    assert "Ada" in words(mentee.get("/credits"))
    assert "Mia" in words(coach.get("/credits?as=coach"))


def test_its_page_says_that_it_was_refunded_and_that_a_bank_asks_for_it(credit, mia, browser_of, moment):
    mentee, page = browser_of(mia), f"/credits/{credit.id}"
    payments.one(credit.payment_id).disputed_at = moment.now
    assert "The bank asks for this money back." in words(mentee.get(page))
    payments.one(credit.payment_id).disputed_at = None
    moment.advance(days=60)
    refunds.settle_credits()
    assert "No time was chosen in time." in words(browser_of(mia).get(page))
    assert again(credit).status == "refunded"


def test_an_admin_sees_what_is_owed(credit, alma, browser_of, api):
    admin = browser_of(alma)
    shown = words(admin.get("/admin/credits"))
    assert "is owed for 1 credit." in shown
    assert "Mia and Ada" in shown
    assert "There is none." in words(admin.get("/admin/credits?status=used"))
    assert admin.get("/admin/credits?status=odd").status_code == 404
    assert "Mia and Ada" in words(admin.get("/admin/credits?status=all"))


def test_lists_go_on_page_by_page(credit, mia):
    assert queries.page_for(mia, as_coach=False, after=credit.id) == ([], None)


def test_it_goes_its_way_through_the_api(api, quote, ada, mia, stripe):
    coach, mentee = api(ada.user), api(mia)
    bought = mentee.post(f"/quotes/{quote.id}/credit")
    assert (bought.status_code, bought.json["status"]) == (201, "unpaid")
    path = f"/credits/{bought.json['id']}"
    assert mentee.get(path).json == bought.json
    assert mentee.post(f"{path}/schedule", {"starts_at": TEN.isoformat()}).status_code == 409
    assert mentee.post(f"{path}/pay").json["url"].startswith("http")
    payment = payments.of_subject(uuid.UUID(bought.json["id"]))
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    day = f"start={TEN.date()}T00:00:00Z&end={TEN.date() + timedelta(days=1)}T00:00:00Z"
    assert TEN.isoformat() in str(mentee.get(f"{path}/slots?{day}").json["starts_at"]).replace("Z", "+00:00")
    booked = mentee.post(f"{path}/schedule", {"starts_at": TEN.isoformat()})
    assert (booked.status_code, booked.json["status"]) == (201, "confirmed")
    assert mentee.get(path).json["booking_id"] == booked.json["id"]
    assert [each["status"] for each in coach.get("/credits?as=coach").json["items"]] == ["used"]
    assert quotes.of_ask(quote.ask_id)[0].credit_id is not None
    assert mentee.get("/credits?limit=0").status_code == 422


def test_a_page_to_pay_on_is_asked_for_under_a_key_too(api, unpaid, mia, stripe):
    mentee, path = api(mia), f"/credits/{unpaid.id}/pay"
    asked = [mentee.post(path, **{"Idempotency-Key": key}) for key in ("once", "again")]
    assert [answer.status_code for answer in asked] == [200, 200]
    assert asked[0].json == asked[1].json
