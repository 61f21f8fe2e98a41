"""A no that names another coach: who may be named, what they learn, and how the asker goes on."""

import pytest
from sqlalchemy import select, update

from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.referrals import queries
from marketplace.asks.service import answers, choices
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.notifications.models import Message
from tests.asks.conftest import BRIEF, asked
from tests.asks.test_pages import words
from tests.asks.test_queue import ONE
from tests.asks.test_queue_doors import carried_by
from tests.factories import a_coach, an_offering, open_all_week


def agreed(handle, takes_referrals=True, **changes):
    """A coach who agreed to be named, with something on the card."""
    coach = open_all_week(a_coach(handle, **changes))
    an_offering(coach)
    choices.choose(coach.user, **ONE | {"takes_referrals": takes_referrals})
    session().flush()
    return coach


def decline(coach, ask, refer_to):
    return answers.decline(coach.user, ask_id=ask.id, reason="ask_another", reply="", refer_to=refer_to)


def mails(person):
    return " ".join(session().scalars(select(Message.text).where(Message.recipient == person.email)))


def test_who_is_named_learns_by_whom_and_nothing_of_the_ask(ask, ada, mia):
    bob = agreed("bob")
    assert decline(ada, ask, " BOB ").referred_to.handle == "bob"
    told = mails(bob.user)
    assert "Ada has declined an ask and named you" in told
    assert mia.name not in told
    assert BRIEF["aim"] not in told
    assert "Bob may be able to help you instead." in mails(mia)
    assert f"/asks/{ask.id}" in mails(mia)
    assert asks.page_for(bob.user, as_coach=True).asks == []


@pytest.mark.parametrize("who", ["nobody", "did-not-agree", "ada", "suspended", "mia"])
def test_whoever_may_not_be_named_is_refused_with_one_sentence(ask, ada, mia, who):
    agreed("did-not-agree", takes_referrals=False)
    agreed("suspended", status="suspended")
    agreed("mia", user=mia)
    choices.choose(ada.user, **ONE | {"takes_referrals": True})
    with pytest.raises(Invalid) as refused:
        decline(ada, ask, who)
    assert refused.value.fields == {"refer_to": ["Choose a coach who agreed to be named for asks like this."]}
    assert asks.one(mia, ask.id).status == "open"
    assert queries.to_name(ask) == []


def test_nobody_is_sent_round_in_a_circle(ask, ada, mia, moment):
    bob = agreed("bob")
    choices.choose(ada.user, **ONE | {"takes_referrals": True})
    decline(ada, ask, "bob")
    second = asked(mia, "bob")
    assert queries.may_be_named(second, "ada") is None
    assert [coach.handle for coach in queries.to_name(second)] == []
    moment.advance(days=181)
    assert queries.may_be_named(second, "ada").handle == "ada"
    assert bob.id == second.coach_id


def test_those_who_may_be_named_give_that_kind_of_help_and_stand_by_name(ask, ada):
    for handle in ("zoe", "bob"):
        agreed(handle)
    agreed("tutor", kinds=["tutor"])
    assert [coach.handle for coach in queries.to_name(ask)] == ["bob", "zoe"]


def test_one_may_say_no_without_naming_anybody(ask, ada, mia):
    assert decline(ada, ask, "").referred_to is None
    assert "may be able to help" not in mails(mia)


def test_through_the_api_and_its_asker_sees_whom(api, ask, ada, mia):
    agreed("bob")
    coach = api(ada.user)
    refused = coach.post(f"/asks/{ask.id}/decline", {"reason": "no_time", "refer_to": "nobody"})
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"refer_to"})
    done = coach.post(f"/asks/{ask.id}/decline", {"reason": "no_time", "refer_to": "bob"}).json
    assert done["referred_to"] == {"handle": "bob", "name": "Bob"}
    assert api(mia).get(f"/asks/{ask.id}").json["referred_to"] == done["referred_to"]


def test_on_pages_the_asker_carries_over_what_they_wrote_by_their_own_act(browser_of, ask, ada, mia):
    bob = agreed("bob")
    page = browser_of(ada.user).get(f"/asks/{ask.id}")
    assert "Name another coach" in words(page)
    browser_of(ada.user).submit(f"/asks/{ask.id}/decline", {"reason": "ask_another", "reply": "No.", "refer_to": "bob"})
    assert "You named Bob." in words(browser_of(ada.user).get(f"/asks/{ask.id}"))
    seen = browser_of(mia).get(f"/asks/{ask.id}")
    assert "Bob may be able to help you instead." in words(seen)
    form = browser_of(mia).submit("/@bob/ask", carried_by(seen)).get_data(as_text=True)
    assert BRIEF["aim"] in form
    assert session().scalars(select(Ask).where(Ask.coach_id == bob.id)).all() == []


def test_a_coach_who_left_since_is_named_without_a_way_to_ask(browser_of, ask, ada, mia):
    bob = agreed("bob")
    decline(ada, ask, "bob")
    session().execute(update(Coach).where(Coach.id == bob.id).values(status="suspended"))
    assert "Bob was named, and takes no asks any more." in words(browser_of(mia).get(f"/asks/{ask.id}"))


def test_a_wrong_name_on_the_page_keeps_the_ask_open(browser_of, ask, ada):
    agreed("bob")
    typed = {"reason": "ask_another", "reply": "No.", "refer_to": "nobody"}
    assert browser_of(ada.user).submit(f"/asks/{ask.id}/decline", typed).status_code == 422
    assert session().get(Ask, ask.id).status == "open"


def test_to_be_named_is_a_choice_that_is_off(browser_of, api, ada):
    coach = browser_of(ada.user)
    assert asks.settings_of(ada.id).takes_referrals is False
    typed = {"open_at_most": "3", "per_week": "3", "closed_until": "", "least_points": "0"}
    coach.submit("/dashboard/asks/settings", typed | {"takes_referrals": "true"})
    assert asks.settings_of(ada.id).takes_referrals is True
    assert api(ada.user).get("/coach/ask-settings").json["takes_referrals"] is True
    coach.submit("/dashboard/asks/settings", typed)
    assert asks.settings_of(ada.id).takes_referrals is False
