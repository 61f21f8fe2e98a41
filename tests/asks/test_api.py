"""Asks through the API."""

from marketplace.asks.service import choices
from tests.asks.conftest import BRIEF

ASK = BRIEF | {"by_when": "2027-03-20"}
SETTINGS = {
    "open_at_most": 3,
    "per_week": 5,
    "closed_until": None,
    "least_points": 4,
    "sentences": {"no_time": "Later."},
    "takes_referrals": False,
}


def test_what_an_ask_would_come_to_needs_no_token(anonymous_api, ada, offering):
    found = anonymous_api.post("/coaches/ada/ask-preview", ASK).json
    assert (found["price"], found["points"], found["refused"]) == ({"amount": 9000, "currency": "usd"}, 12, None)
    short = anonymous_api.post("/coaches/ada/ask-preview", {"kind": "mentor", "minutes": 10}).json
    assert short["price"]["amount"] == 2000
    assert set(short["missing"]) == {"about", "not_about", "aim", "why_coach", "by_when", "tried"}
    assert anonymous_api.post("/coaches/nobody/ask-preview", ASK).status_code == 404
    wrong = anonymous_api.post("/coaches/ada/ask-preview", {"kind": "x", "minutes": 5, "payer": "x"})
    assert set(wrong.json["errors"]) == {"minutes"}


def test_an_ask_is_sent_listed_and_answered(api, ada, mia, offering):
    mentee, coach = api(mia), api(ada.user)
    sent = mentee.post("/asks", ASK | {"coach": "ada", "expected_price": {"amount": 9000, "currency": "usd"}})
    assert sent.status_code == 201
    path = f"/asks/{sent.json['id']}"
    assert mentee.get("/asks").json["items"] == [sent.json]
    assert coach.get("/asks?as=coach&status=open").json["items"] == [sent.json]
    assert coach.get("/asks").json == {"items": [], "next_cursor": None}
    done = coach.post(f"{path}/answer", {"reply": "Decide by what each did.", "minutes": 12}).json
    assert (done["status"], done["answer_minutes"]) == ("answered", 12)
    assert mentee.get(path).json["reply"] == "Decide by what each did."
    assert coach.post(f"{path}/decline", {"reason": "no_time"}).status_code == 409


def test_at_another_price_nothing_is_sent(api, ada, mia, offering):
    mentee = api(mia)
    for shown, status in (({"amount": 8000, "currency": "usd"}, 409), ({"amount": 9000, "currency": "eur"}, 422)):
        assert mentee.post("/asks", ASK | {"coach": "ada", "expected_price": shown}).status_code == status
    assert mentee.get("/asks").json["items"] == []


def test_a_no_without_words_is_the_coachs_own_sentence(api, ada, ask):
    coach = api(ada.user)
    seen = coach.get("/coach/ask-settings")
    assert seen.json["open_at_most"] == 20
    assert coach.put("/coach/ask-settings", SETTINGS, If_Match=seen.headers["ETag"]).json == SETTINGS
    assert coach.put("/coach/ask-settings", SETTINGS, If_Match=seen.headers["ETag"]).status_code == 412
    assert coach.post(f"/asks/{ask.id}/decline", {"reason": "no_time"}).json["reply"] == "Later."
    assert coach.post(f"/asks/{ask.id}/decline", {"reason": "because"}).status_code == 422


def test_a_coach_who_is_full_says_so(api, ada, ask, mia):
    choices.choose(ada.user, **SETTINGS | {"open_at_most": 1})
    assert api(mia).post("/coaches/ada/ask-preview", ASK).json["refused"] == "full"
    assert api(mia).post(f"/asks/{ask.id}/withdraw").json["status"] == "withdrawn"
    assert api(mia).post("/coaches/ada/ask-preview", ASK).json["refused"] is None
