"""What coach, mentee, admins, and whoever paid in the mentee's stead are told of a dispute."""

from marketplace import config
from marketplace.accounts.models import User
from marketplace.accounts.service import notify_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both
from marketplace.coaches.models import Coach
from marketplace.languages import LazyText, Preferences, speaking
from marketplace.notifications.service import notify
from marketplace.payments import rules as payment_rules
from marketplace.payments.billing_parties import queries as billing_parties
from marketplace.payments.models import Dispute

OPEN, INQUIRY, WON, LOST = "opened", "inquiry", "won", "lost"


def _fact(status: str) -> str | None:
    """What is worth a mail; None where nothing is decided or asked."""
    if status in payment_rules.NEEDS_RESPONSE:
        return INQUIRY if status.startswith("warning_") else OPEN
    if status in payment_rules.WON_DISPUTES:
        return WON
    return LOST if status == payment_rules.LOST else None


def changed(dispute: Dispute, booking: Booking) -> None:
    """Each step once: asked, opened, won, lost. An inquiry is our own matter: coach and mentee hear nothing of it."""
    fact = _fact(dispute.status)
    if fact in (OPEN, WON, LOST):
        tell_both(
            booking,
            f"dispute-{fact}:{dispute.stripe_id}",
            "dispute",
            payment_id=dispute.payment_id,
            step=fact,
            amount_cents=dispute.amount_cents,
            paid_out=booking.released_at is not None,
        )
    tell_others(dispute, title=booking.title, mentee=booking.mentee, coach=booking.coach)


def tell_others(dispute: Dispute, *, title: str | LazyText, mentee: User, coach: Coach) -> None:
    """Each step once, to admins and to whoever paid in the mentee's stead, whatever `title` was paid for."""
    fact = _fact(dispute.status)
    if fact is None:
        return
    if fact != INQUIRY:
        _tell_payer(dispute, fact, title, mentee, coach)
    notify_admins(
        template="dispute_admin",
        key=f"dispute-{fact}:{dispute.id}",
        step=fact,
        amount_cents=dispute.amount_cents,
        currency=dispute.payment.currency,
        fee_cents=dispute.fee_cents,
        fee_currency=dispute.payment.fee_currency,
        reason=dispute.reason.replace("_", " "),
        due_by=dispute.due_by,
        mentee=mentee.name,
        coach=coach.user.name,
        payer=billing_parties.name_of_payer(dispute.payment_id) or mentee.name,
        title=title,
        dispute_url=f"{config.current().public_url}/admin/disputes/{dispute.id}",
    )


def _tell_payer(dispute: Dispute, fact: str, title: str | LazyText, mentee: User, coach: Coach) -> None:
    """Tell whoever paid in the mentee's stead, where their address is known, what a mentee who pays is told.

    It is their own bank, yet maybe not they who asked it: an employer's accounts read this, a colleague holds the card.
    """
    party = billing_parties.of_payment(dispute.payment_id)
    if party is None or not party.email:
        return
    with speaking(Preferences(party.locale or config.current().default_locale)):
        notify(
            party.email,
            template="payer_dispute",
            key=f"payer_dispute:{dispute.id}:{fact}",
            step=fact,
            name=party.name,
            amount_cents=dispute.amount_cents,
            currency=dispute.payment.currency,
            title=title,
            mentee=mentee.name,
            coach=coach.user.name,
            reference=party.reference,
            coach_url=f"{config.current().public_url}/@{coach.handle}",
        )
