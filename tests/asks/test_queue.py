"""A place in the queue of a coach who is full: kept whole, sent in order of coming, left, or over with a sentence."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.notifications import queue as mails
from marketplace.asks.queue import queries, service
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.rules import STATES
from marketplace.asks.queue.transitions import transition_place
from marketplace.asks.service import answers, choices, sending
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.states import TransitionRefused
from tests.asks.conftest import BRIEF, asked
from tests.factories import a_coach, a_person, an_offering
from tests.invariants.conftest import broken
from tests.transitions import every_pair, states_of_the_database

ONE = {"open_at_most": 1, "per_week": 20, "closed_until": None, "least_points": 6, "sentences": {}}


def subjects(person):
    chosen = select(Message.subject).where(Message.recipient == person.email).order_by(Message.id)
    return list(session().scalars(chosen))


def bodies(person):
    return " ".join(session().scalars(select(Message.text).where(Message.recipient == person.email)))


def join(asker, **changes):
    return service.join(asker, handle="ada", **BRIEF | changes)


@pytest.fixture
def full(ask, ada):
    """Ada takes one ask at a time, and Mia's is there."""
    choices.choose(ada.user, **ONE)
    return ask


@pytest.fixture
def noor(app):
    return a_person("Noor")


def test_what_waits_is_kept_whole_and_unseen_by_the_coach(full, ada, noor):
    place = join(noor)
    assert (place.status, place.price_cents, queries.position_of(place)) == ("waiting", 9000, 1)
    assert place.brief.about == BRIEF["about"]
    assert place.brief.by_when == BRIEF["by_when"]
    assert subjects(noor) == ["You wait in the queue of Ada"]
    assert "Your place is number 1." in bodies(noor)
    assert subjects(ada.user) == ["Mia asks for 45 minutes"]
    with pytest.raises(NotFound):
        queries.one(ada.user, place.id)
    with pytest.raises(NotFound):
        service.leave(ada.user, place_id=place.id)


def test_freed_places_go_to_whoever_waits_longest(full, ada, noor, moment):
    first = join(noor)
    moment.advance(minutes=1)
    second = join(olga := a_person("Olga"))
    assert queries.position_of(second) == 2
    service.advance_queues()
    assert {queries.one(noor, first.id).status, queries.one(olga, second.id).status} == {"waiting"}
    answers.decline(ada.user, ask_id=full.id, reason="no_time", reply="")
    service.advance_queues()
    service.advance_queues()
    sent = queries.one(noor, first.id)
    assert (sent.status, queries.position_of(sent)) == ("sent", None)
    assert asks.one(ada.user, sent.ask_id).brief == sent.brief
    assert queries.position_of(queries.one(olga, second.id)) == 1
    assert subjects(noor)[-1] == "Your ask has gone to Ada"
    assert subjects(ada.user)[-1] == "Noor asks for 45 minutes"
    assert broken() == set()


def test_whoever_asks_while_others_wait_comes_after_them(full, ada, noor):
    join(noor)
    choices.choose(ada.user, **ONE | {"open_at_most": 2})
    assert asks.refusal_of(ada) == "queue"
    with pytest.raises(sending.OthersWait):
        asked(a_person("Olga"))
    after = join(a_person("Olga"))
    assert after.status == "waiting"
    assert session().scalars(select(Ask.asker_id).where(Ask.asker_id == noor.id)).one() == noor.id


def test_where_there_is_room_a_place_is_an_ask_at_once(ada, offering, noor):
    place = join(noor)
    assert (place.status, asks.one(noor, place.ask_id).status) == ("sent", "open")
    assert subjects(noor) == ["Your ask has gone to Ada"]


def test_a_place_is_left_once_and_another_may_be_taken(full, noor):
    place = join(noor)
    with pytest.raises(service.PlaceTakenAlready):
        join(noor)
    assert service.leave(noor, place_id=place.id).status == "left"
    assert service.leave(noor, place_id=place.id).status == "left"
    assert queries.position_of(join(noor)) == 1


@pytest.mark.parametrize("nothing", ["open_at_most", "per_week"])
def test_a_coach_who_takes_none_has_no_queue(ada, offering, noor, nothing):
    choices.choose(ada.user, **ONE | {nothing: 0})
    assert not asks.preview(ada, asked_brief(), zone="UTC").has_queue
    with pytest.raises(sending.AsksClosed):
        join(noor)


def asked_brief():
    return sending.Brief(**BRIEF)


def test_without_anything_to_be_priced_by_there_is_no_queue(full, ada, noor, offering):
    offering.active = False
    session().flush()
    with pytest.raises(sending.AsksClosed):
        join(noor)


def test_a_place_is_refused_to_the_coach_to_whoever_asked_already_at_another_price_and_when_there_are_too_many(
    full, ada, mia, noor, monkeypatch
):
    with pytest.raises(sending.OwnAsk):
        join(ada.user)
    with pytest.raises(sending.AskWaitsAlready):
        join(mia)
    with pytest.raises(sending.AskPriceChanged) as refused:
        join(noor, expected_price_cents=8000)
    assert refused.value.details == {"price_cents": 9000}
    with pytest.raises(Invalid) as lacking:
        join(noor, tried="", not_about="", aim="", why_coach="", by_when=None)
    assert "aim" in lacking.value.fields
    monkeypatch.setattr(service.rules, "MOST_WAITING", 0)
    with pytest.raises(service.QueueFull):
        join(noor)


@pytest.mark.parametrize(
    ("closed_until", "by_when", "may"),
    [
        (None, date(2027, 2, 27), False),
        (date(2027, 3, 20), date(2027, 3, 19), False),
        (date(2027, 3, 20), date(2027, 3, 21), True),
    ],
)
def test_a_day_before_any_place_could_become_free_is_told(full, ada, noor, closed_until, by_when, may):
    choices.choose(ada.user, **ONE | {"closed_until": closed_until, "least_points": 0})
    if may:
        assert join(noor, by_when=by_when).status == "waiting"
        return
    with pytest.raises(Invalid) as refused:
        join(noor, by_when=by_when)
    assert set(refused.value.fields) == {"by_when"}


def test_the_day_until_which_a_coach_is_closed_opens_the_queue(ada, offering, noor, moment):
    choices.choose(ada.user, **ONE | {"closed_until": date(2027, 3, 15)})
    place = join(noor)
    moment.advance(days=13)
    service.advance_queues()
    assert queries.one(noor, place.id).status == "waiting"
    moment.advance(days=1)
    service.advance_queues()
    assert queries.one(noor, place.id).status == "sent"


def test_a_queue_that_never_moves_is_over_with_a_sentence(full, ada, noor, moment):
    place = join(noor, by_when=None)
    moment.advance(days=30)
    assert "queues_move_in_order" not in broken()
    session().execute(update(Ask).values(answer_by=Ask.answer_by + timedelta(days=90)))
    service.advance_queues()
    over = queries.one(noor, place.id)
    assert (over.status, over.lapse_reason) == ("lapsed", "too_long")
    assert subjects(noor)[-1] == "Your place in the queue of Ada is over"
    assert "No place became free in time." in bodies(noor)
    assert f"/asks/queue/{place.id}" in bodies(noor)


def free(ada, full):
    answers.decline(ada.user, ask_id=full.id, reason="no_time", reply="")
    service.advance_queues()


def test_a_price_that_has_risen_is_told_and_one_that_fell_is_taken(full, ada, noor, offering, moment):
    dear, cheap = join(noor), None
    offering.price_cents = 15000
    session().flush()
    moment.advance(minutes=1)
    cheap = join(olga := a_person("Olga"))
    offering.price_cents = 14000
    session().flush()
    free(ada, full)
    assert queries.one(noor, dear.id).lapse_reason == "price"
    assert "The price has risen since it was shown to you." in bodies(noor)
    sent = queries.one(olga, cheap.id)
    assert asks.one(olga, sent.ask_id).price_cents == 10500 < sent.price_cents


def test_an_ask_that_the_coach_would_refuse_now_is_over(full, ada, noor):
    place = join(noor, tried="", not_about="")
    choices.choose(ada.user, **ONE | {"least_points": 12})
    free(ada, full)
    assert queries.one(noor, place.id).lapse_reason == "brief"
    assert session().scalars(select(Ask).where(Ask.asker_id == noor.id)).all() == []


def test_a_coach_without_a_card_or_no_longer_listed_ends_the_queue(full, ada, noor, offering):
    olga = a_person("Olga")
    places = [join(noor)]
    offering.active = False
    session().flush()
    free(ada, full)
    assert queries.one(noor, places[0].id).lapse_reason == "gone"
    offering.active = True
    choices.choose(ada.user, **ONE | {"closed_until": date(2027, 3, 15)})
    place = join(olga)
    session().execute(update(Coach).where(Coach.id == ada.id).values(status="suspended"))
    service.advance_queues()
    assert queries.one(olga, place.id).lapse_reason == "gone"


def test_whoever_is_deactivated_meanwhile_leaves_without_a_mail(full, ada, noor):
    place = join(noor)
    session().execute(update(User).where(User.id == noor.id).values(active=False))
    free(ada, full)
    assert session().get(QueuePlace, place.id).status == "left"
    assert len(subjects(noor)) == 1


def test_a_place_that_ended_meanwhile_is_left_alone(full, ada, noor, monkeypatch):
    """Between the look for what is due and the lock somebody left."""
    place = join(noor)
    service.leave(noor, place_id=place.id)
    monkeypatch.setattr(queries, "to_lapse", lambda: [place.id])
    monkeypatch.setattr(queries, "waiting", lambda coach_id: [place.id])
    monkeypatch.setattr(queries, "coaches_with_a_queue", lambda: [ada.id])
    free(ada, full)
    assert queries.one(noor, place.id).status == "left"


def test_nobody_is_told_twice(full, noor):
    place = join(noor)
    mails.tell_queued(place, position=1)
    assert len(subjects(noor)) == 1


def test_one_sees_ones_own_places_page_by_page(full, ada, noor):
    other = a_coach("bob")
    an_offering(other)
    choices.choose(other.user, **ONE | {"closed_until": date(2027, 3, 5)})
    first = join(noor)
    second = service.join(noor, handle="bob", **BRIEF)
    page = queries.page_of(noor, limit=1)
    assert [place.id for place in page.places] == [second.id]
    assert [place.id for place in queries.page_of(noor, after=page.after).places] == [first.id]
    service.leave(noor, place_id=second.id)
    assert [place.id for place in queries.page_of(noor, status="left").places] == [second.id]


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_a_place_moves_along_the_table(state, to):
    place = QueuePlace(status=state)
    if STATES.allows(state, to):
        return
    with pytest.raises(TransitionRefused):
        transition_place(place, to)


def test_the_database_knows_the_same_states(app):
    assert states_of_the_database("ask_queue_places") == set(STATES.states)


def test_an_invariant_sees_who_was_passed_over(full, ada, noor, moment):
    first = join(noor)
    moment.advance(minutes=1)
    join(olga := a_person("Olga"))
    free(ada, full)
    assert broken() == set()
    came = first.joined_at
    session().execute(
        update(QueuePlace).where(QueuePlace.id == first.id).values(joined_at=QueuePlace.joined_at + timedelta(hours=1))
    )
    session().execute(update(QueuePlace).where(QueuePlace.asker_id == olga.id).values(joined_at=came))
    moment.advance(minutes=31)
    assert "queues_move_in_order" in broken()
