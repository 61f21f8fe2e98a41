"""The mails about a session credit, each in the language of its reader."""

from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.languages import speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments.billing_parties.queries import name_of_payer
from marketplace.session_credits import rules
from marketplace.session_credits.models import SessionCredit


def tell_bought(credit: SessionCredit) -> None:
    """It is paid: the mentee chooses a time, the coach knows."""
    _tell_both(credit, "credit_bought")


def remind(credit: SessionCredit) -> None:
    """A session is paid for and not scheduled."""
    _tell(credit, credit.mentee, "credit_reminder", key=f"credit_reminder:{credit.id}:{credit.reminders}")


def tell_refunded(credit: SessionCredit) -> None:
    """Nobody scheduled it, its mentee cancelled it, or its coach left: all of it is refunded."""
    left, cancelled = (credit.end_reason == reason for reason in (rules.COACH_LEFT, rules.CANCELLED))
    _tell_both(credit, "credit_refunded", coach_left=left, cancelled=cancelled)


def tell_paid_too_late(credit: SessionCredit) -> None:
    """The mentee paid for what cannot be had any more: nothing is kept."""
    _tell(credit, credit.mentee, "credit_paid_too_late")


def _tell_both(credit: SessionCredit, template: str, **more: Any) -> None:
    for reader in (credit.mentee, credit.coach.user):
        _tell(credit, reader, template, **more)


def _tell(credit: SessionCredit, reader: User, template: str, *, key: str = "", **more: Any) -> None:
    side = "mentee" if reader.id == credit.mentee_id else "coach"
    with speaking(reader.preferences):
        notify(
            reader.email,
            template=template,
            key=key or f"{template}:{credit.id}:{side}",
            to_coach=side == "coach",
            name=reader.name,
            mentee=credit.mentee.name,
            coach=credit.coach.user.name,
            title=credit.title,
            minutes=credit.minutes,
            price=spoken(credit.price_cents, credit.currency),
            until="" if credit.expires_at is None else clock.spoken(credit.expires_at, reader.timezone),
            credit_url=f"{config.current().public_url}/credits/{credit.id}",
            payer=name_of_payer(credit.payment_id),
            **more,
        )
