"""Whether an address has an account shows in no answer, nor in the work that an answer takes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from passlib.handlers.argon2 import _argon2_cffi
from sqlalchemy import event, select

from marketplace.audit.models import AuditEntry
from marketplace.db import db, session
from tests.authentication.reading import NEW, text_of
from tests.doors import PASSWORD
from tests.factories import a_person
from tests.queue import waiting

EVERYBODY = ["known@example.com", "waiting@example.com", "gone@example.com", "nobody@example.com"]


@dataclass
class Work:
    """What an answer takes: passwords hashed or verified, statements, jobs."""

    hashes: int = 0
    statements: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    done, before, low = Work(), waiting(), _argon2_cffi.low_level

    def counting(real: Callable[..., Any]) -> Callable[..., Any]:
        def one(*args: Any, **kwargs: Any) -> Any:
            done.hashes += 1
            return real(*args, **kwargs)

        return one

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done.statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        for name in ("hash_secret", "hash_secret_raw", "verify_secret"):
            patched.setattr(low, name, counting(getattr(low, name)))
        yield done
    event.remove(db.engine, "before_cursor_execute", note)
    done.jobs = waiting()[len(before) :]


@pytest.fixture
def people() -> None:
    a_person(email="known@example.com")
    a_person(email="waiting@example.com", confirmed=False)
    a_person(email="gone@example.com", active=False)


FORMS: list[tuple[str, dict[str, str], int, list[str]]] = [
    ("/login", {"password": "not the right one"}, 1, []),
    ("/reset", {}, 0, ["send_account_mail"]),
    ("/confirm", {}, 0, ["send_account_mail"]),
    ("/register", NEW, 1, ["send_account_mail"]),
]


@pytest.mark.parametrize(("path", "form", "hashes", "jobs"), FORMS)
def test_the_work_of_an_answer_does_not_tell_who_has_an_account(app, people, monkeypatch, path, form, hashes, jobs):
    seen = []
    for email in EVERYBODY:
        client = app.test_client()
        client.get(path)
        with counted(monkeypatch) as done:
            page = text_of(client.submit(path, form | {"email": email}, follow_redirects=True))
        assert (done.hashes, done.jobs) == (hashes, jobs), email
        shown = re.sub(r'value="[^"]{40,}"', "", page.replace(email, "X"))
        seen.append(([statement.split()[0] for statement in done.statements], shown))
    assert [each for each in seen if each != seen[0]] == []


def test_the_work_of_asking_for_another_address_does_not_tell_whose_it_is(client, people, monkeypatch):
    client.sign_in(a_person())
    seen = []
    for email in EVERYBODY:
        client.get("/change-email")
        with counted(monkeypatch) as done:
            client.submit("/change-email", {"email": email})
        assert done.jobs == ["send_address_mail"]
        seen.append(len(done.statements))
    assert len(set(seen)) == 1


def test_a_refused_sign_in_is_on_record_without_what_was_typed(client, people):
    for email in ("known@example.com", "nobody@example.com"):
        client.submit("/login", {"email": email, "password": "not the right one"})
    known, unknown = session().scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (known.action, unknown.action) == ("sign_in.failed", "sign_in.failed")
    assert known.details == unknown.details == {"place": "place:127.0.0.1"}
    assert unknown.subject_id == "nobody"


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("gone@example.com", "This account is deactivated"), ("waiting@example.com", "Confirm your address first")],
)
def test_who_knows_the_password_is_told_why_it_does_not_help(client, people, email, sentence):
    assert sentence in text_of(client.submit("/login", {"email": email, "password": PASSWORD}))
    assert sentence not in text_of(client.submit("/login", {"email": email, "password": "not the right one"}))
