"""An ask from when it is sent until it is answered, declined, withdrawn or lapsed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.asks import queries
from marketplace.asks.models import Ask
from marketplace.asks.rules.states import ANSWERED, DECLINED, OPEN, STATES, WAITING
from marketplace.asks.service import answers, choices, sending, silence
from marketplace.asks.transitions import transition
from marketplace.audit.models import AuditEntry
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.states import TransitionRefused
from tests.asks.conftest import BRIEF, asked
from tests.factories import a_coach, a_person, an_offering
from tests.invariants.conftest import broken
from tests.transitions import every_pair, states_of_the_database

USUAL = {"open_at_most": 20, "per_week": 20, "closed_until": None, "least_points": 6, "sentences": {}}


def subjects(person):
    chosen = select(Message.subject).where(Message.recipient == person.email).order_by(Message.id)
    return list(session().scalars(chosen))


def test_an_ask_is_priced_by_the_card_scored_and_told_to_both(ask, ada, mia):
    assert (ask.status, ask.price_cents, ask.currency, ask.points) == (OPEN, 9000, "usd", 12)
    assert subjects(ada.user) == ["Mia asks for 45 minutes"]
    assert subjects(mia) == ["You asked Ada"]
    assert session().scalar(select(AuditEntry.actor_id).where(AuditEntry.action == "ask.sent")) == mia.id


def test_the_rates_of_the_kind_that_is_asked_for_count(ada, mia, offering):
    an_offering(ada, kind="career_coach", minutes=30, price_cents=3000)
    assert queries.price_of(ada, 30, "mentor") == 6000
    assert queries.price_of(ada, 30, "career_coach") == 3000
    assert queries.price_of(ada, 30, "tutor") == 3000


def test_a_price_that_has_changed_since_it_was_shown_is_shown_once_more(ada, mia, offering):
    offering.price_cents = 20000
    session().commit()
    with pytest.raises(sending.AskPriceChanged) as refused:
        asked(mia, expected_price_cents=9000)
    assert refused.value.details == {"price_cents": 15000}
    assert asked(mia, expected_price_cents=15000).price_cents == 15000


def test_a_brief_with_too_few_points_is_refused_field_by_field(ada, mia, offering):
    choices.choose(ada.user, **USUAL | {"least_points": 11})
    with pytest.raises(Invalid) as refused:
        asked(mia, tried="", not_about="")
    assert refused.value.sentence == ("This ask has 9 of 12 points, and this coach answers those with 11 or more.")
    assert set(refused.value.fields) == {"tried", "not_about"}
    assert asked(mia, not_about="").points == 11


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"open_at_most": 1}, sending.AsksFull),
        ({"per_week": 1}, sending.AsksOfWeekFull),
        ({"closed_until": date(2027, 3, 2)}, sending.AsksClosed),
    ],
)
def test_a_coach_takes_as_many_as_they_said(ask, ada, said, error):
    choices.choose(ada.user, **USUAL | said)
    with pytest.raises(error):
        asked(a_person("Noor"))


def test_what_was_answered_makes_room_and_a_week_passes(ask, ada, moment):
    choices.choose(ada.user, **USUAL | {"open_at_most": 1, "per_week": 1})
    answers.answer(ada.user, ask_id=ask.id, reply="Ask both.", minutes=5)
    with pytest.raises(sending.AsksOfWeekFull):
        asked(a_person("Noor"))
    moment.advance(days=7)
    assert asked(a_person("Eve")).status == OPEN


def test_one_open_ask_for_each_pair_and_none_to_oneself(ask, ada, mia):
    with pytest.raises(sending.AskWaitsAlready):
        asked(mia)
    with pytest.raises(sending.OwnAsk):
        asked(ada.user)
    sending.withdraw(mia, ask_id=ask.id)
    assert asked(mia).status == OPEN


def test_a_coach_without_rates_or_approval_takes_no_asks(mia):
    a_coach("beth")
    with pytest.raises(sending.AsksClosed):
        asked(mia, "beth")
    a_coach("cleo", status="suspended")
    with pytest.raises(NotFound):
        asked(mia, "cleo")
    with pytest.raises(Invalid):
        asked(mia, "beth", kind="therapist")


def test_an_answer_is_told_with_its_words_and_its_minutes_are_kept(ask, ada, mia, run_jobs, mailbox):
    answered = answers.answer(ada.user, ask_id=ask.id, reply="Decide by what each did.", minutes=12)
    assert (answered.status, answered.answer_minutes) == (ANSWERED, 12)
    assert subjects(mia)[-1] == "Ada has answered"
    run_jobs()
    assert "Decide by what each did." in str(mailbox[-1])


def test_a_no_is_told_in_the_coachs_own_sentence(ask, ada, mia, run_jobs, mailbox):
    declined = answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="Not before May.")
    assert (declined.status, declined.decline_reason, declined.reply) == (DECLINED, "no_time", "Not before May.")
    run_jobs()
    assert "Not before May." in str(mailbox[-1])


def test_only_its_coach_answers_and_only_who_asked_withdraws(ask, ada, mia, alma):
    other = an_offering(a_coach("beth")).coach.user
    for stranger in (mia, other, alma, a_person("Noor")):
        with pytest.raises(NotFound):
            answers.answer(stranger, ask_id=ask.id, reply="No.", minutes=1)
        with pytest.raises(NotFound):
            answers.decline(stranger, ask_id=ask.id, reason="no_time", reply="No.")
    for stranger in (ada.user, other, alma):
        with pytest.raises(NotFound):
            sending.withdraw(stranger, ask_id=ask.id)
    for stranger in (other, alma, a_person("Eve")):
        with pytest.raises(NotFound):
            queries.one(stranger, ask.id)
    assert queries.one(ada.user, ask.id).id == queries.one(mia, ask.id).id == ask.id


@pytest.mark.parametrize(
    "change",
    [{"reply": " "}, {"reply": "x" * 10_001}, {"minutes": -1}, {"minutes": 601}],
)
def test_an_answer_says_something_and_takes_a_time_that_may_be(ask, ada, change):
    with pytest.raises(Invalid):
        answers.answer(ada.user, **{"ask_id": ask.id, "reply": "Yes.", "minutes": 5} | change)


def test_what_has_ended_is_not_answered(ask, ada, mia):
    sending.withdraw(mia, ask_id=ask.id)
    sending.withdraw(mia, ask_id=ask.id)
    assert subjects(ada.user)[-1] == "Mia has withdrawn an ask"
    with pytest.raises(answers.AskEnded):
        answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="No.")


def test_silence_is_reminded_of_once_and_then_it_is_over(ask, ada, mia, moment):
    silence.lapse_asks()
    assert len(subjects(ada.user)) == 1
    moment.advance(days=3)
    silence.lapse_asks()
    silence.lapse_asks()
    assert subjects(ada.user)[1:] == ["Mia waits for your answer"]
    moment.advance(days=4)
    assert "asks_end" not in broken()
    moment.advance(minutes=31)
    assert "asks_end" in broken()
    silence.lapse_asks()
    silence.lapse_asks()
    assert queries.one(mia, ask.id).status == "lapsed"
    assert subjects(mia) == ["You asked Ada", "Ada has not answered your ask"]
    assert "asks_end" not in broken()


def test_what_a_coach_says_about_asks_is_checked_and_kept(ada, mia):
    with pytest.raises(Invalid) as refused:
        choices.choose(
            ada.user, **USUAL | {"open_at_most": -1, "least_points": 13, "sentences": {"no_time": "x" * 1001}}
        )
    assert set(refused.value.fields) == {"open_at_most", "least_points", "sentences"}
    with pytest.raises(Invalid):
        choices.choose(ada.user, **USUAL | {"sentences": {"because": "No."}})
    with pytest.raises(NotFound):
        choices.choose(mia, **USUAL)
    for most in (3, 4):
        choices.choose(
            ada.user, **USUAL | {"open_at_most": most, "sentences": {"no_time": " Later. ", "too_small": ""}}
        )
        assert queries.settings_of(ada.id).open_at_most == most
    assert queries.settings_of(ada.id).sentences == {"no_time": "Later."}


def test_pages_of_asks_hold_together(ada, offering):
    people = [a_person(f"P{number}") for number in range(5)]
    sent = [asked(person).id for person in people]
    answers.answer(ada.user, ask_id=sent[1], reply="Yes.", minutes=0)
    first = queries.page_for(ada.user, as_coach=True, limit=3)
    second = queries.page_for(ada.user, as_coach=True, after=first.after, limit=3)
    assert [one.id for one in (*first.asks, *second.asks)] == sent[::-1]
    assert second.after is None
    waiting = queries.page_for(ada.user, as_coach=True, status=OPEN)
    assert [one.id for one in waiting.asks] == [one for one in sent[::-1] if one != sent[1]]
    assert [one.id for one in queries.page_for(people[0], as_coach=False).asks] == [sent[0]]
    assert queries.page_for(people[0], as_coach=True).asks == []


FACTS = {
    "open": {"ended_at": None, "answer_minutes": None, "decline_reason": None},
    "quoted": {"ended_at": None, "answer_minutes": None, "decline_reason": None},
    "answered": {"answer_minutes": 5, "decline_reason": None},
    "declined": {"answer_minutes": None, "decline_reason": "no_time"},
}
ENDED = {"answer_minutes": None, "decline_reason": None}


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_an_ask_moves_as_the_table_says_and_no_other_way(ask, state, to):
    ended = {} if state in WAITING else {"ended_at": ask.sent_at + timedelta(hours=1)}
    values = {"status": state} | FACTS.get(state, ENDED) | ended
    session().execute(update(Ask).where(Ask.id == ask.id).values(**values))
    session().refresh(ask)
    if not STATES.allows(state, to):
        with pytest.raises(TransitionRefused):
            transition(ask, to)
        assert ask.status == state
        return
    transition(ask, to, by=ask.asker_id)
    for name, value in FACTS.get(to, ENDED).items():
        if name != "ended_at":
            setattr(ask, name, value)
    session().flush()
    assert (ask.ended_at is None) is (to in WAITING)


def test_the_database_knows_the_states_and_the_facts_of_each(ask):
    assert states_of_the_database("asks") == set(STATES.states)
    for wrong in ({"status": "answered"}, {"status": "declined"}, {"status": "lapsed"}, {"price_cents": 0}):
        with pytest.raises(IntegrityError), session().begin_nested():
            session().execute(update(Ask).where(Ask.id == ask.id).values(**wrong))


def test_a_brief_is_what_was_written(ask):
    assert vars(ask.brief) == BRIEF
