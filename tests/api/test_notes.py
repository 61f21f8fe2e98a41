"""Notes through the API: for their author, shared ones for the mentee, none for others."""

from datetime import UTC, datetime

import pytest

from tests.factories import a_booking, a_person, an_admin, an_offering

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def path(ada, mia, stripe):
    return f"/bookings/{a_booking(mia, an_offering(ada), TEN, stripe).id}/notes"


def test_a_note_is_written_read_changed_and_destroyed(ada, mia, path, api):
    own, mias = api(ada.user), api(mia)
    written = own.post(path, {"text": "Ask about the team."})
    assert written.status_code == 201
    note = written.json
    assert (note["text"], note["shared"], note["mine"], note["author"]) == ("Ask about the team.", False, True, "Ada")
    assert own.get(path).json["items"] == [note]
    assert mias.get(path).json["items"] == []
    assert own.patch(f"/notes/{note['id']}", {"shared": True}).json["text"] == "Ask about the team."
    assert [(n["text"], n["mine"]) for n in mias.get(path).json["items"]] == [("Ask about the team.", False)]
    assert own.delete(f"/notes/{note['id']}").status_code == 204
    assert mias.get(path).json["items"] == []
    assert own.delete(f"/notes/{note['id']}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n "}, {"text": "x" * 20_001}, {"text": None}])
def test_a_note_says_something_and_not_too_much(body, ada, path, api):
    answer = api(ada.user).post(path, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["text"])


@pytest.mark.parametrize(
    ("who", "read", "write", "change"),
    [
        ("the mentee", 200, 403, 404),
        ("a stranger", 404, 404, 404),
        ("an admin", 404, 404, 404),
        ("nobody", 401, 401, 401),
    ],
)
def test_everybody_else(who, read, write, change, ada, mia, path, api, anonymous_api):
    note_id = api(ada.user).post(path, {"text": "Private."}).json["id"]
    people = {"the mentee": mia, "a stranger": a_person("Eve"), "an admin": an_admin()}
    theirs = api(people[who]) if who in people else anonymous_api
    answers = [
        theirs.get(path),
        theirs.post(path, {"text": "Mine"}),
        theirs.patch(f"/notes/{note_id}", {"text": "Mine"}),
        theirs.delete(f"/notes/{note_id}"),
    ]
    assert [answer.status_code for answer in answers] == [read, write, change, change]
    assert not any("Private." in answer.get_data(as_text=True) for answer in answers)
