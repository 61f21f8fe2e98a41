"""Commands: add a passkey, remove it, use it, and ask for it after the password."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.notices import service as notices
from marketplace.accounts.passkeys import queries, rules
from marketplace.accounts.passkeys.models import Passkey, UsedChallenge
from marketplace.accounts.rules import digest
from marketplace.audit import service as audit
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l


class PasskeyRefused(Conflict):
    """This passkey does not sign you in here. Use another, or your password."""


class PasskeyKnown(Conflict):
    """This passkey is registered already."""


class LastFactor(Conflict):
    """This is your last second factor, and admins need one. Set up another first, then remove this."""


@transactional
def add_passkey(
    user: User,
    *,
    name: str,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    transports: Sequence[str],
    challenge: bytes,
) -> Passkey:
    """Keep a passkey that a person's authenticator has just made for this challenge.

    Raises Invalid with the field where the name is taken or there are too many, PasskeyKnown for one that anybody has.
    """
    _lock(user)
    _use_up(challenge)
    if queries.count_passkeys(user.id) >= rules.MOST:
        raise Invalid(name=_("You have %(most)s passkeys. Remove one that you do not use.", most=rules.MOST))
    added = Passkey(
        id=uuid7(),
        user_id=user.id,
        name=name,
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        transports=list(transports),
        created_at=clock.now(),
    )
    taken = Invalid(name=_("You have a passkey of this name. Choose another."))
    with refusing("passkeys_credential_id_key", PasskeyKnown), refusing("passkeys_one_name_once", taken):
        session().add(added)
        session().flush()
    audit.record(user.id, "passkey.added", user.id, passkey=str(added.id), name=name)
    notices.tell(user, _l("A passkey was added"), _l("The passkey “%(name)s” was added for signing in.", name=name))
    return added


@transactional
def remove_passkey(user: User, *, passkey_id: uuid.UUID, enforced: bool) -> str:
    """Remove a passkey at once; its name. Raises LastFactor where admins need one (`enforced`) and it is the last."""
    _lock(user)
    found = session().scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user.id))
    if found is None:
        raise NotFound
    left = queries.count_passkeys(user.id) - 1 + bool(user.tf_totp_secret)
    _keep_last_factor(user, left=left, enforced=enforced)
    session().delete(found)
    if left == 0:
        user.passkey_after_password = False
    audit.record(user.id, "passkey.removed", user.id, passkey=str(found.id), name=found.name)
    notices.tell(
        user, _l("A passkey was removed"), _l("The passkey “%(name)s” signs you in no longer.", name=found.name)
    )
    return found.name


@transactional
def let_authenticator_go(user: User, *, enforced: bool) -> None:
    """Lock a person's factors until the authenticator is removed; raises LastFactor where it may not be."""
    _lock(user)
    _keep_last_factor(user, left=queries.count_passkeys(user.id), enforced=enforced)


@transactional
def ask_after_password(user: User, *, wanted: bool) -> None:
    """Have a password alone open nothing while there is a passkey, or have it open the account again."""
    _lock(user)
    if wanted and not queries.has_passkey(user.id):
        raise NotFound
    if user.passkey_after_password == wanted:
        return
    user.passkey_after_password = wanted
    said = (
        _l("Signing in by password now asks for a passkey too.")
        if wanted
        else _l("A password alone signs you in again.")
    )
    audit.record(user.id, "passkey.asked_after_password" if wanted else "passkey.not_asked_after_password", user.id)
    notices.tell(user, _l("How you sign in was changed"), said)


@transactional
def use_passkey(passkey: Passkey, *, sign_count: int, challenge: bytes) -> bool:
    """Take a right answer, once; False where its counter says that the passkey may have been copied, which is told."""
    _use_up(challenge)
    # Web Authentication Level 3, 7.2 step 22; a counter that is zero both times is none.
    counts = Passkey.sign_count < sign_count if sign_count else Passkey.sign_count == 0
    used = (
        update(Passkey)
        .where(Passkey.id == passkey.id, counts)
        .values(sign_count=sign_count, last_used_at=clock.now())
        .returning(Passkey.id)
    )
    if session().scalar(used) is not None:
        return True
    audit.record(None, "passkey.copied", passkey.user_id, passkey=str(passkey.id), name=passkey.name)
    sentence = _l(
        "Somebody used the passkey “%(name)s” with a counter that goes back, which a copy of it would. "
        "It was refused. If it happens again, remove that passkey and add a new one.",
        name=passkey.name,
    )
    notices.tell(passkey.user, _l("A passkey was refused"), sentence)
    return False


def _use_up(challenge: bytes) -> None:
    """Have a challenge answered once; raises PasskeyRefused the second time. Those that are too old are forgotten."""
    now: datetime = clock.now()
    session().execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now))
    expires_at = now + rules.CHALLENGE_GOOD_FOR * 2
    used = insert(UsedChallenge).values(digest=digest(challenge.hex()), expires_at=expires_at)
    if session().scalar(used.on_conflict_do_nothing().returning(UsedChallenge.digest)) is None:
        raise PasskeyRefused


def _lock(user: User) -> None:
    """Two removals at once leave an admin a factor: one waits for the other."""
    session().get_one(User, user.id, with_for_update=True, populate_existing=True)


def _keep_last_factor(user: User, *, left: int, enforced: bool) -> None:
    if not rules.may_lose_factor(left=left, admin=user.has_role("admin"), enforced=enforced):
        raise LastFactor
