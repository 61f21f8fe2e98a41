"""How soon a coach usually answers, and how many of their asks: measured, shown, and never a reason to rank."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from marketplace.asks.alternatives.queries import more_available
from marketplace.asks.answering import queries
from marketplace.asks.answering.rules import FEWEST, LOOK_BACK, AskOutcome, answering, words
from marketplace.asks.models import Ask
from marketplace.asks.quotes import service as quotes
from marketplace.asks.rules.states import STATES
from marketplace.asks.service import answers, choices, sending, silence
from marketplace.db import session
from tests.asks.conftest import asked
from tests.asks.test_pages import words as shown
from tests.asks.test_queue import ONE
from tests.factories import a_coach, a_person, an_offering, open_all_week

SENT = datetime(2027, 3, 1, 9, tzinfo=UTC)
MANY = ONE | {"open_at_most": 50, "per_week": 50}


def after(hours, status="answered"):
    return AskOutcome(SENT, None if hours is None else SENT + timedelta(hours=hours), status)


LAPSED = after(None, "lapsed")


@pytest.mark.parametrize(
    ("outcomes", "percent", "hours", "sentence"),
    [
        ([after(47)] * 4 + [LAPSED], 80, 47, "Usually answers in 2 days; answers 80 % of asks."),
        ([after(1)] * 5, 100, 1, "Usually answers in 1 hour; answers 100 % of asks."),
        ([after(0)] * 5, 100, 1, "Usually answers in 1 hour; answers 100 % of asks."),
        ([after(24)] * 5, 100, 24, "Usually answers in 24 hours; answers 100 % of asks."),
        (
            [after(2), after(4), after(6), after(100), LAPSED],
            80,
            5,
            "Usually answers in 5 hours; answers 80 % of asks.",
        ),
        ([after(2)] * 2 + [LAPSED], None, None, ""),
        ([after(2)] * 2 + [LAPSED] * 4, 33, 2, "Usually answers in 2 hours; answers 33 % of asks."),
        ([LAPSED] * 5, 0, None, "Answers none of the asks."),
        ([after(3)] * 4 + [after(None, "open"), after(None, "withdrawn")], None, None, ""),
        ([after(3)] * 4 + [after(3, "lapsed")], 100, 3, "Usually answers in 3 hours; answers 100 % of asks."),
    ],
)
def test_what_a_coachs_asks_come_to(outcomes, percent, hours, sentence):
    found = answering(outcomes)
    if percent is None:
        assert found is None
        return
    assert (found.percent, found.usual_hours, words(found)) == (percent, hours, sentence)


@given(st.lists(st.tuples(st.none() | st.integers(0, 200), st.sampled_from(sorted(STATES.states)))))
def test_no_more_is_said_than_is_so(given_outcomes):
    outcomes = [after(hours, status) for hours, status in given_outcomes]
    found = answering(outcomes)
    if found is not None:
        answered = [each for each in outcomes if each.answered_at]
        assert found.asks >= FEWEST
        assert 0 <= found.percent * found.asks <= 100 * found.answered == 100 * len(answered)
        assert (found.usual is None) is (not answered)


@pytest.fixture
def answered(ada, offering, moment):
    """Ada answers four of five asks, each in another way."""
    choices.choose(ada.user, **MANY)
    asks = [asked(a_person(f"P{number}")) for number in range(6)]
    moment.advance(hours=2)
    quotes.quote(ada.user, ask_id=asks[0].id, minutes=45, price_cents=None, note="")
    answers.answer(ada.user, ask_id=asks[1].id, reply="Ask both.", minutes=5)
    answers.decline(ada.user, ask_id=asks[2].id, reason="no_time", reply="")
    sending.withdraw(asks[5].asker, ask_id=asks[5].id)
    moment.advance(hours=48)
    answers.answer(ada.user, ask_id=asks[3].id, reply="Ask both.", minutes=5)
    moment.advance(days=6)
    quotes.settle_quotes()
    silence.lapse_asks()
    session().flush()
    return asks


def test_a_quote_an_answer_and_a_no_are_answers_and_silence_is_none(answered, ada):
    assert answered[0].status == "lapsed"
    found = queries.of_coach(ada.id)
    assert (found.asks, found.answered, found.usual_hours) == (5, 4, 2)


def test_a_second_quote_does_not_make_the_answer_later(ask, ada, moment):
    for minutes in (45, 30):
        moment.advance(hours=1)
        quotes.quote(ada.user, ask_id=ask.id, minutes=minutes, price_cents=None, note="")
    assert ask.answered_at - ask.sent_at == timedelta(hours=1)


def test_what_is_long_ago_or_came_as_an_invitation_does_not_count(answered, ada):
    session().execute(update(Ask).where(Ask.id == answered[1].id).values(origin="invitation"))
    assert queries.of_coach(ada.id) is None
    session().execute(update(Ask).where(Ask.id == answered[1].id).values(origin="ask"))
    assert queries.of_coach(ada.id) is not None
    session().execute(update(Ask).where(Ask.id == answered[1].id).values(sent_at=Ask.sent_at - LOOK_BACK))
    assert queries.of_coach(ada.id) is None


def test_it_is_shown_where_somebody_looks_and_in_the_api(answered, ada, client, anonymous_api):
    said = "Usually answers in 2 hours; answers 80 % of asks."
    assert said in shown(client.get("/@ada"))
    assert said in shown(client.get("/@ada/ask"))
    found = anonymous_api.get("/coaches/ada/answering").json
    assert found == {"answering": {"asks": 5, "answered_percent": 80, "usual_hours": 2}}


def test_from_fewer_than_five_nothing_is_said(ask, ada, client, anonymous_api):
    assert "Usually answers" not in shown(client.get("/@ada"))
    assert anonymous_api.get("/coaches/ada/answering").json == {"answering": None}
    assert anonymous_api.get("/coaches/nobody/answering").status_code == 404


def test_it_ranks_nobody(answered, ada, offering):
    """Ada answers most, Bob none: who is free first stands first."""
    bob, cleo = (open_all_week(a_coach(handle)) for handle in ("bob", "cleo"))
    for coach in (bob, cleo):
        an_offering(coach)
        choices.choose(coach.user, **MANY)
    session().flush()
    before = [each.coach.handle for each in more_available(cleo, kind="mentor")]
    session().execute(update(Ask).values(coach_id=bob.id))
    assert [each.coach.handle for each in more_available(cleo, kind="mentor")] == before
    assert set(before) == {"ada", "bob"}
