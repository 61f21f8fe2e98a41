"""The authenticator (RFC 6238), and recovery codes for the loss of any second factor.

Admins act as such only in a session that has shown a factor; those who have none are led to set one up.
"""

import hashlib
import uuid
from typing import Any

from flask import Flask, current_app
from flask_security import Totp, UserMixin
from flask_security.signals import tf_disabled, tf_profile_changed
from flask_security.twofactor import tf_disable
from passlib.totp import TOTP, AppWallet, TotpMatch, UsedTokenError
from sqlalchemy import func, update

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.notices import service as notices
from marketplace.accounts.passkeys.service import let_authenticator_go
from marketplace.audit import service as audit
from marketplace.authentication.factors import are_enforced, has_authenticator
from marketplace.authentication.proof import prove_factor
from marketplace.config import Settings
from marketplace.db import session, transactional
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

# Some clocks go wrong by half a minute.
WINDOW_SECONDS = 30


class Authenticators(Totp):
    """Codes by our clock, each good once; what makes them is kept under the keys of NOTES_KEYS, the newest first."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        wallet = AppWallet(secrets=secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)
        # `using` would read it at once, and there is no clock before there is an application.
        self._totp.now = staticmethod(lambda: clock.now().timestamp())

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The step of the last code that was taken."""
        assert isinstance(user, User)
        return user.totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Take a code; of two requests with the same one, one gets it."""
        assert isinstance(user, User)
        if not _take_counter(user.id, tmatch.counter):
            raise UsedTokenError


@transactional
def _take_counter(user_id: uuid.UUID, counter: int) -> bool:
    newer = func.coalesce(User.totp_counter, -1) < counter
    taken = update(User).where(User.id == user_id, newer).values(totp_counter=counter).returning(User.id)
    return session().scalar(taken) is not None


def factor_settings(settings: Settings) -> dict[str, Any]:
    """Flask-Security's configuration of second factors."""
    keys = settings.encryption_keys()
    return {
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_IMPLEMENTATIONS": {
            "code": "flask_security.twofactor.CodeTfPlugin",
            "passkey": "marketplace.authentication.passkey_sign_in.AfterPassword",
        },
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": WINDOW_SECONDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_POST_SETUP_VIEW": "/account/second-factor",
        "TOTP_ISSUER": settings.site_name,
        "TOTP_SECRETS": {f"k{hashlib.sha256(key).hexdigest()[:12]}": key.decode() for key in keys},
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": keys,
    }


@transactional
def is_right_code(person: User, code: str) -> bool:
    """Whether a code is right now: of the person's authenticator, or a recovery code, which is used up by it."""
    security = current_app.extensions["security"]
    typed = code.replace(" ", "")
    by_phone = has_authenticator(person)
    if by_phone and security.totp_factory.verify_totp(typed, person.tf_totp_secret, person, WINDOW_SECONDS):
        return True
    if not security.mf_recovery_codes_util.check_recovery_code(person, typed):
        return False
    security.mf_recovery_codes_util.delete_recovery_code(person, typed)
    _tell(
        person,
        "recovery_code.used",
        _l("A recovery code was used"),
        _l("One of your recovery codes was used just now."),
    )
    return True


@transactional
def remove_authenticator(person: User) -> None:
    """Sign in without its codes from now on; raises LastFactor where an admin needs it."""
    let_authenticator_go(person, enforced=are_enforced())
    if has_authenticator(person):
        tf_disable(person)


@tf_profile_changed.connect
def _set_up(_app: Flask, user: User, **_: Any) -> None:
    prove_factor()
    _tell(user, "factor.set_up", _l("An authenticator was set up"), _l("An authenticator was set up for signing in."))


@tf_disabled.connect
def _removed(_app: Flask, user: User, **_: Any) -> None:
    _tell(user, "factor.removed", _l("Your authenticator was removed"), _l("Signing in no longer asks for a code."))


def note_new_recovery_codes(person: User) -> None:
    """The old ones are good for nothing any more."""
    _tell(person, "recovery_codes.made", _l("New recovery codes were made"), _l("The ones before work no longer."))


@transactional
def _tell(person: User, action: str, subject: LazyText, sentence: LazyText) -> None:
    audit.record(person.id, action, person.id)
    notices.tell(person, subject, sentence)
