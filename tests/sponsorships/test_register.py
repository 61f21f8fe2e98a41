"""Recording what one did for somebody, confirming it or not, and who reads it."""

from datetime import date

import pytest
from sqlalchemy import select

from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.sponsorships import queries, rules, service
from marketplace.states import TransitionRefused
from tests.factories import a_coach, a_person

DONE = {
    "act": "introduced",
    "what": "To the head of research of a company that hires.",
    "happened_on": date(2027, 3, 1),
}


def recorded(coach, email, **changes):
    return service.record(coach.user, email=email, **DONE | changes)


def mails(address):
    return session().scalars(select(Message.subject).where(Message.recipient == address).order_by(Message.id)).all()


@pytest.mark.parametrize("status", rules.STATES.states)
@pytest.mark.parametrize("sponsor_agrees", [True, False])
@pytest.mark.parametrize("person_agrees", [True, False])
def test_an_act_is_public_only_once_confirmed_and_while_both_say_so(status, sponsor_agrees, person_agrees):
    public = rules.is_public(status, sponsor_agrees=sponsor_agrees, person_agrees=person_agrees)
    assert public == (status == "confirmed" and sponsor_agrees and person_agrees)


def test_whom_it_was_for_confirms_it_and_both_are_told(ada, mia):
    act = recorded(ada, mia.email.upper())
    assert mails(mia.email) == ["Ada says that they did something for you"]
    assert queries.register_of(ada.id) == queries.Register(0, [])
    service.confirm(mia, sponsorship_id=act.id)
    service.confirm(mia, sponsorship_id=act.id)
    assert mails(ada.user.email) == ["Mia has confirmed what you did"]
    assert queries.register_of(ada.id) == queries.Register(1, [])


def test_it_is_read_by_everybody_while_both_say_so_and_either_takes_that_back(ada, mia):
    act = service.confirm(mia, sponsorship_id=recorded(ada, mia.email).id)
    service.show(ada.user, sponsorship_id=act.id, everybody=True)
    assert queries.register_of(ada.id).shown == []
    service.show(mia, sponsorship_id=act.id, everybody=True)
    assert [(shown.act, shown.confirmed_by) for shown in queries.register_of(ada.id).shown] == [("introduced", "Mia")]
    service.show(mia, sponsorship_id=act.id, everybody=False)
    assert queries.register_of(ada.id) == queries.Register(1, [])


def test_a_confirmation_may_be_taken_back_and_the_act_then_counts_no_more(ada, mia):
    act = service.confirm(mia, sponsorship_id=recorded(ada, mia.email).id)
    service.refuse(mia, sponsorship_id=act.id)
    assert queries.register_of(ada.id).confirmed == 0
    assert act.confirmed_by is None
    with pytest.raises(TransitionRefused):
        service.confirm(mia, sponsorship_id=act.id)


def test_what_its_sponsor_has_withdrawn_is_nothing_to_anybody_any_more(ada, mia):
    act = recorded(ada, mia.email)
    service.withdraw(ada.user, sponsorship_id=act.id)
    assert queries.page_for(mia, as_sponsor=False).acts == []
    with pytest.raises(NotFound):
        service.confirm(mia, sponsorship_id=act.id)


def test_nobody_else_sees_it_and_its_sponsor_does_not_confirm_it(ada, mia):
    act = recorded(ada, mia.email)
    eve = a_coach("eve").user
    for command in (service.confirm, service.refuse, service.withdraw):
        with pytest.raises(NotFound):
            command(eve, sponsorship_id=act.id)
    with pytest.raises(NotFound):
        service.show(eve, sponsorship_id=act.id, everybody=True)
    with pytest.raises(NotFound):
        service.confirm(ada.user, sponsorship_id=act.id)
    with pytest.raises(NotFound):
        service.withdraw(mia, sponsorship_id=act.id)


def test_an_address_without_an_account_looks_the_same_to_the_sponsor_and_reads_none_of_their_words(api, ada, mia):
    coach = api(ada.user)
    body = DONE | {"happened_on": "2027-03-01"}
    known, unknown = (coach.post("/sponsorships", body | {"email": each}) for each in (mia.email, "nia@example.com"))
    differs = {"id", "email", "recorded_at"}
    assert known.status_code == unknown.status_code == 201
    assert {k: v for k, v in known.json.items() if k not in differs} == {
        k: v for k, v in unknown.json.items() if k not in differs
    }
    (text,) = session().scalars(select(Message.text).where(Message.recipient == "nia@example.com"))
    assert "head of research" not in text
    nia = a_person("Nia", email="nia@example.com")
    assert api(nia).get("/sponsorships").json["items"][0]["id"] == unknown.json["id"]


def test_whoever_has_not_confirmed_an_address_sees_nothing_that_was_sent_to_it(ada):
    act = recorded(ada, "nia@example.com")
    nia = a_person("Nia", email="nia@example.com", confirmed=False)
    with pytest.raises(NotFound):
        service.confirm(nia, sponsorship_id=act.id)


def test_one_address_is_mailed_three_times_a_week_at_most(ada, mia):
    for _ in range(4):
        recorded(ada, mia.email)
    assert len(mails(mia.email)) == 3


def test_a_coach_records_ten_a_day_at_most(ada, moment):
    for number in range(10):
        recorded(ada, f"p{number}@example.com")
    with pytest.raises(service.ManyToday):
        recorded(ada, "p@example.com")
    moment.advance(days=1, seconds=1)
    recorded(ada, "p@example.com")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"act": "sold"}, "act"),
        ({"what": " "}, "what"),
        ({"what": "x" * 301}, "what"),
        ({"happened_on": date(2099, 1, 1)}, "happened_on"),
        ({"happened_on": date(2001, 1, 1)}, "happened_on"),
    ],
)
def test_what_cannot_be_recorded_is_refused_by_its_field(ada, changes, field):
    with pytest.raises(Invalid) as refusal:
        recorded(ada, **{"email": "nia@example.com"} | changes)
    assert list(refusal.value.fields) == [field]


def test_nobody_sponsors_themselves(ada):
    with pytest.raises(Invalid) as refusal:
        recorded(ada, ada.user.email)
    assert list(refusal.value.fields) == ["email"]


def test_who_is_no_approved_coach_records_nothing(mia):
    with pytest.raises(service.NotYetCoach):
        recorded(a_coach("zoe", status="applied", decided_at=None), mia.email)


def test_the_page_records_confirms_and_shows(browser_of, client, ada, mia):
    coach, mentee = browser_of(ada.user), browser_of(mia)
    typed = DONE | {"happened_on": "2027-03-01", "email": "nobody"}
    wrong = coach.submit("/sponsorships", typed)
    assert (wrong.status_code, DONE["what"] in wrong.get_data(as_text=True)) == (422, True)
    coach.submit("/sponsorships", typed | {"email": mia.email})
    (act,) = queries.page_for(mia, as_sponsor=False).acts
    assert DONE["what"] in mentee.get("/sponsorships").get_data(as_text=True)
    mentee.submit(f"/sponsorships/{act.id}/confirm", {})
    for browser in (coach, mentee):
        browser.submit(f"/sponsorships/{act.id}/show", {"everybody": "yes"})
    page = client.get("/@ada").get_data(as_text=True)
    assert "Sponsored somebody 1 time" in page
    assert "Confirmed by Mia" in page
    assert client.get("/api/v1/coaches/ada/sponsorships").json["shown"][0]["person"] == "Mia"
