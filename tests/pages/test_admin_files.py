"""Every list of an admin is a CSV file too."""

import pytest

from tests.factories import a_booking, a_coach
from tests.scenes import TEN

LISTS = {
    "/admin/attendance": "id,booking,mentee",
    "/admin/bookings": "id,title,mentee",
    "/admin/coaches": "name,handle,email",
    "/admin/disputes": "id,stripe_id,what",
    "/admin/events": "id,type,words",
    "/admin/jobs": "id,name,words",
    "/admin/payouts": "id,run,coach",
    "/admin/people": "name,email,roles",
    "/admin/reconciliation": "id,asked_at,since",
    "/admin/record": "at,who,what",
    "/admin/refunds": "id,what,amount",
    "/admin/settings": "name,group,value",
    "/admin/sweeps": "began_at,messages,payments",
}


@pytest.mark.parametrize(("path", "titles"), LISTS.items())
def test_every_list_is_a_file_too(path, titles, alma, browser_of):
    browser = browser_of(alma)
    page = browser.get(path).get_data(as_text=True)
    assert "format=csv" in page or path in {"/admin/bookings"}
    answer = browser.get(f"{path}?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.get_data(as_text=True).startswith(titles)


def test_a_file_has_what_the_list_has(alma, browser_of, mia, offering, stripe):
    a_coach("new", status="applied")
    a_booking(mia, offering, TEN, stripe)
    browser = browser_of(alma)
    assert "new,new." in browser.get("/admin/coaches?format=csv").get_data(as_text=True)
    assert "2027-03-03T10:00:00+00:00" in browser.get("/admin/bookings?format=csv").get_data(as_text=True)


SORTED = {
    "/admin/attendance": ("starts_at", "price", "reported_at", "settled_at"),
    "/admin/attendance?state=settled": ("settled_at",),
    "/admin/coaches": ("name", "applied_at", "decided_at"),
    "/admin/disputes": ("amount", "opened_at", "due_by", "closed_at"),
    "/admin/disputes?state=closed": ("closed_at",),
    "/admin/events": ("type", "received_at"),
    "/admin/reconciliation": ("asked_at", "compared", "differences"),
    "/admin/refunds": ("amount", "intended_at"),
}


@pytest.mark.parametrize(("path", "column"), [(path, column) for path in SORTED for column in SORTED[path]])
def test_a_list_is_sorted_either_way_by_its_columns(path, column, alma, browser_of):
    browser, more = browser_of(alma), "&" if "?" in path else "?"
    for sort in (column, f"-{column}"):
        assert browser.get(f"{path}{more}sort={sort}").status_code == 200
        assert browser.get(f"{path}{more}sort={sort}&format=csv").mimetype == "text/csv"
    assert browser.get(f"{path}{more}sort=nothing").status_code == 422


def test_coaches_are_found_by_their_words_and_stand_by_their_names(alma, browser_of):
    for handle in ("bob", "ann"):
        a_coach(handle, status="applied")
    browser = browser_of(alma)
    lines = browser.get("/admin/coaches?format=csv&sort=-name").get_data(as_text=True).splitlines()[1:]
    assert [line.split(",")[1] for line in lines] == ["bob", "ann"]
    found = browser.get("/admin/coaches?search=ann").get_data(as_text=True)
    assert ("ann" in found, "bob" in found) == (True, False)
    assert "Nobody is called that." in browser.get("/admin/coaches?search=zoe").get_data(as_text=True)
