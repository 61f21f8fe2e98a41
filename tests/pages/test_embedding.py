"""A rate card on other sites: pictures, a card in a frame, oEmbed, texts to paste."""

import io
import re
from html import unescape
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from PIL import Image

from marketplace.db import session
from marketplace.documents.rate_cards import LONGEST_TITLE, RateCard, RateCardRow, picture, reads_right_to_left
from tests.factories import a_coach, an_offering
from tests.pages.reading import read
from tests.pages.test_home import text_of


@pytest.fixture
def browser(ada, browser_of):
    return browser_of(ada.user)


ADDRESS = "http://localhost/@ada"


def oembed(client, url=ADDRESS, **more):
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return client.get(f"/oembed?url={quote(url, safe='')}{asked}")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_rate_card_is_a_picture_that_any_cache_keeps_light_and_dark(client, ada, offering, kind):
    light = client.get(f"/@ada/card.{kind}")
    dark = client.get(f"/@ada/card.{kind}?theme=dark")
    assert light.mimetype == {"svg": "image/svg+xml", "png": "image/png"}[kind]
    assert light.data != dark.data
    assert light.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in light.headers
    again = client.get(f"/@ada/card.{kind}", headers={"If-None-Match": light.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    offering.price_cents += 100
    session().flush()
    assert client.get(f"/@ada/card.{kind}", headers={"If-None-Match": light.headers["ETag"]}).status_code == 200


def test_the_picture_has_the_language_of_its_address_and_never_of_the_browser(client, ada, offering):
    usual = client.get("/@ada/card.svg")
    assert client.get("/@ada/card.svg", headers={"Accept-Language": "de"}).data == usual.data
    assert client.get("/@ada/card.svg?lang=de").headers["Content-Language"] == "de"
    assert client.get("/@ada/card.svg?lang=xx").status_code == 422
    assert client.get("/@ada/card.svg?theme=pink").status_code == 422


def test_no_name_however_long_and_from_whichever_side_it_is_read_breaks_the_picture():
    rows = tuple(
        RateCardRow(title, "60 minutes", "120.00 USD") for title in ("W" * 200, "جلسة إرشاد مدتها ساعة", "שיחה")
    )
    card = RateCard(
        name="עדה " * 40, headline="x" * 500, rows=rows, more="", address="a.example/@a", site="S", language="en"
    )
    image = Image.open(io.BytesIO(picture(card, "light", "png")))
    assert image.width == 1200
    assert image.height < 2 * image.width
    assert len(picture(card, "dark", "svg")) < 400_000
    assert len("W" * 200) > LONGEST_TITLE


@pytest.mark.parametrize(
    ("words", "right_to_left"),
    [("Ada", False), ("עדה", True), ("جلسة", True), ("1. جلسة", True), ("C++ עם", False), ("", False), ("123", False)],
)
def test_a_text_begins_where_its_first_letter_begins(words, right_to_left):
    assert reads_right_to_left(words) is right_to_left


def test_markup_in_a_name_is_drawn_as_it_was_typed(client, ada, offering):
    ada.user.name = "#panic() $x$ <script>"
    session().flush()
    assert client.get("/@ada/card.svg").status_code == 200
    assert "<script>" not in text_of(client.get("/@ada/card"))


def test_the_card_alone_may_be_framed_and_has_no_script(client, ada, offering):
    card = client.get("/@ada/card?lang=de&theme=dark")
    policy = card.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    page = text_of(card)
    assert "<script" not in page
    assert "<form" not in page
    assert 'data-bs-theme="dark"' in page
    assert 'lang="de"' in page
    assert "120.00" in page or "120,00" in page
    assert "Set-Cookie" not in card.headers
    for other in ("/@ada", "/", "/@ada/ask", "/@ada/nothing", "/oembed", "/@nobody/card"):
        assert "frame-ancestors 'none'" in client.get(other).headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["card", "card.svg", "card.png"])
def test_who_is_not_approved_has_no_card(client, browser_of, path):
    coach = a_coach("new", status="applied")
    an_offering(coach)
    assert client.get(f"/@new/{path}").status_code == 404
    assert browser_of(coach.user).get(f"/@new/{path}").status_code == 404


def test_a_coachs_page_says_where_its_oembed_is_and_that_frames_the_card(client, ada, offering):
    page = text_of(client.get("/@ada"))
    links = re.findall(r'<link rel="alternate" type="(\S+?\+oembed)" title="[^"]*" href="([^"]+)">', page)
    assert [kind for kind, _ in links] == ["application/json+oembed", "text/xml+oembed"]
    answers = [client.get(unescape(address).removeprefix("http://localhost")) for _, address in links]
    said = answers[0].get_json()
    assert (said["version"], said["type"], said["author_url"]) == ("1.0", "rich", ADDRESS)
    assert f'<iframe src="{ADDRESS}/card"' in said["html"]
    assert client.get("/@ada/card").status_code == 200
    in_xml = {part.tag: part.text for part in ElementTree.fromstring(answers[1].data)}
    assert in_xml == {name: str(value) for name, value in said.items()}
    assert answers[0].headers["Cache-Control"] == "public, max-age=3600"


def test_a_frame_is_never_wider_or_higher_than_asked_and_too_small_it_is_a_link(client, ada, offering):
    said = oembed(client, maxwidth=300, maxheight=150).get_json()
    assert (said["width"], said["height"]) == (300, 150)
    assert 'width="300" height="150"' in said["html"]
    assert oembed(client, maxwidth=9000).get_json()["width"] == 480
    small = oembed(client, maxwidth=50).get_json()
    assert small["type"] == "link"
    assert "html" not in small


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/@ada",
        "http://localhost@elsewhere.example/@ada",
        "javascript:/@ada",
        "//localhost/@ada",
        "http://localhost/@nobody",
        "http://localhost/admin",
        "http://localhost/@ada/button.png",
        "http://[",
        "",
    ],
)
def test_any_other_address_is_nothing_that_is_embedded(client, ada, url):
    answer = oembed(client, url)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ("", 422, "url"),
        ("url=x&maxwidth=0", 422, "maxwidth"),
        ("url=x&maxheight=wide", 422, "maxheight"),
        ("url=x&format=yaml", 501, None),
    ],
)
def test_oembed_says_what_is_wrong_with_a_question(client, query, status, named):
    answer = client.get(f"/oembed?{query}")
    assert answer.status_code == status
    if named:
        assert list(answer.get_json()["errors"]) == [named]


def test_a_coach_finds_everything_to_paste_in_three_languages(browser, client):
    page = browser.get("/dashboard/share").get_data(as_text=True)
    texts = {
        found[0]: unescape(found[1]) for found in re.findall(r'id="([^"]+)" rows="\d+"[^>]*>([^<]*)</textarea>', page)
    }
    pasted = {name for name in texts if name.split("-")[0] in {"mail", "linkedin", "chat"}}
    assert len(pasted) == 9
    assert all("http://localhost/@ada/ask" in texts[name] for name in pasted)
    assert "<iframe" in texts["card-text"]
    assert "/@ada/card.svg" in texts["rates-text"]
    read(browser.get("/dashboard/share"))
    asking = client.get("/@ada/button.png?for=ask&lang=de")
    assert asking.data.startswith(b"\x89PNG")
    assert asking.data != client.get("/@ada/button.png?lang=de").data
