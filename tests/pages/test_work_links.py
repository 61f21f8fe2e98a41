"""Links to a coach's work: typed on the profile, shown on the rate card, sent by the API."""

import re

from marketplace.coaches.work_links.rules import typed

LINKS = [{"name": "My book", "url": "https://example.org/book"}]


def test_links_are_typed_shown_and_told_to_search_engines(ada, browser_of, client, anonymous_api):
    browser = browser_of(ada.user)
    page = "/dashboard/profile"
    form = dict(
        re.findall(r'name="(handle|headline|topics|languages|currency)"[^>]*value="([^"]+)"', browser.get(page).text)
    )
    form |= {"about": ada.about, "kinds": ada.kinds, "timezone": ada.timezone, "currency": ada.currency}
    refused = browser.submit(page, form | {"links": "My book http://example.org/book"})
    assert refused.status_code == 422
    assert "Link 1 needs an address like https://example.org/page." in refused.text
    assert "My book http://example.org/book" in refused.text
    assert browser.submit(page, form | {"links": typed(LINKS)}).status_code in {302, 303}
    card = client.get(f"/@{ada.handle}").text
    assert '<a href="https://example.org/book" rel="me noopener nofollow">My book</a>' in card
    assert '"sameAs": ["https://example.org/book"]' in card
    assert anonymous_api.get(f"/coaches/{ada.handle}").json["coach"]["links"] == LINKS


def test_links_are_changed_by_the_api_and_named_where_they_are_wrong(ada, api):
    coachs = api(ada.user)
    own = coachs.call("PATCH", "/coach", {"links": LINKS}, If_Match="*")
    assert own.json["links"] == LINKS
    refused = coachs.call("PATCH", "/coach", {"links": [{"name": "x", "url": "http://example.org"}]}, If_Match="*")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["links"])
    assert coachs.call("PATCH", "/coach", {"headline": "Another"}, If_Match="*").json["links"] == LINKS
