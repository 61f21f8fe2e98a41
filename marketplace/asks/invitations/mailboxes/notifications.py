"""Mails to a coach about what they forwarded; none of them is ever sent to anybody else."""

from marketplace import clock, config
from marketplace.asks.invitations.mailboxes import queries
from marketplace.asks.invitations.mailboxes.models import ReceivedMail
from marketplace.asks.invitations.mailboxes.rules.addresses import MOST_ANSWERS
from marketplace.asks.invitations.models import Invitation
from marketplace.languages import speaking, translated
from marketplace.notifications.service import notify


def tell_read(mail: ReceivedMail, invitation: Invitation) -> None:
    """An invitation came in, and is to be looked at."""
    coach = mail.coach.user
    if not _may_answer(mail):
        return
    with speaking(coach.preferences):
        notify(
            coach.email,
            template="invitation_received",
            key=f"received-mail:{mail.id}",
            name=coach.name,
            organiser=invitation.organiser_name,
            summary=invitation.summary,
            starts_at=clock.spoken(invitation.starts_at, coach.timezone),
            minutes=invitation.minutes,
            link=f"{config.current().public_url}/dashboard/invitations/{invitation.id}",
        )


def tell_failed(mail: ReceivedMail) -> None:
    """A mail that the coach forwarded could not be used, and why."""
    coach = mail.coach.user
    if not _may_answer(mail):
        return
    with speaking(coach.preferences):
        notify(
            coach.email,
            template="invitation_mail_failed",
            key=f"received-mail:{mail.id}",
            name=coach.name,
            subject=mail.subject,
            reason=translated(mail.reason),
            link=f"{config.current().public_url}/dashboard/invitations",
        )


def _may_answer(mail: ReceivedMail) -> bool:
    if mail.quiet or queries.answered_lately(mail.coach_id) >= MOST_ANSWERS:
        return False
    mail.answered_at = clock.now()
    return True
