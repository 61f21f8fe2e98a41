"""Commands: ask to leave, take it back, and take everything away when the time has come."""

import uuid

import structlog
from sqlalchemy import delete, select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.revocation.service import revoke_access
from marketplace.audit import service as audit
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import APPLIED, APPROVED, REJECTED, SUSPENDED
from marketplace.coaches.transitions import transition
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, NotFound
from marketplace.languages import speaking
from marketplace.notifications.models import Message
from marketplace.notifications.rules.messages import WAITING
from marketplace.notifications.service import notify
from marketplace.personal_data import queries
from marketplace.personal_data.models import AccountDeletion
from marketplace.personal_data.rules.reasons import UNDO_WITHIN
from marketplace.personal_data.service.statements import take_away, whose_of

# The last mail to somebody who left: forgotten once it was sent.
FAREWELL = "account-deleted:"

log = structlog.get_logger()


class StillOpen(Conflict):
    """This account cannot be deleted yet."""


class AskedAlready(Conflict):
    """This account is going to be deleted already."""


@transactional
def ask_to_leave(user: User) -> AccountDeletion:
    """Have one's account deleted in `UNDO_DAYS` days; until then it works, and the wish can be taken back.

    Raises StillOpen, naming each reason, and AskedAlready.
    """
    person = _locked(user.id)
    if found := queries.reasons_against(person):
        raise StillOpen(" ".join(reason.sentence for reason in found))
    now = clock.now()
    wish = AccountDeletion(id=uuid7(), user_id=person.id, asked_at=now, due_at=now + UNDO_WITHIN)
    with refusing("account_deletions_one_open_idx", AskedAlready):
        session().add(wish)
    audit.record(person.id, "account.deletion_asked", person.id, due_at=wish.due_at.isoformat())
    with speaking(person.preferences):
        notify(
            person.email,
            template="account_deletion_asked",
            key=f"account-deletion:{wish.id}",
            name=person.name,
            due_at=wish.due_at,
            zone=person.timezone,
            account_url=f"{config.current().public_url}/account/data",
        )
    return wish


@transactional
def stay(user: User) -> None:
    """Take the wish to leave back; NotFound where there is none."""
    wish = queries.open_deletion(user.id, locked=True)
    if wish is None:
        raise NotFound
    wish.withdrawn_at = clock.now()
    audit.record(user.id, "account.deletion_withdrawn", user.id)
    with speaking(user.preferences):
        notify(
            user.email,
            template="account_deletion_withdrawn",
            key=f"account-stays:{wish.id}",
            name=user.name,
        )


def delete_accounts() -> None:
    """Delete every account whose time has come, each by itself; forget the mails that said goodbye."""
    for wish_id in queries.due_deletions():
        delete_account(wish_id)
    _forget_farewells()


@transactional
def delete_account(wish_id: uuid.UUID) -> None:
    """Delete one account if nothing is open of it; else refuse, and say why by mail."""
    wish = queries.locked_deletion(wish_id)
    if wish is None:
        return
    person = _locked(wish.user_id)
    with speaking(person.preferences):
        found = queries.reasons_against(person)
        if found:
            wish.refused_at, wish.refusal = clock.now(), ", ".join(reason.code for reason in found)
            audit.record(None, "account.deletion_refused", person.id, reasons=[reason.code for reason in found])
            notify(
                person.email,
                template="account_deletion_refused",
                key=f"account-not-deleted:{wish.id}",
                name=person.name,
                reasons=[reason.sentence for reason in found],
                account_url=f"{config.current().public_url}/account/data",
            )
            return
        _delete(person, wish)


def _delete(person: User, wish: AccountDeletion) -> None:
    email, name, reader = person.email, person.name, person.preferences
    revoke_access(person.id, actor_id=person.id)
    coach = session().scalar(select(Coach).where(Coach.user_id == person.id).with_for_update(of=Coach))
    if coach is not None and coach.status in {APPLIED, APPROVED}:
        transition(coach, {APPLIED: REJECTED, APPROVED: SUSPENDED}[coach.status], by=person.id)
    wish.made_at = clock.now()
    audit.record(person.id, "account.deleted", person.id)
    session().flush()
    take_away(whose_of(person))
    with speaking(reader):
        notify(email, template="account_deleted", key=f"{FAREWELL}{wish.id}", name=name)
    log.info("account.deleted", user_id=str(person.id))


@transactional
def _forget_farewells() -> None:
    session().execute(delete(Message).where(Message.key.startswith(FAREWELL), Message.status != WAITING))


def _locked(user_id: uuid.UUID) -> User:
    """The person, locked: a hold that is being made refers to the row, so it is waited for, and counted."""
    person = session().get(User, user_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    session().refresh(person, ["roles"])
    return person
