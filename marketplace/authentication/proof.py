"""What a session has shown of its person: a password, when, and a second factor.

It stands in the session's own cookie, signed, and is of one sign-in: a remember-me cookie brings none along.
"""

from typing import Any

from flask import session
from flask_security.signals import user_authenticated

from marketplace import clock
from marketplace.authentication.sessions import CARRIED
from marketplace.authentication.step_up_table import FRESH_FOR

PROOF = "proof"
# How somebody signs in who types the password or uses a passkey; a link in a mail or a cookie does neither.
PROVES = {"password", "webauthn", "change"}
# These show two at once: something that one has, opened by a finger, a face or a PIN.
PROVES_FACTOR = {"webauthn"}


def prove(*, factor: bool = False) -> None:
    """Note that the person has just typed the password or used a passkey, and with `factor` shown a second one."""
    session[PROOF] = {
        "of": session.get(CARRIED),
        "at": int(clock.now().timestamp()),
        "factor": factor or has_shown_factor(),
    }


def prove_factor() -> None:
    """Note that the person has shown a second factor; that renews nothing else."""
    session[PROOF] = {"of": session.get(CARRIED), "at": 0} | _proof() | {"factor": True}


def is_fresh() -> bool:
    """Whether the password was typed or a passkey used within the last half hour. Nothing else renews it."""
    return 0 <= clock.now().timestamp() - _proof().get("at", 0) < FRESH_FOR.total_seconds()


def has_shown_factor() -> bool:
    """Whether this session has shown a second factor since it began."""
    return bool(_proof().get("factor"))


def _proof() -> dict[str, Any]:
    proof = session.get(PROOF)
    return proof if isinstance(proof, dict) and proof.get("of") == session.get(CARRIED) else {}


@user_authenticated.connect
def _signed_in(_app: Any, authn_via: list[str] | None = None, **_: Any) -> None:
    """Signing in shows what it took. Flask-Security names no way where a second factor completed it."""
    session.pop(PROOF, None)
    ways = set(authn_via or ())
    if authn_via is None or PROVES & ways:
        prove(factor=authn_via is None or bool(PROVES_FACTOR & ways))
