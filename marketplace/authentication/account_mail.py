"""The mails that let somebody in, written by jobs: whoever asks for one waits alike."""

import uuid
from datetime import timedelta

from flask import current_app
from flask_security import Security
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_data

from marketplace import config
from marketplace.accounts import queries
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.authentication.configuration import CHANGE_ADDRESS_WITHIN, CONFIRM_WITHIN, RESET_WITHIN, spoken
from marketplace.db import transactional
from marketplace.languages import speaking
from marketplace.notifications.service import notify


@transactional
def send_account_mail(email: str, about: str, kept: str = "") -> None:
    """Answer who asked for a mail there about 'sign_up', 'confirmation' or 'reset'; nothing where it makes no sense."""
    person = queries.by_email(email)
    if person is None or not person.active:
        return
    if person.confirmed_at is None:
        _ask_to_confirm(person, "welcome" if about == "sign_up" else "confirmation_instructions", kept)
    elif about == "sign_up":
        audit.record(None, "account.signed_up_again", person.id)
        _mail(person, person.email, "welcome_existing", _reset_link(person), RESET_WITHIN, name=person.name)
    elif about == "reset":
        audit.record(None, "password.reset_asked", person.id)
        _mail(person, person.email, "reset_instructions", _reset_link(person), RESET_WITHIN, name=person.name)


@transactional
def send_address_mail(user_id: str, email: str) -> None:
    """Ask at a new address whether it is to be that person's; nothing where it is somebody's already."""
    person = queries.by_id(uuid.UUID(user_id))
    if person is None or not person.active or queries.by_email(email) is not None:
        return
    token = _security().change_email_serializer.dumps([person.fs_uniquifier, hash_data(person.email), email])
    link = _address(f"change-email/{token}")
    _mail(person, email, "change_email_instructions", link, CHANGE_ADDRESS_WITHIN)


def _ask_to_confirm(person: User, template: str, kept: str) -> None:
    """What is written to an address that nobody confirmed has no word that a stranger may have typed.

    The link carries the key of what was asked for, should the address be confirmed on another device.
    """
    link = _address(f"confirm/{generate_confirmation_token(person)}" + (f"?kept={kept}" if kept else ""))
    _mail(person, person.email, template, link, CONFIRM_WITHIN)


def _mail(person: User, recipient: str, template: str, link: str, within: timedelta, **context: str) -> None:
    """A mail with a link that works for `within`; with no name of theirs where nobody has confirmed the address."""
    with speaking(person.preferences):
        notify(
            recipient,
            template=f"signin/{template}",
            secret=True,
            link_url=link,
            within=spoken(within),
            **context,
        )


def _reset_link(person: User) -> str:
    return _address(f"reset/{generate_reset_password_token(person)}")


def _address(path: str) -> str:
    """On our public address, whatever Host anybody claims."""
    return f"{config.current().public_url.rstrip('/')}/{path}"


def _security() -> Security:
    found: Security = current_app.extensions["security"]
    return found
