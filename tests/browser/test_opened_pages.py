"""Every address that shows a page is opened in Chromium by the tests beside this one, or stands here with a reason."""

import pytest

from tests.browser import every_page
from tests.permissions.probing import routes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LEADS_ON = "it shows nothing and leads to another page"
NOT_OPENED = {
    "/book/<uuid:offering_id>": LEADS_ON,
    "/book/<uuid:offering_id>/series": LEADS_ON,
    "/dashboard/bank/refresh": LEADS_ON,
    "/dashboard/bank/return": LEADS_ON,
    "/dashboard/year": LEADS_ON,
    "/go-on": LEADS_ON,
    "/overruns/<uuid:overrun_id>": LEADS_ON,
    "/signed-in": LEADS_ON,
    "/tf-rescue": "it leads on: nobody gets past a second factor by mail",
    "/tf-select": "it leads on: there is one method only, an authenticator",
    "/grants/<uuid:grant_id>.pdf": "it is a file, of a free session that took place",
    "/pictures/<uuid:picture_id>/<size>.webp": "it is a picture; pages load it",
}


@pytest.fixture
def answered(app, prober, client_of):
    """The kind of what somebody is shown at each rule that the lists open: its Content-Type."""
    adapter = app.url_map.bind("localhost")
    found: dict[str, str] = {}
    for reader in (*every_page.READERS, *every_page.HALF_WAY):
        client = client_of(reader)
        for path in every_page.addresses(app, prober, reader):
            if path == "/nothing-here":
                continue
            rule, _ = adapter.match(path.partition("?")[0], method="GET", return_rule=True)
            if rule.rule not in found:
                answer = client.get(path)
                # Who is asked for the password once more sees a page that says so, with 403.
                if answer.status_code == 200 or rule.rule == "/verify":
                    found[rule.rule] = answer.headers["Content-Type"]
    return found


def test_every_page_is_opened_by_the_browser_or_says_why_not(app, answered):
    shown = {rule.rule for method, rule in routes(app, api=False) if method == "GET"}
    assert sorted(shown - answered.keys()) == sorted(NOT_OPENED)
    # Most are pages; what is not is a file, a feed, or something that pages load.
    assert sum(kind.startswith("text/html") for kind in answered.values()) > len(answered) * 3 / 4
