"""What is refused on the pages of asks says why, keeps what was typed, and is nobody else's."""

import pytest

from marketplace.asks.published_answers import service
from marketplace.asks.service import sending
from marketplace.written_answers import queries as written_queries
from tests.asks.invitations.samples import an_invitation
from tests.asks.test_published_answers import answered, published  # noqa: F401  fixtures
from tests.files import samples
from tests.permissions.world import PUBLIC
from tests.written_answers.conftest import delivered, ordered, quote, unpaid  # noqa: F401  fixtures


@pytest.fixture
def coach(ada, browser_of):
    return browser_of(ada.user)


@pytest.fixture
def asker(mia, browser_of):
    return browser_of(mia)


def said(browser, path):
    """What a page says at its top after something was done."""
    return browser.get(path).get_data(as_text=True)


def test_a_publication_goes_its_way_only_in_its_order(answered, coach, asker, ada, mia):  # noqa: F811
    address = f"/asks/{answered.id}/publication"
    early = coach.submit(address, PUBLIC, seen=f"/asks/{answered.id}")
    assert (early.status_code, PUBLIC["answer"] in early.text) == (409, True)
    asker.submit(f"{address}/release", {"version": "x"}, seen=address)
    assert coach.submit(f"{address}/release", {"version": "x"}, seen=address).status_code == 404
    asker.submit(f"{address}/allow", seen=address)
    assert asker.submit(address, PUBLIC, seen=address).status_code == 404
    coach.submit(address, PUBLIC)
    asker.submit(f"{address}/release", {"version": "another"}, seen=address)
    assert PUBLIC["title"] not in asker.get("/@ada/answers").text
    assert coach.submit(f"{address}/withdraw", seen=address).status_code == 303
    assert "Nothing of it is public." in said(coach, address)


def test_an_ask_that_waits_has_nothing_to_allow(ask, asker):
    address = f"/asks/{ask.id}/publication"
    asker.submit(f"{address}/allow", seen=f"/asks/{ask.id}")
    assert str(service.NotAnsweredYet.__doc__).strip() in said(asker, f"/asks/{ask.id}").replace("&#39;", "'")


def test_a_quote_that_ended_orders_nothing(quote, ask, mia, asker):  # noqa: F811
    sending.withdraw(mia, ask_id=ask.id)
    assert asker.submit(f"/quotes/{quote.id}/order", seen="/asks").status_code == 303
    assert not written_queries.page_for(mia, as_coach=False)[0]


def test_files_of_an_answer_are_added_read_and_removed_by_its_coach(ordered, coach, asker):  # noqa: F811
    page = f"/written-answers/{ordered.id}"
    nothing = coach.send_files(f"{page}/files", {}, seen=page)
    assert (nothing.status_code, "Choose a PDF" in nothing.text) == (422, True)
    added = coach.send_files(f"{page}/files", {"files": [("plan.pdf", samples.pdf())]}, seen=page)
    assert added.status_code == 303
    (kept,) = written_queries.files_of(ordered.id)
    assert coach.get(f"{page}/files/{kept.id}").data[:4] == b"%PDF"
    assert asker.get(f"{page}/files/{kept.id}").status_code == 404
    assert asker.submit(f"{page}/files/{kept.id}/remove", seen=page).status_code == 404
    coach.submit(f"{page}/files/{kept.id}/remove", seen=page)
    assert not written_queries.files_of(ordered.id)


def test_what_is_paid_for_is_not_paid_again_and_what_was_sent_not_sent_again(delivered, coach, asker):  # noqa: F811
    page = f"/written-answers/{delivered.id}"
    assert asker.submit(f"{page}/pay", seen=page).status_code == 303
    assert coach.submit(f"{page}/deliver", {"answer": "Another."}, seen=page).status_code == 303
    assert "Another." not in asker.get(page).text
    assert coach.submit(f"{page}/follow-up", {"question": "Mine?"}, seen=page).status_code == 404


def test_an_invitation_is_read_quoted_and_declined_on_its_pages(offering, coach, asker):
    listed = "/dashboard/invitations"
    broken = coach.submit(listed, {"text": "no calendar"})
    assert (broken.status_code, "no calendar" in broken.text) == (422, True)
    assert coach.get(f"{listed}?status=lost").status_code == 404
    text = an_invitation().decode()
    page = coach.submit(listed, {"text": text}).location
    again = coach.submit(listed, {"text": text})
    assert again.location == page
    dear = coach.submit(f"{page}/quote", {"price": "0.01", "note": "With slides."}, seen=page)
    assert (dear.status_code, "With slides." in dear.text) == (422, True)
    assert asker.submit(f"{page}/quote", {"price": ""}, seen="/").status_code == 404
    coach.submit(f"{page}/quote", {"price": "500", "hold_time": "yes"}, seen=page)
    assert "500.00" in coach.get(page).text
    coach.submit(f"{page}/decline", {"reply": "Not without pay.", "quietly": "yes"}, seen=page)
    coach.submit(f"{page}/quote", {"price": ""}, seen=page)
    assert "Not without pay." in coach.get(page).text
    assert coach.get(f"{listed}?status=all").status_code == 200
