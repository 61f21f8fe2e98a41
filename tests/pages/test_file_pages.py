"""Pictures and files on pages: uploaded by a plain form, shown where people are, removed again."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.attachments.models import Attachment
from marketplace.bookings.models import Booking
from marketplace.db import session
from marketplace.files.models import StoredFile
from marketplace.files.rules.uploads import Upload
from marketplace.pages.initials import initials, tint
from tests.factories import BRIEF, a_booking, a_person, an_admin
from tests.files import samples

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
PROFILE = "/dashboard/profile"
PICTURE = samples.encoded(samples.halves(700, 700))
PDF = samples.pdf()
NGINX = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@pytest.fixture
def adas(browser_of, ada):
    """Ada's browser."""
    return browser_of(ada.user)


@pytest.fixture
def mias(browser_of, mia):
    """Mia's browser."""
    return browser_of(mia)


@pytest.fixture
def booking(offering, mia, stripe) -> Booking:
    return a_booking(mia, offering, TEN, stripe)


def upload(browser, data=PICTURE, name="me.png"):
    return browser.send_files(f"{PROFILE}/portrait", {"file": [(name, data)]}, seen=PROFILE)


def hold(browser, offering, *files, brief=BRIEF):
    fields = {"starts_at": TEN.isoformat(), "brief": brief, "zone": "UTC"}
    address = f"/book/{offering.id}"
    return browser.send_files(address, {"files": list(files)}, seen=f"{address}?starts_at=2027-03-03T10:00Z", **fields)


def test_a_coach_without_a_picture_is_shown_by_their_initials(adas, offering):
    for address in ("/coaches", "/coaches?soonest=1", "/@ada", PROFILE):
        page = adas.get(address).get_data(as_text=True)
        assert ">A</text>" in page, address
        assert "/pictures/" not in page, address


def test_a_picture_is_shown_wherever_its_coach_is(adas, ada, booking, mias):
    answer = upload(adas)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PROFILE}#portrait")
    for address in ("/coaches", "/coaches?soonest=1", "/@ada", "/sessions", f"/sessions/{booking.id}"):
        assert f"/pictures/{ada.portrait_id}/small.webp" in mias.get(address).text.replace("medium", "small"), address
    assert f"/pictures/{ada.portrait_id}/" in adas.get(PROFILE).text


def test_what_is_no_picture_is_said_at_its_field_and_the_profile_is_there_still(adas, ada):
    refused = upload(adas, b"<svg/>", "me.svg")
    assert refused.status_code == 422
    assert "This is not a JPEG, PNG or WebP picture" in refused.text
    assert ada.headline in refused.text


def test_nothing_chosen_is_said_at_the_field(adas):
    refused = upload(adas, b"", "")
    assert refused.status_code == 422
    assert "Choose a JPEG, PNG or WebP picture." in refused.text


def test_another_picture_does_not_make_the_words_another_version(adas):
    seen = adas.get(PROFILE).text
    upload(adas)
    version = re.search(r'name="version" value="([^"]*)"', seen).group(1)
    assert "portrait" not in version


def test_a_removed_picture_gives_way_to_the_initials(adas, ada):
    upload(adas)
    assert adas.submit(f"{PROFILE}/portrait/remove", seen=PROFILE).status_code == 303
    assert "/pictures/" not in adas.get("/@ada").text


def test_a_mentee_has_no_portrait_to_set(mias):
    assert upload(mias).status_code in {400, 404}
    assert session().scalars(select(StoredFile)).all() == []


def test_files_come_with_a_brief_and_both_open_them(mias, adas, offering):
    answer = hold(mias, offering, ("plan.pdf", PDF), ("../board.JPG", samples.jpeg_with_exif()))
    assert answer.status_code == 302
    address = answer.headers["Location"]
    for browser in (mias, adas):
        links = re.findall(rf'href="({address}/files/[^"]+)" download>([^<]+)<', browser.get(address).text)
        assert [name for _, name in links] == ["plan.pdf", "board.webp"]
        opened = browser.get(links[0][0])
        assert (opened.data, opened.mimetype) == (PDF, "application/pdf")
        assert opened.headers["Content-Disposition"].startswith("attachment;")
    assert "Only you and Ada can open them" in mias.get(address).text
    assert "Only you and Mia can open them" in adas.get(address).text
    assert "Remove" not in adas.get(address).text.partition("Files</h3>")[2].partition("</ul>")[0]


def test_a_file_that_is_refused_holds_nothing_and_loses_no_word(mias, offering):
    refused = hold(mias, offering, ("plan.pdf", samples.pdf(script="app.alert(1)")))
    assert refused.status_code == 422
    assert "plan.pdf: This PDF holds a script" in refused.text
    assert BRIEF in refused.text
    assert "choose them again" in refused.text
    assert session().query(Booking).count() == 0


def test_six_files_are_too_many(mias, offering):
    refused = hold(mias, offering, *[(f"{pages}.pdf", samples.pdf(pages=pages)) for pages in range(1, 7)])
    assert refused.status_code == 422
    assert "A brief has at most 5 files, and these would be 6." in refused.text


def test_a_visitor_is_told_that_files_come_after_signing_in(client, offering):
    page = client.get(f"/book/{offering.id}?starts_at=2027-03-03T10:00Z").text
    assert 'type="file"' not in page
    assert "then you can attach files, too" in page


def test_files_are_attached_and_removed_on_the_sessions_page(mias, booking):
    address = f"/sessions/{booking.id}"
    assert mias.send_files(f"{address}/files", {"files": [("plan.pdf", PDF)]}, seen=address).status_code == 303
    page = mias.get(address).text
    assert "At most 4 PDFs or pictures" in page
    (remove,) = re.findall(r'action="([^"]+/files/[^"]+/remove)"', page)
    assert mias.submit(remove, seen=address).status_code == 303
    assert session().query(Attachment).count() == 0
    refused = mias.send_files(f"{address}/files", {"files": [("", b"")]}, seen=address)
    assert (refused.status_code, "Choose a PDF" in refused.text) == (422, True)


@pytest.mark.parametrize(("who", "status"), [("a stranger", 404), ("an admin", 404), ("nobody", 302)])
def test_nobody_else_opens_a_file(who, status, mia, booking, browser_of, client):
    (file,) = attachments.attach(mia, booking_id=booking.id, uploads=[Upload("plan.pdf", PDF)])
    theirs = {"a stranger": lambda: browser_of(a_person("Eve")), "an admin": lambda: browser_of(an_admin())}
    browser = theirs[who]() if who in theirs else client
    answer = browser.get(f"/sessions/{booking.id}/files/{file.id}")
    assert (answer.status_code, b"%PDF" in answer.data) == (status, False)
    if who == "an admin":
        assert "plan.pdf" not in browser.get(f"/sessions/{booking.id}").text


def test_a_large_body_is_taken_from_people_who_signed_in_and_at_these_addresses_alone(adas, client):
    two = PICTURE + bytes(2_000_000)
    assert upload(adas, two).status_code == 303
    assert adas.send_files("/account", {"file": [("x", two)]}, seen="/account").status_code == 413
    assert client.send_files(f"{PROFILE}/portrait", {"file": [("me.png", two)]}, seen="/login").status_code == 413


def test_an_admin_sets_the_logo_and_it_stands_on_every_page(browser_of, alma, client):
    desk = browser_of(alma)
    logo = samples.encoded(samples.halves(600, 100, "RGBA"))
    assert desk.send_files("/admin/logo", {"file": [("logo.png", logo)]}, seen="/admin/logo").status_code == 303
    assert re.search(r'<img class="logo"[^>]* alt="Fairhour" width="160" height="27">', client.get("/").text)
    assert desk.submit("/admin/logo/remove", seen="/admin/logo").status_code == 303
    assert '<img class="logo"' not in client.get("/").text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Example", "AE"),
        ("ada", "A"),
        ("Mia van der Berg", "MB"),
        ("élodie Ünal", "ÉÜ"),
        ("山田 太郎", "山"),
        ("أحمد علي", "أ"),
        ("Anne (Annie) Lee", "AL"),
        ("🙂 Bo", "B"),
        ("🙂", "?"),
        ("", "?"),
        ("ß", "ß"),
    ],
)
def test_initials(name, shown):
    assert initials(name) == shown


def test_a_name_has_one_tint():
    assert {tint("Ada Example") for _ in range(3)} == {tint("Ada Example")}


def test_the_proxy_lets_larger_bodies_in_where_the_application_takes_them(app: Flask):
    taken = dict(re.findall(r"location ~ (\S+) \{[^}]*?client_max_body_size (\d+)m;", NGINX.read_text()))
    assert taken
    an_id = "01234567-89ab-7def-8123-456789abcdef"
    for rule in app.url_map.iter_rules():
        most = getattr(app.view_functions[rule.endpoint], "takes_bytes", None)
        address = re.sub(r"<[^>]+>", an_id, rule.rule)
        found = [int(megabytes) for pattern, megabytes in taken.items() if re.search(pattern, address)]
        # Up to a megabyte comes in everywhere.
        larger = most is not None and most > 1024 * 1024 and "POST" in rule.methods
        wanted = [most // (1024 * 1024)] if larger else []
        shared = {other.endpoint for other in app.url_map.iter_rules() if other.rule == rule.rule}
        if not any(getattr(app.view_functions[other], "takes_bytes", None) for other in shared) or wanted:
            assert found == wanted, rule
