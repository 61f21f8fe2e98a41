"""Flask-Security's settings and its sentences, in our words."""

from datetime import timedelta
from typing import Any

from flask_security import uia_email_mapper

from marketplace import clock
from marketplace.authentication.second_factor import factor_settings
from marketplace.config import Settings
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import ngettext

CONFIRM_WITHIN = timedelta(days=2)
RESET_WITHIN = timedelta(hours=2)
CHANGE_ADDRESS_WITHIN = timedelta(hours=2)

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_l("Address and password do not match. Try again, or choose a new password."), "error"),
    "CONFIRM_REGISTRATION": (_l("We have sent a mail to %(email)s. Follow its link, then sign in."), "success"),
    "CONFIRMATION_REQUEST": (
        _l("If %(email)s waits to be confirmed, a mail with a new link is on its way."),
        "success",
    ),
    "CONFIRMATION_EXPIRED": (_l("This link was good for %(within)s. Ask for a new one."), "error"),
    "CONFIRMATION_REQUIRED": (_l("Confirm your address first: follow the link in our mail."), "error"),
    "DISABLED_ACCOUNT": (_l("This account is deactivated. Write to us if you think that is wrong."), "error"),
    "EMAIL_CONFIRMED": (_l("Your address is confirmed, and you are signed in."), "success"),
    "ALREADY_CONFIRMED": (_l("This address is confirmed. You can sign in."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_l("This link does not work. Ask for a new one."), "error"),
    "PASSWORD_RESET_REQUEST": (_l("If %(email)s has an account, a mail with a link is on its way."), "success"),
    "PASSWORD_RESET_EXPIRED": (_l("This link was good for %(within)s. Ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        _l("This link was used, or does not work. If you have just changed your password, sign in; else ask anew."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (_l("Your password is changed. Sign in with the new one."), "success"),
    "PASSWORD_CHANGE": (
        _l("Your password is changed. You were signed out everywhere else; tokens and calendar addresses have ended."),
        "success",
    ),
    "PASSWORD_IS_THE_SAME": (_l("Choose a password that differs from the present one."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Type a password."), "error"),
    "INVALID_PASSWORD": (_l("This is not your present password."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two do not match."), "error"),
    "EMAIL_NOT_PROVIDED": (_l("Type your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("This is not an e-mail address that can receive mail."), "error"),
    "INVALID_REDIRECT": (_l("That address is not ours; we go no further."), "error"),
    "UNAUTHENTICATED": (_l("Sign in to go on."), "info"),
    "REAUTHENTICATION_REQUIRED": (_l("Type your password once more to go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you."), "success"),
    "CHANGE_EMAIL_SENT": (
        _l("If nobody has %(email)s yet, a mail with a link to confirm it is on its way."),
        "success",
    ),
    "CHANGE_EMAIL_CONFIRMED": (_l("Your address is changed. Sign in with the new one."), "success"),
    "CHANGE_EMAIL_EXPIRED": (_l("This link was good for %(within)s. Start again."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (
        _l("This code is not right. Type the one that your authenticator shows now."),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("Your authenticator is set up."), "success"),
    "TWO_FACTOR_DISABLED": (_l("Your authenticator is removed."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("Sign in first."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("Set it up within %(within)s. Start again."), "error"),
    "INVALID_RECOVERY_CODE": (_l("This is not one of your recovery codes, or it was used."), "error"),
    "API_ERROR": (_l("This link does not work, or was used. Start again."), "error"),
}


def spoken(within: timedelta) -> str:
    """How long a link works, in words: '2 days', '2 hours'."""
    if within.days:
        return ngettext("%(num)s day", "%(num)s days", within.days)
    return ngettext("%(num)s hour", "%(num)s hours", within // timedelta(hours=1))


def security_settings(settings: Settings) -> dict[str, Any]:
    """Flask-Security's configuration out of ours."""
    # OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. Tests take the least there is.
    passes, kibibytes = (1, 8) if settings.app_env == "test" else (2, 19_456)
    given = {
        "PASSWORD_SALT": settings.security_password_salt,
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__rounds": passes,
            "argon2__memory_cost": kibibytes,
            "argon2__parallelism": 1,
        },
        # What a link carries is signed: a plain digest tells whether the address is still the same. The slow scheme
        # reads links that were sent before; it makes none.
        "HASHING_SCHEMES": ["hex_sha256", "sha256_crypt"],
        "PASSWORD_CONFIRM_REQUIRED": False,
        "EMAIL_VALIDATOR_ARGS": None if settings.production else {"check_deliverability": False},
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        # The column is citext: it compares without case, by its index.
        "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": False}}],
        "JOIN_USER_ROLES": False,
        "DATETIME_FACTORY": clock.now,
        "RETURN_GENERIC_RESPONSES": True,
        "REGISTERABLE": True,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "TRACKABLE": True,
        "API_ENABLED_METHODS": ["session"],
        # What has to be fresh, `step_up` asks: these views would renew it by a visit.
        "FRESHNESS": timedelta(minutes=-1),
        "CONFIRM_EMAIL_WITHIN": CONFIRM_WITHIN,
        "RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "CHANGE_EMAIL_WITHIN": CHANGE_ADDRESS_WITHIN,
        "POST_REGISTER_VIEW": "security.login",
        "POST_LOGIN_VIEW": "signin.arrive",
        "POST_CHANGE_VIEW": "/account",
        "POST_CHANGE_EMAIL_VIEW": "/account",
    }
    given |= factor_settings(settings)
    words = {f"MSG_{name}": (said.message, kind) for name, (said, kind) in MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in (given | words).items()} | {
        "REMEMBER_COOKIE_DURATION": timedelta(days=30)
    }
