"""Commands: sign up, confirm the address, say that one did not sign up."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.addresses.service import LinkUsed
from marketplace.accounts.models import User
from marketplace.accounts.revocation.service import revoke_access
from marketplace.audit import service as audit
from marketplace.db import session, transactional, uuid7
from marketplace.jobs import enqueue


@transactional
def sign_up(*, email: str, name: str, timezone: str, password_hash: str, kept: str = "") -> None:
    """Keep a sign-up until its address is confirmed, and have a mail written there.

    `kept` is the key of what the person had asked for, which the link of that mail carries. The sign-up replaces an
    unconfirmed one of the same address: its name, password, links, sessions, tokens and calendar addresses. Where the
    address is confirmed nothing changes. The same statements and one job either way, so that nobody learns from the
    time of the answer who has an account.
    """
    key = uuid7()
    chosen = {"name": name, "timezone": timezone, "password": password_hash, "fs_uniquifier": uuid.uuid4().hex}
    written = (
        insert(User)
        .values(id=key, email=email, created_at=clock.now(), **chosen)
        .on_conflict_do_update(
            index_elements=["email"],
            set_=chosen | {"created_at": clock.now()},
            where=User.confirmed_at.is_(None) & User.active,
        )
        .returning(User.id)
    )
    signed_up = session().scalar(written)
    revoke_access(signed_up or key, actor_id=None)
    enqueue("send_account_mail", email=email, about="sign_up", kept=kept)


@transactional
def confirm_address(user_id: uuid.UUID, *, sign_up_id: str) -> User:
    """Make the account its owner's; raises LinkUsed where a later sign-up has replaced that one."""
    person = _signed_up(user_id, sign_up_id)
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()
        revoke_access(person.id, actor_id=person.id)
        audit.record(person.id, "account.confirmed", person.id)
    return person


@transactional
def account_of_confirmed(*, email: str, name: str, timezone: str, locale: str) -> User:
    """The account of an address that a code has just confirmed: the one that it has, or a new one without a password.

    A sign-up that nobody confirmed is replaced, with whatever password it chose. Whoever has the address chooses one by
    the link of a forgotten password.
    """
    chosen = {
        "name": name,
        "timezone": timezone,
        "locale": locale,
        "password": None,
        "fs_uniquifier": uuid.uuid4().hex,
        "confirmed_at": clock.now(),
    }
    written = (
        insert(User)
        .values(id=uuid7(), email=email, created_at=clock.now(), **chosen)
        .on_conflict_do_update(index_elements=["email"], set_=chosen, where=User.confirmed_at.is_(None) & User.active)
        .returning(User.id)
    )
    made = session().scalar(written)
    person = (
        session().scalars(select(User).where(User.email == email), execution_options={"populate_existing": True}).one()
    )
    if made is not None:
        revoke_access(person.id, actor_id=person.id)
        audit.record(person.id, "account.confirmed", person.id, by="code")
    return person


@transactional
def account_of_invited(*, email: str, name: str, timezone: str, locale: str) -> User:
    """The account of an address to which a coach has something sent: the one that it has, or one without a password.

    Nobody has confirmed the address by this. Whoever has it chooses a password by the link of a forgotten one.
    """
    row = {
        "id": uuid7(),
        "email": email,
        "name": name,
        "timezone": timezone,
        "locale": locale,
        "password": None,
        "fs_uniquifier": uuid.uuid4().hex,
        "created_at": clock.now(),
    }
    session().execute(insert(User).values(row).on_conflict_do_nothing(index_elements=["email"]))
    return (
        session().scalars(select(User).where(User.email == email), execution_options={"populate_existing": True}).one()
    )


@transactional
def disown_sign_up(user_id: uuid.UUID, *, sign_up_id: str) -> None:
    """Whoever reads the mail did not sign up: the password and the links of that sign-up work no more."""
    person = _signed_up(user_id, sign_up_id)
    if person.confirmed_at is not None:
        raise LinkUsed
    person.password, person.fs_uniquifier = None, uuid.uuid4().hex
    revoke_access(person.id, actor_id=person.id)
    audit.record(person.id, "account.disowned", person.id)


def _signed_up(user_id: uuid.UUID, sign_up_id: str) -> User:
    person = session().get_one(User, user_id, with_for_update=True, populate_existing=True)
    if person.fs_uniquifier != sign_up_id:
        raise LinkUsed
    return person
