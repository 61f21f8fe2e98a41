"""What coach, mentee and admins are told of a dispute."""

from marketplace import config
from marketplace.accounts.service import notify_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both
from marketplace.payments import rules as payment_rules
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
    if fact is None:
        return
    if fact != INQUIRY:
        tell_both(
            booking,
            f"dispute-{fact}:{dispute.stripe_id}",
            "dispute",
            step=fact,
            amount_cents=dispute.amount_cents,
            paid_out=booking.released_at is not None,
        )
    notify_admins(
        template="dispute_admin",
        key=f"dispute-{fact}:{dispute.id}",
        step=fact,
        amount_cents=dispute.amount_cents,
        currency=booking.currency,
        fee_cents=dispute.fee_cents,
        fee_currency=dispute.payment.fee_currency,
        reason=dispute.reason.replace("_", " "),
        due_by=dispute.due_by,
        mentee=booking.mentee.name,
        coach=booking.coach.user.name,
        title=booking.title,
        dispute_url=f"{config.current().public_url}/admin/disputes/{dispute.id}",
    )
