"""Flask-Security's mail, through our outbox; jobs write what lets somebody in."""

from typing import Any

from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException

from marketplace.accounts.addresses.rules import normalized
from marketplace.authentication.configuration import MESSAGES
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import speaking
from marketplace.notifications import service as notifications

PLAIN_ADDRESS = _l("Give an address that has only the letters a to z, digits and signs before its @.")


class OutboxMail(MailUtil):
    """Flask-Security's mail, written to our outbox with the change that it tells of."""

    def send_mail(self, template: str, subject: str, recipient: Any, *_: Any, **context: Any) -> None:
        """Tell `recipient` what `template` is about, in our words."""
        name = template.rsplit("/", 1)[-1]
        person = context["user"]
        with speaking(person.preferences):
            notifications.notify(str(recipient), template=f"signin/{name}", name=person.name)

    def normalize(self, email: str) -> str:
        """The one spelling of an address that is looked up."""
        try:
            return normalized(email)
        except ValueError as error:
            raise EmailValidateException(str(MESSAGES["INVALID_EMAIL_ADDRESS"][0])) from error

    def validate(self, email: str) -> str:
        """The one spelling of an address that is to be kept, once it can receive mail.

        Few mail servers take letters beyond ASCII before the @ (RFC 6531), and Stripe none: they are refused.
        """
        found = self.normalize(str(super().validate(email.strip())))
        if not found.rpartition("@")[0].isascii():
            raise EmailValidateException(str(PLAIN_ADDRESS))
        return found
