"""Flask-Security's mail, through our outbox."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_security import MailUtil
from flask_security.signals import change_email_confirmed

from marketplace import config
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.authentication.configuration import CONFIRM_WITHIN
from marketplace.db import transactional
from marketplace.notifications import service as notifications

SUBJECTS = {
    "welcome": "Confirm your address",
    "welcome_existing": "You have an account already",
    "confirmation_instructions": "Confirm your address",
    "reset_instructions": "Choose a new password",
    "reset_notice": "Your password was changed",
    "change_notice": "Your password was changed",
    "change_email_instructions": "Confirm your new address",
}


class OutboxMail(MailUtil):
    """Flask-Security's mail, written to our outbox with the change that it tells of."""

    def send_mail(self, template: str, subject: str, recipient: Any, *_: Any, **context: Any) -> None:
        """Tell `recipient` what `template` is about, in our words."""
        name = template.rsplit("/", 1)[-1]
        links = [context.get(key) for key in ("reset_link", "confirmation_link", "link")]
        notifications.notify(
            str(recipient),
            subject=SUBJECTS[name],
            template=f"signin/{name}",
            name=context["user"].name,
            link=next((_ours(link) for link in links if link), ""),
            confirmation_link=_ours(context.get("confirmation_link") or ""),
            within=context.get("within") or f"{CONFIRM_WITHIN.days} days",
        )


def _ours(link: str) -> str:
    """The link on our public address, whatever Host the request claimed."""
    return config.current().public_url.rstrip("/") + urlsplit(link).path if link else ""


@change_email_confirmed.connect
@transactional
def _notify_old_address(_app: Flask, user: User, old_email: str, **_: Any) -> None:
    """Whoever lost the address must hear of it there."""
    notifications.notify(
        old_email,
        subject="Your address was changed",
        template="signin/address_changed",
        name=user.name,
        new_address=user.email,
    )
    audit.record(user.id, "account.address_changed", user.id, old=old_email, new=user.email)
