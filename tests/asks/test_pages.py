"""Asking on pages: a stranger with a code, somebody signed in, and the coach's inbox."""

import re

import pytest
from sqlalchemy import select

from marketplace.asks.models import Ask
from marketplace.asks.service import answers, choices
from marketplace.db import session
from marketplace.notifications.models import Message
from tests.asks.conftest import BRIEF, asked
from tests.factories import a_person

TYPED = {name: str(said) for name, said in BRIEF.items() if said}
NIA = {"name": "Nia", "email": "nia@example.com", "timezone": "Europe/Berlin"}
FEW = {"open_at_most": 1, "per_week": 5, "closed_until": None, "least_points": 6, "sentences": {}}


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def code():
    text = (
        session().scalars(select(Message.text).where(Message.recipient == NIA["email"]).order_by(Message.id)).all()[-1]
    )
    return re.search(r"^\s*(\d{6})\s*$", text, re.MULTILINE).group(1)


def test_a_stranger_asks_with_a_code_of_six_digits(client, ada, offering):
    page = client.get("/@ada/ask")
    assert "30 minutes of Ada's time: 60.00 USD" in words(page)
    sent = client.submit("/@ada/ask", TYPED | NIA)
    assert sent.status_code == 303
    place = sent.location
    assert "goes to Ada" in words(client.get(place))
    refused = client.submit(place, {"code": "abc"})
    assert (refused.status_code, "This is not the code" in words(refused)) == (422, True)
    done = client.submit(place, {"code": code()}, follow_redirects=True)
    assert "Sent to Ada. The answer comes by mail." in words(done)
    assert session().scalars(select(Ask)).one().price_cents == 9000
    assert client.get(place).status_code == 404


def test_the_price_and_the_points_stand_beside_the_form_and_follow_it(client, ada, offering):
    first = words(client.get("/@ada/ask"))
    assert "1 of 12 points" in first
    looked = client.submit("/@ada/ask", TYPED | {"look": "yes", "minutes": "90"})
    assert looked.status_code == 200
    assert "90 minutes of Ada's time: 180.00 USD" in words(looked)
    assert "12 of 12 points" in words(looked)
    assert BRIEF["about"] in looked.get_data(as_text=True)
    assert session().scalars(select(Ask)).all() == []


@pytest.mark.parametrize(
    "odd",
    [{"minutes": "many"}, {"minutes": "5"}, {"by_when": "soon"}, {"kind": "x"}, {"payer": "nobody"}, {"about": "?"}],
)
def test_nothing_typed_is_lost_where_something_is_wrong(client, ada, offering, odd):
    answer = client.submit("/@ada/ask", TYPED | NIA | odd)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    for kept in (BRIEF["aim"], BRIEF["tried"], NIA["email"]):
        assert kept in page
    assert session().scalars(select(Message)).all() == []


def test_the_faults_of_both_parts_are_told_at_once(client, ada, offering):
    page = words(client.submit("/@ada/ask", TYPED | {"about": "?", "name": "", "email": "x", "timezone": "Mars"}))
    assert "Say in 20 characters or more what it is about." in page
    assert "Give a name of 1 to 80 characters." in page


def test_too_few_points_are_refused_with_what_to_write(client, ada, offering):
    few = dict.fromkeys(("not_about", "tried", "why_coach", "aim", "by_when"), "")
    page = client.submit("/@ada/ask", TYPED | NIA | few)
    assert page.status_code == 422
    assert "Say by when you need it." in words(page)
    assert "and this coach answers those with 6 or more." in words(page)


def test_who_is_signed_in_needs_no_code_and_sees_their_asks(browser_of, ada, mia, offering):
    browser = browser_of(mia)
    assert "Your mail address" not in words(browser.get("/@ada/ask"))
    done = browser.submit("/@ada/ask", TYPED | {"shown_price": "9000"}, follow_redirects=True)
    assert "You asked Ada" in words(done)
    assert "Waits for an answer" in words(browser.get("/asks"))
    again = browser.submit("/@ada/ask", TYPED)
    assert (again.status_code, "waits for this coach already" in words(again)) == (409, True)
    ask = session().scalars(select(Ask)).one()
    withdrawn = browser.submit(f"/asks/{ask.id}/withdraw", seen=f"/asks/{ask.id}", follow_redirects=True)
    assert "Withdrawn" in words(withdrawn)


def test_another_price_than_was_shown_is_shown_once_more(browser_of, ada, mia, offering):
    page = browser_of(mia).submit("/@ada/ask", TYPED | {"shown_price": "8000"})
    assert (page.status_code, "The price has changed" in words(page)) == (409, True)
    assert 'name="shown_price" value="9000"' in page.get_data(as_text=True)


def test_where_a_coach_is_full_there_is_no_button(client, ada, offering, ask):
    choices.choose(ada.user, **FEW)
    page = words(client.get("/@ada/ask"))
    assert "As many asks wait for Ada as they take at once." in page
    assert "Send to Ada" not in page
    assert client.submit("/@ada/ask", TYPED | NIA).status_code == 409


def test_a_coach_answers_in_two_clicks_from_the_inbox(browser_of, ada, mia, ask):
    browser = browser_of(ada.user)
    assert "Asks for 45 minutes of your time" in words(browser.get("/dashboard"))
    inbox = browser.get("/dashboard/asks")
    assert f"/asks/{ask.id}" in inbox.get_data(as_text=True)
    page = words(browser.get(f"/asks/{ask.id}"))
    assert "Decline: No time" in page
    nothing = browser.submit(f"/asks/{ask.id}/answer", {"reply": "", "minutes": "5"}, seen=f"/asks/{ask.id}")
    assert nothing.status_code == 422
    sent = {"reply": "Decide by [what each did](https://example.org/a).", "minutes": "12"}
    done = browser.submit(f"/asks/{ask.id}/answer", sent, seen=f"/asks/{ask.id}", follow_redirects=True)
    assert "It took you 12 minutes." in words(done)
    mentees = browser_of(mia).get(f"/asks/{ask.id}")
    assert "Decide by what each did ." in words(mentees)
    assert "It took you" not in words(mentees)
    over = browser.submit(
        f"/asks/{ask.id}/decline", {"reason": "no_time"}, seen="/dashboard/asks/settings", follow_redirects=True
    )
    assert "has ended already" in words(over)


def test_a_no_is_the_coachs_own_sentence_unless_it_is_changed(browser_of, ada, ask):
    browser = browser_of(ada.user)
    settings = "/dashboard/asks/settings"
    saved = browser.submit(
        settings,
        {
            "open_at_most": "9",
            "per_week": "9",
            "closed_until": "",
            "least_points": "6",
            "sentence-no_time": "Not before May.",
        },
        follow_redirects=True,
    )
    assert "Saved." in words(saved)
    assert "Not before May." in saved.get_data(as_text=True)
    page = browser.get(f"/asks/{ask.id}").get_data(as_text=True)
    assert "Not before May." in page
    done = browser.submit(
        f"/asks/{ask.id}/decline", {"reason": "no_time", "reply": ""}, seen=f"/asks/{ask.id}", follow_redirects=True
    )
    assert "Declined" in words(done)
    assert "Not before May." in done.get_data(as_text=True)


def test_settings_that_cannot_be_are_told_and_two_who_save_do_not_overwrite_each_other(browser_of, ada, offering):
    browser, settings = browser_of(ada.user), "/dashboard/asks/settings"
    wrong = browser.submit(settings, {"open_at_most": "-1", "per_week": "x", "least_points": "13", "closed_until": ""})
    assert wrong.status_code == 422
    page = browser.get(settings).get_data(as_text=True)
    seen = {name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("csrf_token", "version")}
    choices.choose(ada.user, **FEW)
    late = browser.post(
        settings, data=seen | {"open_at_most": "7", "per_week": "7", "least_points": "1", "closed_until": ""}
    )
    assert late.status_code == 412


def test_the_inbox_is_paged_and_filtered(browser_of, ada, offering):
    choices.choose(ada.user, **FEW | {"open_at_most": 50, "per_week": 50})
    sent = [asked(a_person(f"P{number}")) for number in range(20)]
    answers.answer(ada.user, ask_id=sent[0].id, reply="Yes.", minutes=0)
    sent.append(asked(a_person("Last")))
    browser = browser_of(ada.user)
    everything = browser.get("/dashboard/asks?status=all").get_data(as_text=True)
    more = re.search(r'href="([^"]*after=[^"]*)"', everything).group(1).replace("&amp;", "&")
    assert str(sent[0].id) in browser.get(more).get_data(as_text=True)
    assert str(sent[0].id) in browser.get("/dashboard/asks?status=answered").get_data(as_text=True)
    assert "There is none." in words(browser.get("/dashboard/asks?status=lapsed"))
    assert browser.get("/dashboard/asks?status=nonsense").status_code == 404


def test_the_coachs_page_leads_to_the_form_and_shows_it_to_the_coach_without_a_button(
    browser_of, client, ada, offering
):
    assert "/@ada/ask" in client.get("/@ada").get_data(as_text=True)
    own = words(browser_of(ada.user).get("/@ada/ask"))
    assert "This is what others see." in own
    assert "Send to Ada" not in own


def test_a_coach_without_rates_takes_no_asks(client, ada):
    assert "Ada takes no asks at the moment." in words(client.get("/@ada/ask"))
    assert "/@ada/ask" not in client.get("/@ada").get_data(as_text=True)
    assert client.get("/@nobody/ask").status_code == 404
