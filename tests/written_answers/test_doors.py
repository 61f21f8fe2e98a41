"""Written answers through the pages and the API, from the offer to the admin's decision."""

from marketplace.asks.quotes import queries as quotes
from marketplace.payments import queries as payments
from marketplace.written_answers import queries
from tests.factories import an_admin
from tests.files.samples import encoded, halves
from tests.written_answers.conftest import again


def test_an_answer_goes_its_way_through_the_pages(ask, ada, mia, stripe, browser_of, run_jobs):
    coach, mentee = browser_of(ada.user), browser_of(mia)
    offer = {"minutes": "45", "price": "", "note": "", "form": "written", "preparation_minutes": "15"}
    refused = coach.submit(f"/asks/{ask.id}/quotes", offer | {"deliver_days": "9"})
    assert refused.status_code == 422
    coach.submit(f"/asks/{ask.id}/quotes", offer | {"deliver_days": "3"})
    page = mentee.get(f"/asks/{ask.id}").text
    assert "15 minutes of preparation are included." in page
    quote = quotes.of_ask(ask.id)[0]
    ordered = mentee.submit(f"/quotes/{quote.id}/order")
    answer_id = ordered.location.rpartition("/")[2]
    assert "on your card" in mentee.get(f"/written-answers/{answer_id}").text
    assert mentee.submit(f"/written-answers/{answer_id}/pay").status_code == 303
    stripe.pay(payments.of_subject(queries.one(mia, answer_id).id).checkout_id)
    assert "Due by" in mentee.get(f"/written-answers/{answer_id}?paid=1").text
    assert "Ordered a written answer of you" in coach.get("/dashboard").text
    coach.submit(f"/written-answers/{answer_id}/deliver", {"answer": "Decide **together**."})
    assert "together" not in mentee.get(f"/written-answers/{answer_id}").text
    run_jobs()
    assert "<strong>together</strong>" in mentee.get(f"/written-answers/{answer_id}").text
    mentee.submit(f"/written-answers/{answer_id}/follow-up", {"question": "When?"})
    coach.submit(f"/written-answers/{answer_id}/follow-up/reply", {"reply": "In *May*."})
    assert "<em>May</em>" in mentee.get(f"/written-answers/{answer_id}").text
    assert "Ada" in mentee.get("/written-answers").text
    assert "Mia" in coach.get("/written-answers?as=coach").text


def test_a_contested_report_is_decided_by_an_admin(delivered, ada, mia, browser_of, run_jobs):
    coach, mentee, admin = browser_of(ada.user), browser_of(mia), browser_of(an_admin())
    address = f"/written-answers/{delivered.id}"
    assert mentee.submit(f"{address}/report", {"words": ""}).status_code == 422
    mentee.submit(f"{address}/report", {"words": "It says nothing."})
    coach.submit(f"{address}/report/respond", {"response": "disagree", "words": "It says what to do."})
    assert "do not agree on a written answer" in admin.get("/admin").text
    report = queries.report_of(delivered.id)
    page = f"/admin/attendance/written-answers/{report.id}"
    assert "It says what to do." in admin.get(page).text
    assert admin.submit(f"{page}/decide", {"verdict": "refund", "reason": ""}).status_code == 422
    admin.submit(f"{page}/decide", {"verdict": "refund", "reason": "It repeats the question."})
    assert "It repeats the question." in admin.get(page).text
    run_jobs()
    assert (again(delivered).status, again(delivered).refunded_cents) == ("refunded", 9000)
    assert "It repeats the question." in mentee.get(address).text


def test_before_it_is_paid_the_api_shows_the_answer_and_its_files_to_the_coach_alone(ordered, ada, mia, api, run_jobs):
    coach, mentee = api(ada.user), api(mia)
    address = f"/written-answers/{ordered.id}"
    sent = coach.upload(f"{address}/files", encoded(halves()), "plan.png")
    file_id = sent.json["items"][0]["id"]
    assert mentee.get(f"{address}/files").json["items"] == []
    assert mentee.get(f"{address}/files/{file_id}/content").status_code == 404
    assert coach.post(f"{address}/deliver", {"answer": "Decide together."}).json["answer"] == "Decide together."
    seen = mentee.get(address).json
    assert (seen["status"], seen["answer"], seen["files"]) == ("submitted", None, [])
    run_jobs()
    seen = mentee.get(address).json
    assert (seen["status"], seen["answer"], len(seen["files"])) == ("delivered", "Decide together.", 1)
    assert mentee.get(f"{address}/files/{file_id}/content").status_code == 200


def test_a_page_to_pay_on_is_asked_for_under_a_key_too(api, unpaid, mia, stripe):
    mentee, path = api(mia), f"/written-answers/{unpaid.id}/pay"
    asked = [mentee.post(path, **{"Idempotency-Key": key}) for key in ("once", "again")]
    assert [answer.status_code for answer in asked] == [200, 200]
    assert asked[0].json == asked[1].json
