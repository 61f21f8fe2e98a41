"""What visitors see is whole in German, too: each page answers, with its plurals."""

import pytest

from tests.factories import a_coach, an_offering, open_all_week

STARTS = "starts_at=2027-03-03T10:00:00%2B00:00"


@pytest.mark.parametrize("language", ["de", "es", "de-AT"])
def test_each_page_of_a_visitor_answers(client, language):
    offering = an_offering(open_all_week(a_coach()), minutes=30)
    of_offering = f"/@ada/{offering.id}"
    paths = ["/", "/coaches", "/coaches?sort=price", "/coaches?topic=x&language=zu", "/coaches/order", "/@ada"]
    paths += [of_offering, f"{of_offering}?month=2027-04", f"{of_offering}?place=ber", f"/book/{offering.id}?{STARTS}"]
    paths += [f"/book/{offering.id}/series?{STARTS}"]
    found = {path: client.get(path, headers={"Accept-Language": language}).status_code for path in paths}
    assert set(found.values()) == {200}, found
