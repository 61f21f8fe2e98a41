"""What search engines find: the pages that everybody may see, and what stands on them."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.pages import discovery
from tests.factories import a_coach
from tests.pages.test_home import text_of

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(answer) -> list[str]:
    assert answer.mimetype == "application/xml"
    return [found.text or "" for found in ElementTree.fromstring(answer.data).iter(f"{SPACE}loc")]


def path(address: str) -> str:
    assert address.startswith("http://localhost/")
    return address.removeprefix("http://localhost")


def all_pages(client) -> list[str]:
    files = locations(client.get("/sitemap.xml"))
    return [path(page) for file in files for page in locations(client.get(path(file)))]


def test_the_list_of_pages_leads_to_every_public_coach(client, ada):
    pages = all_pages(client)
    assert f"/@{ada.handle}" in pages
    assert {"/", "/coaches", "/help"} <= set(pages)
    assert all(client.get(page).status_code == 200 for page in pages)


def test_who_is_not_approved_or_not_active_is_in_no_list(client, ada):
    ada.status = "suspended"
    session().flush()
    assert f"/@{ada.handle}" not in all_pages(client)


def test_more_coaches_than_a_file_holds_are_in_several(client, ada, monkeypatch):
    other = a_coach("bea")
    monkeypatch.setattr(discovery, "IN_A_FILE", 1)
    files = locations(client.get("/sitemap.xml"))
    assert len(files) == 1 + session().query(Coach).filter_by(status="approved").count()
    pages = [path(page) for file in files for page in locations(client.get(path(file)))]
    assert len(pages) == len(set(pages))
    assert {f"/@{ada.handle}", f"/@{other.handle}"} <= set(pages)


def test_whoever_asks_for_the_list_again_and_again_waits_as_for_a_search(app, client):
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, ratelimit_enabled=True, read_units_per_minute=20)
    try:
        assert [client.get("/sitemap.xml").status_code for _ in range(3)] == [200, 200, 429]
    finally:
        app.extensions["settings"] = before


def test_robots_are_told_the_list_and_what_to_leave_alone(client):
    answer = client.get("/robots.txt")
    assert "Sitemap: http://localhost/sitemap.xml" in text_of(answer)
    assert "Disallow: /admin" in text_of(answer)
    assert "public" in answer.headers["Cache-Control"]


def test_a_coachs_page_says_in_schema_org_what_it_sells(client, ada, offering):
    page = text_of(client.get(f"/@{ada.handle}?utm_source=x"))
    assert f'<link rel="canonical" href="http://localhost/@{ada.handle}">' in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    said = json.loads(found[1])["mainEntity"]
    assert said["name"] == ada.user.name
    offers = {offer["itemOffered"]["name"]: offer for offer in said["makesOffer"]}
    assert offers[offering.title]["price"] == "120.00"
    assert offers[offering.title]["priceCurrency"] == offering.currency.upper()


def test_a_coach_cannot_write_a_script_into_it(client, ada):
    ada.headline = "</script><script>x()</script>"
    session().flush()
    assert "<script>x()" not in text_of(client.get(f"/@{ada.handle}"))


def test_a_page_that_is_not_public_is_not_to_be_found(browser_of, ada):
    ada.status = "applied"
    session().flush()
    page = text_of(browser_of(ada.user).get(f"/@{ada.handle}"))
    assert '<meta name="robots" content="noindex">' in page
    assert "ld+json" not in page
