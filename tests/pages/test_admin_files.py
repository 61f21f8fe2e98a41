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
