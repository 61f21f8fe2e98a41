"""The files of a brief: their mentee and their coach open them, and nobody else."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from marketplace.bookings import queries
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.attachments.models import Attachment
from marketplace.bookings.cancellations import service as cancellations
from marketplace.db import session
from marketplace.files.models import StoredFile
from marketplace.files.service import keeping
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.files import samples
from tests.files.samples import decoded

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
PDF = samples.pdf()
PICTURE = samples.jpeg_with_exif()


@pytest.fixture
def booking(ada, mia, stripe):
    return a_booking(mia, an_offering(ada), TEN, stripe)


@pytest.fixture
def path(booking):
    return f"/bookings/{booking.id}/attachments"


@pytest.fixture
def mias(api, mia):
    """Mia's client."""
    return api(mia)


@pytest.fixture
def attached(mias, path):
    """A PDF of Mia's."""
    return mias.upload(path, PDF, name="plan.pdf").json["items"][0]


def test_the_two_open_what_the_mentee_attached(ada, mias, path, api):
    answer = mias.upload(path, PDF, name="../My plan\u202e.pdf")
    assert answer.status_code == 201
    (told,) = answer.json["items"]
    assert (told["name"], told["content_type"], told["size_bytes"]) == ("My plan.pdf", "application/pdf", len(PDF))
    for client in (mias, api(ada.user)):
        assert client.get(path).json["items"] == [told]
        opened = client.get(f"{path}/{told['id']}/content")
        assert (opened.status_code, opened.mimetype, opened.data) == (200, "application/pdf", PDF)


def test_a_file_is_saved_and_never_shown_as_a_page(mias, path):
    answer = mias.upload(path, PDF, name='履歴書"; x=y.html')
    opened = mias.get(f"{path}/{answer.json['items'][0]['id']}/content")
    said = opened.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="')
    assert said.isascii()
    assert unquote(said).endswith("''履歴書; x=y.pdf")
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Cache-Control"] == "no-store"
    assert opened.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_written_anew(mias, path):
    (told,) = mias.upload(path, PICTURE, name="whiteboard.JPG").json["items"]
    assert (told["name"], told["content_type"]) == ("whiteboard.webp", "image/webp")
    opened = mias.get(f"{path}/{told['id']}/content").data
    assert samples.SECRET_PLACE not in opened
    assert decoded(opened).size == (400, 300)


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("the coach", {"list": 200, "open": 200, "attach": 403, "remove": 403}),
        ("another mentee of the coach", {"list": 404, "open": 404, "attach": 404, "remove": 404}),
        ("another coach of the mentee", {"list": 404, "open": 404, "attach": 404, "remove": 404}),
        ("a stranger", {"list": 404, "open": 404, "attach": 404, "remove": 404}),
        ("an admin", {"list": 404, "open": 404, "attach": 404, "remove": 404}),
        ("nobody", {"list": 401, "open": 401, "attach": 401, "remove": 401}),
        ("a token that writes alone", {"list": 403, "open": 403}),
        ("a token that reads alone", {"attach": 403, "remove": 403}),
    ],
)
def test_everybody_else(who, statuses, ada, mia, alma, path, attached, api, anonymous_api, stripe):
    def other_mentee():
        eve = a_person("Eve")
        a_booking(eve, an_offering(ada), TEN.replace(hour=14), stripe)
        return api(eve)

    def other_coach():
        bob = open_all_week(a_coach("bob"))
        a_booking(mia, an_offering(bob), TEN.replace(hour=14), stripe)
        return api(bob.user)

    theirs = {
        "the coach": lambda: api(ada.user),
        "another mentee of the coach": other_mentee,
        "another coach of the mentee": other_coach,
        "a stranger": lambda: api(a_person("Sam")),
        "an admin": lambda: api(alma),
        "nobody": lambda: anonymous_api,
        "a token that writes alone": lambda: api(mia, ("write",)),
        "a token that reads alone": lambda: api(mia, ("read",)),
    }[who]()
    one = f"{path}/{attached['id']}"
    tried = {
        "list": lambda: theirs.get(path),
        "open": lambda: theirs.get(f"{one}/content"),
        "attach": lambda: theirs.upload(path, PDF),
        "remove": lambda: theirs.delete(one),
    }
    answers = {name: tried[name]() for name in statuses}
    assert {name: answer.status_code for name, answer in answers.items()} == statuses
    if statuses.get("open") != 200:
        assert not any(b"%PDF" in answer.data for answer in answers.values())
    assert session().get(Attachment, attached["id"]) is not None


def test_a_file_opens_under_its_own_session_alone(ada, mia, mias, attached, api, stripe):
    other = a_booking(mia, an_offering(ada), TEN.replace(hour=14), stripe)
    assert mias.get(f"/bookings/{other.id}/attachments/{attached['id']}/content").status_code == 404


def test_what_is_attached_to_a_brief_is_no_public_picture(mias, path, anonymous_api):
    mias.upload(path, PICTURE)
    (file,) = session().query(StoredFile).all()
    for key in (file.id, file.sha256):
        assert anonymous_api._client.get(f"/pictures/{key}/small.webp").status_code == 404


def test_a_brief_has_five_files_and_the_same_one_once(mias, path):
    for pages in (1, 1, 2, 3, 4, 5):
        last = mias.upload(path, samples.pdf(pages=pages), name=f"{pages}.pdf")
        assert last.status_code == 201
    assert [one["name"] for one in last.json["items"]] == ["1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf"]
    refused = mias.upload(path, samples.pdf(pages=6))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["files"])
    assert mias.delete(f"{path}/{last.json['items'][0]['id']}").status_code == 204
    assert mias.upload(path, samples.pdf(pages=6)).status_code == 201


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (samples.pdf(script="app.alert(1)"), "holds a script"),
        (samples.pdf() + samples.archive(), "not a whole PDF"),
        (b"/*" + samples.pdf() + b"*/alert(1)", "whatever its name says"),
        (samples.PAGE, "whatever its name says"),
        (PDF + b" " * (10 * 1024 * 1024 + 1 - len(PDF)), "larger than 10 MB"),
        (b"", "empty"),
    ],
    ids=["PDF with a script", "PDF and archive", "script and PDF", "page", "a byte too many", "nothing"],
)
def test_what_is_no_file_of_a_brief_is_refused_at_its_field(data, says, mias, path):
    refused = mias.upload(path, data, name="plan.pdf")
    assert refused.status_code == 422
    assert says in refused.json["errors"]["files"][0]
    assert refused.json["errors"]["files"][0].startswith("plan.pdf: ")
    assert mias.get(path).json["items"] == []


def test_nothing_is_attached_to_what_is_over_and_what_is_there_can_be_removed(mia, booking, mias, path, attached):
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12_000)
    assert mias.upload(path, samples.pdf(pages=2)).status_code == 409
    assert mias.delete(f"{path}/{attached['id']}").status_code == 204
    assert mias.get(path).json["items"] == []


def test_files_are_gone_half_a_year_after_the_end(mia, booking, attached, moment):
    attachments.forget_old_attachments()
    assert session().get(Attachment, attached["id"]) is not None
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12_000)
    for days, left in ((179, 1), (2, 0)):
        moment.advance(days=days)
        attachments.forget_old_attachments()
        keeping.sweep_files()
        assert session().query(Attachment).count() == left
        assert session().query(StoredFile).count() == left


def test_what_is_contested_keeps_its_files(mia, booking, attached, moment):
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12_000)
    queries.locked(booking.id).frozen_at = moment.now
    moment.advance(days=400)
    attachments.forget_old_attachments()
    assert session().get(Attachment, attached["id"]) is not None
