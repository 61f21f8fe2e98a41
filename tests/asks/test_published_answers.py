"""Published answers: nothing is public but the text that its asker has released, and the shelf beside it."""

from xml.etree import ElementTree

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.asks.published_answers import queries, rules, service
from marketplace.asks.service import answers
from marketplace.coaches.shelf import queries as shelves
from marketplace.coaches.shelf import service as shelf
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from tests.factories import a_coach, a_person
from tests.permissions.world import ON_SHELF, PUBLIC

ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def answered(ask, ada):
    return answers.answer(ada.user, ask_id=ask.id, reply="Decide by what each did.", minutes=5)


@pytest.fixture
def published(answered, ada, mia):
    service.allow(mia, ask_id=answered.id)
    written = service.prepare(ada.user, ask_id=answered.id, **PUBLIC)
    return service.release(mia, ask_id=answered.id, version=written.version)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Mia asked this.", True),
        ("ask mia!", True),
        ("Write to MIA@example.com.", True),
        ("The Miami office", False),
        ("Two want the same promotion.", False),
    ],
)
def test_a_text_with_name_or_address_of_its_asker_is_recognised(written, names):
    assert rules.names_somebody(written, name="Mia", email="mia@example.com") is names


def test_nothing_is_public_until_the_asker_has_released_exactly_that_text(answered, ada, mia):
    with pytest.raises(service.NotAllowedByAsker):
        service.prepare(ada.user, ask_id=answered.id, **PUBLIC)
    service.allow(mia, ask_id=answered.id)
    written = service.prepare(ada.user, ask_id=answered.id, **PUBLIC)
    seen = written.version
    assert queries.of_coach(ada).answers == []
    service.prepare(ada.user, ask_id=answered.id, **PUBLIC | {"answer": "Buy my book."})
    with pytest.raises(service.PublicTextChanged):
        service.release(mia, ask_id=answered.id, version=seen)
    assert queries.of_coach(ada).answers == []
    service.release(mia, ask_id=answered.id, version=written.version)
    assert [each.answer for each in queries.of_coach(ada).answers] == ["Buy my book."]


def test_a_changed_text_is_not_public_before_its_own_release(published, ada, mia):
    service.prepare(ada.user, ask_id=published.ask_id, **PUBLIC | {"title": "Another"})
    assert queries.of_coach(ada).answers == []
    with pytest.raises(NotFound):
        queries.public(published.id)


def test_the_database_refuses_a_public_text_that_was_not_released(published):
    with pytest.raises(IntegrityError, match="published_answers_released_check"):
        session().execute(text("update published_answers set answer = 'Buy my book.'"))


@pytest.mark.parametrize("who", ["mia", "ada"])
def test_either_takes_it_back_and_only_the_asker_allows_it_anew(published, ada, mia, who):
    service.withdraw({"mia": mia, "ada": ada.user}[who], ask_id=published.ask_id)
    assert queries.of_coach(ada).answers == []
    with pytest.raises(service.NotAllowedByAsker):
        service.prepare(ada.user, ask_id=published.ask_id, **PUBLIC)
    with pytest.raises(NotFound):
        service.allow(ada.user, ask_id=published.ask_id)
    assert service.allow(mia, ask_id=published.ask_id).status == rules.ALLOWED


def test_strangers_and_the_other_side_may_not(published, ada, mia):
    noor = a_person("Noor")
    for command, who in ((service.allow, noor), (service.allow, ada.user), (service.withdraw, noor)):
        with pytest.raises(NotFound):
            command(who, ask_id=published.ask_id)
    with pytest.raises(NotFound):
        service.release(ada.user, ask_id=published.ask_id, version=published.version)
    with pytest.raises(NotFound):
        service.prepare(mia, ask_id=published.ask_id, **PUBLIC)


def test_what_is_not_answered_is_not_published(ask, mia):
    with pytest.raises(service.NotAnsweredYet):
        service.allow(mia, ask_id=ask.id)


def test_names_are_refused_by_field(answered, ada, mia):
    service.allow(mia, ask_id=answered.id)
    with pytest.raises(Invalid) as refusal:
        service.prepare(ada.user, ask_id=answered.id, **PUBLIC | {"question": "Mia asks.", "language": "xx"})
    assert set(refusal.value.fields) == {"question", "language"}


def test_both_are_told(published, ada, mia):
    service.withdraw(mia, ask_id=published.ask_id)
    told = [
        (each.recipient.partition(".")[0].partition("@")[0], each.key.partition(":")[0])
        for each in session().query(Message).order_by(Message.id)
    ]
    assert told[-4:] == [
        ("ada", "publication_allowed"),
        ("mia", "publication_prepared"),
        ("ada", "publication_released"),
        ("ada", "publication_withdrawn"),
    ]


def test_everybody_reads_it_on_its_pages_and_nobody_reads_who_asked(client, published, ada, mia):
    listed = client.get("/@ada/answers").get_data(as_text=True)
    assert PUBLIC["title"] in listed
    page = client.get(f"/@ada/answers/{published.id}").get_data(as_text=True)
    assert '"@type": "QAPage"' in page
    assert PUBLIC["answer"] in page
    assert "Mia" not in page + listed
    assert client.get(f"/@eve/answers/{published.id}").status_code == 404
    assert "1 question answered in public" in client.get("/@ada").get_data(as_text=True)


def test_the_feed_is_atom_and_the_sitemap_knows_each_answer(client, published):
    feed = ElementTree.fromstring(client.get("/@ada/answers.atom").data)
    assert [each.text for each in feed.findall("atom:entry/atom:title", ATOM)] == [PUBLIC["title"]]
    index = client.get("/sitemap.xml").get_data(as_text=True)
    place = f"/sitemap/answers-{published.id}.xml"
    assert place in index
    assert f"/@ada/answers/{published.id}" in client.get(place).get_data(as_text=True)
    assert "Allow: /@*/answers" in client.get("/robots.txt").get_data(as_text=True)


@pytest.mark.parametrize(
    ("searched", "found"), [("promotions", 1), ("promotiom", 1), ("gardening", 0), ("a b c d e f g", None)]
)
def test_answers_are_searched_by_stems_and_misspelt(client, answered, ada, mia, searched, found):
    service.allow(mia, ask_id=answered.id)
    written = service.prepare(ada.user, ask_id=answered.id, **PUBLIC | {"title": "Who gets the promotion?"})
    service.release(mia, ask_id=answered.id, version=written.version)
    page = client.get(f"/@ada/answers?text={searched}")
    assert page.status_code == (422 if found is None else 200)
    if found is not None:
        assert page.get_data(as_text=True).count("Who gets the promotion?") == found


def test_the_asker_releases_on_the_page_what_the_coach_wrote_there(client, answered, ada, mia):
    address = f"/asks/{answered.id}/publication"
    client.sign_in(mia)
    assert "without names" in client.get(address).get_data(as_text=True)
    client.submit(f"{address}/allow", {})
    coach = client.application.test_client()
    coach.sign_in(ada.user)
    refused = coach.submit(address, PUBLIC | {"answer": "Mia should wait."})
    assert (refused.status_code, "Mia should wait." in refused.get_data(as_text=True)) == (422, True)
    coach.submit(address, PUBLIC)
    page = client.get(address).get_data(as_text=True)
    assert PUBLIC["answer"] in page
    client.submit(f"{address}/release", {"version": queries.of_ask(answered.id).version})
    assert PUBLIC["title"] in client.get("/@ada/answers").get_data(as_text=True)


def test_a_shelf_is_kept_in_the_coachs_order(client, ada, mia):
    first, second, third = (shelf.add(ada.user, **ON_SHELF | {"title": name}) for name in ("A", "B", "C"))
    shelf.move(ada.user, item_id=third.id, position=0)
    shelf.take_off(ada.user, item_id=first.id)
    shelf.add(ada.user, **ON_SHELF | {"title": "D"})
    assert [each.title for each in shelves.of_coach(ada.id)] == ["C", "B", "D"]
    assert second.position == 2
    page = client.get("/@ada").get_data(as_text=True)
    assert page.index(">C</a>") < page.index(">B</a>") < page.index(">D</a>")
    with pytest.raises(NotFound):
        shelf.take_off(a_coach("eve").user, item_id=third.id)


def test_the_shelf_refuses_what_is_no_address(client, ada):
    client.sign_in(ada.user)
    refused = client.submit("/dashboard/shelf", ON_SHELF | {"url": "javascript:alert(1)"})
    assert (refused.status_code, ON_SHELF["title"] in refused.get_data(as_text=True)) == (422, True)
    assert client.submit("/dashboard/shelf", ON_SHELF).status_code == 303
    (item,) = shelves.of_coach(ada.id)
    assert client.submit(f"/dashboard/shelf/{item.id}/take-off", {}).status_code == 303
    assert shelves.of_coach(ada.id) == []
