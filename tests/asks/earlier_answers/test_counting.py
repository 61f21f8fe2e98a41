"""An earlier answer counts once for a person, and for nobody whose address is not confirmed."""

import re

import pytest
from sqlalchemy import func, select, text

from marketplace.asks.earlier_answers import queries, service
from marketplace.asks.earlier_answers.models import Deflection
from marketplace.asks.earlier_answers.rules import Source
from marketplace.asks.models import Ask, AskDraft
from marketplace.asks.service import drafts, sending
from marketplace.coaches.shelf import service as shelf
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from tests.asks.conftest import BRIEF
from tests.asks.earlier_answers.conftest import NIA, ON_SHELF, TYPED
from tests.factories import a_coach, a_person


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def begun(email=NIA["email"]):
    return drafts.begin(handle="ada", locale="en", fields=BRIEF, **NIA | {"email": email}).id


def code(email=NIA["email"]):
    said = session().scalars(select(Message.text).where(Message.recipient == email).order_by(Message.id)).all()[-1]
    return re.search(r"^\s*(\d{6})\s*$", said, re.MULTILINE).group(1)


@pytest.fixture
def source(item):
    return Source("shelf", item.id)


def test_it_counts_once_for_a_person(ada, mia, published, item, source):
    assert service.count(mia, handle="ada", source=source)
    assert not service.count(mia, handle="ada", source=source)
    assert service.count(mia, handle="ada", source=Source("answer", published.id))
    assert service.count(a_person("Lea"), handle="ada", source=source)
    session().expire_all()
    assert (item.helped, published.helped, queries.count_helped(ada.id)) == (2, 1, 3)


def test_a_changed_address_does_not_count_again(mia, item, source):
    service.count(mia, handle="ada", source=source)
    mia.email = "mia.new@example.com"
    assert not service.count(mia, handle="ada", source=source)


def test_coaches_do_not_count_their_own_and_nobody_what_is_not_there(ada, mia, item, source):
    with pytest.raises(sending.OwnAsk):
        service.count(ada.user, handle="ada", source=source)
    a_coach("eve")
    with pytest.raises(NotFound):
        service.count(mia, handle="eve", source=source)
    shelf.take_off(ada.user, item_id=item.id)
    with pytest.raises(NotFound):
        service.count(mia, handle="ada", source=source)


def test_a_stranger_counts_with_the_code_alone_and_nothing_is_left_of_the_draft(ada, item, source):
    draft_id = begun()
    with pytest.raises(service.NotSaidYet):
        service.confirm(draft_id, code=code())
    service.end_draft(draft_id, source=source)
    with pytest.raises(Invalid):
        service.confirm(draft_id, code="abc")
    assert queries.count_helped(ada.id) == 0
    with pytest.raises(drafts.AnsweredBefore):
        drafts.confirm(draft_id, code=code())
    assert service.confirm(draft_id, code=code())
    assert queries.count_helped(ada.id) == 1
    assert session().scalar(select(func.count()).select_from(AskDraft)) == 0
    with pytest.raises(NotFound):
        service.confirm(draft_id, code=code())
    again = begun()
    service.end_draft(again, source=source)
    assert not service.confirm(again, code=code())


def test_an_address_counts_once_whether_it_is_signed_in_or_not(ada, mia, item, source):
    service.count(mia, handle="ada", source=source)
    draft_id = begun(mia.email)
    service.end_draft(draft_id, source=source)
    assert not service.confirm(draft_id, code=code(mia.email))
    mine = begun(ada.user.email)
    service.end_draft(mine, source=source)
    assert not service.confirm(mine, code=code(ada.user.email))
    assert queries.count_helped(ada.id) == 1


def test_no_address_is_kept(ada, item, source):
    draft_id = begun()
    service.end_draft(draft_id, source=source)
    service.confirm(draft_id, code=code())
    (kept,) = session().scalars(select(Deflection))
    assert kept.user_id is None
    assert re.fullmatch(r"[0-9a-f]{64}", kept.address_digest)


def test_who_takes_it_back_asks_after_all(ada, item, source):
    draft_id = begun()
    service.end_draft(draft_id, source=source)
    service.end_draft(draft_id, source=None)
    assert drafts.confirm(draft_id, code=code()).status == "open"
    assert queries.count_helped(ada.id) == 0


def test_on_pages_it_is_shown_once_before_anything_is_sent_and_nothing_typed_is_lost(browser_of, ada, mia, item):
    browser = browser_of(mia)
    step = browser.submit("/@ada/ask", TYPED | {"shown_price": "9000"})
    assert step.status_code == 200
    assert "Ada has answered this before?" in words(step)
    page = step.get_data(as_text=True)
    for kept in (BRIEF["about"], BRIEF["aim"], ON_SHELF["title"], ON_SHELF["url"], 'name="earlier_shown"'):
        assert kept in page
    assert session().scalars(select(Ask)).all() == []
    shown = TYPED | {"shown_price": "9000", "earlier_shown": "yes"}
    assert 'name="earlier_shown"' in browser.submit("/@ada/ask", shown | {"look": "yes"}).get_data(as_text=True)
    assert browser.submit("/@ada/ask", shown).status_code == 303
    assert session().scalars(select(Ask)).one().about == BRIEF["about"]


def test_on_pages_this_answered_it_ends_the_ask_and_the_coach_sees_the_count(browser_of, ada, mia, published, item):
    browser = browser_of(mia)
    for one in (f"answer:{published.id}", f"shelf:{item.id}", f"shelf:{item.id}"):
        done = browser.submit("/@ada/ask/answered", {"source": one}, seen="/@ada/ask", follow_redirects=True)
        assert "Nothing was sent. Ada sees that their answer was enough." in words(done)
    assert browser.submit("/@ada/ask/answered", {"source": ""}, seen="/@ada/ask").status_code == 404
    assert browser.submit("/@ada/ask/answered", {"source": "x"}, seen="/@ada/ask").status_code == 422
    coach = browser_of(ada.user)
    for page in (f"/asks/{published.ask_id}/publication", "/dashboard/shelf"):
        assert "Answered 1 person before they asked" in words(coach.get(page))
    assert "Your answers and your shelf were enough for 2 asks" in words(coach.get("/dashboard/asks"))
    own = coach.submit("/@ada/ask/answered", {"source": f"shelf:{item.id}"}, seen="/@ada/ask")
    assert own.status_code == 403


def test_on_pages_a_stranger_sees_it_beside_the_code(client, ada, published, item):
    place = client.submit("/@ada/ask", TYPED | NIA).location
    page = client.get(place).get_data(as_text=True)
    for shown in (published.title, "<em>did</em>", ON_SHELF["title"]):
        assert shown in page
    ended = client.submit(f"{place}/answered", {"source": f"answer:{published.id}"}, seen=place, follow_redirects=True)
    assert "Nothing was sent" in words(ended)
    assert client.submit(f"{place}/answered", {"source": "x"}, seen=place).status_code == 422
    wrong = client.submit(f"{place}/count", {"code": "abc"}, seen=place)
    assert (wrong.status_code, "This is not the code" in words(wrong)) == (422, True)
    assert client.submit(place, {"code": code()}).status_code == 409
    done = client.submit(f"{place}/count", {"code": code()}, seen=place, follow_redirects=True)
    assert "Ada sees that their answer was enough." in words(done)
    assert session().scalar(text("select helped from published_answers")) == 1
    assert client.get(place).status_code == 404


def test_before_anything_was_chosen_the_code_counts_nothing(client, ada, item):
    place = client.submit("/@ada/ask", TYPED | NIA).location
    early = client.submit(f"{place}/count", {"code": code()}, seen=place)
    assert (early.status_code, "Say first which of them answered it." in words(early)) == (409, True)
    gone = client.submit(f"{place[:-4]}0000/count", {"code": "1"}, seen=place)
    assert gone.status_code == 404


def test_programs_see_the_same_before_they_ask_and_say_so(anonymous_api, api, ada, mia, published, item):
    about = TYPED | {"by_when": "2027-03-20", "minutes": 45, "words_enough": False}
    first, second = anonymous_api.post("/coaches/ada/ask-preview", about).json["earlier_answers"]
    assert first == {
        "source": "answer",
        "id": str(published.id),
        "title": published.title,
        "line": published.question,
        "language": "en",
        "answer": published.answer,
        "url": "",
    }
    assert (second["source"], second["id"], second["url"]) == ("shelf", str(item.id), ON_SHELF["url"])
    said = {"source": "answer", "id": first["id"]}
    assert api(mia).post("/coaches/ada/answered", said).json == {"counted": True}
    assert api(mia).post("/coaches/ada/answered", said).json == {"counted": False}
    assert api(mia).post("/coaches/ada/answered", said | {"source": "shelf"}).status_code == 404
    assert api(mia).post("/coaches/ada/answered", {"source": "x", "id": "y"}).status_code == 422
    assert anonymous_api.post("/coaches/ada/answered", said).status_code == 401


def test_that_an_item_answered_somebody_meanwhile_does_not_refuse_its_coachs_edit(api, ada, mia, item):
    coach, path = api(ada.user), f"/coach/shelf/{item.id}"
    seen = coach.get(path)
    assert api(mia).post("/coaches/ada/answered", {"source": "shelf", "id": str(item.id)}).json == {"counted": True}
    edit = ON_SHELF | {"line": "For who leads the second team."}
    changed = coach.call("PUT", path, edit, If_Match=seen.headers["ETag"])
    assert (changed.status_code, changed.json["helped"], changed.json["line"]) == (200, 1, edit["line"])
    assert coach.call("PUT", path, ON_SHELF, If_Match=seen.headers["ETag"]).status_code == 412
