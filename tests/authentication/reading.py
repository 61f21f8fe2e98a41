"""What a person reads in mails and on pages of signing up and in."""

import re
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.db import session
from tests.doors import PASSWORD

NEW = {"name": "Mia", "email": "mia@example.com", "password": PASSWORD, "timezone": "Europe/Berlin"}


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def words_of(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def the_person(email: str = "mia@example.com") -> User | None:
    return session().scalar(select(User).where(User.email == email))


def link_in(mail: Any) -> str:
    """The first link of a mail, as a path."""
    found = re.search(r"http://localhost(/\S+)", mail.get_body(("plain",)).get_content())
    assert found
    return found.group(1)


def is_signed_in(client: Any) -> bool:
    return bool(client.get("/account").status_code == 200)
