"""What we know of a disputed session, as the payer's bank reads it.

Nobody's private notes are part of it.
"""

import uuid
from collections.abc import Sequence

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.disputes.rules import LONGEST_EVIDENCE, fitting
from marketplace.bookings.models import Booking
from marketplace.db import transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.jobs import enqueue
from marketplace.languages import Preferences, speaking
from marketplace.languages import gettext as _
from marketplace.money import spoken
from marketplace.notifications.queries import sent_about
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute
from marketplace.text import mail_address

OUTCOMES = {rules.TOOK_PLACE: "It took place.", rules.MENTEE_NO_SHOW: "The mentee did not come; the coach waited."}


class NotToBeAnswered(Conflict):
    """This dispute takes no evidence any more, or ours is on its way."""


def evidence_for(admin: User, *, dispute_id: uuid.UUID) -> dict[str, str]:
    """The evidence as it would be sent now, by Stripe's names of it; NotFound for who is no admin."""
    if not admin.is_admin:
        raise NotFound
    return {name: fitting(name, text) for name, text in _assembled(payments.dispute(dispute_id)).items()}


@transactional
def submit_evidence(admin: User, *, dispute_id: uuid.UUID, statement: str = "", **edited: str | None) -> Dispute:
    """Send what we know to the bank, after a statement of the admin's own; once.

    `edited` are texts by Stripe's names that the admin says otherwise; an empty one is left out. Raises
    NotToBeAnswered, and Invalid where it is more than Stripe takes.
    """
    if not admin.is_admin:
        raise NotFound
    dispute = payments.locked_dispute(payments.dispute(dispute_id).stripe_id)
    if dispute.status not in payment_rules.NEEDS_RESPONSE or dispute.evidence is not None:
        raise NotToBeAnswered
    assembled = _assembled(dispute) | {name: text for name, text in edited.items() if text is not None}
    if statement:
        assembled["uncategorized_text"] = f"{statement}\n\n{assembled['uncategorized_text']}".strip()
    if edited.get("uncategorized_text") and len(assembled["uncategorized_text"]) > LONGEST_EVIDENCE:
        raise Invalid(
            statement=_(
                "With the rest this is more than the %(most)s characters that Stripe takes.", most=LONGEST_EVIDENCE
            )
        )
    assembled = {name: fitting(name, text) for name, text in assembled.items() if text}
    dispute.evidence, dispute.evidence_id, dispute.refusal = assembled, uuid7(), None
    enqueue("send_evidence", dispute_id=str(dispute.id))
    record(admin.id, "dispute.evidence_submitted", dispute.id, dispute=dispute.stripe_id)
    return dispute


def _assembled(dispute: Dispute) -> dict[str, str]:
    """In English, whoever asks: banks read nothing else."""
    with speaking(Preferences()):
        return _in_english(dispute)


def _in_english(dispute: Dispute) -> dict[str, str]:
    bookings = queries.of_payment(dispute.payment_id)
    if not bookings:
        return {"uncategorized_text": dispute.payment.description}
    first = bookings[0]
    named = [f"Policy “{first.terms.name}”, version {first.terms.version}"] if first.terms.version else []
    policy = "\n".join([*first.terms.sentences(), *named])
    return {
        "product_description": f"{first.title}: an online session with {first.coach.user.name}, paid "
        f"{spoken(dispute.payment.amount_cents, dispute.payment.currency)}.",
        "customer_name": first.mentee.name,
        "customer_email_address": mail_address(first.mentee.email),
        "service_date": ", ".join(_day(booking) for booking in bookings),
        "refund_policy_disclosure": f"Shown before paying, and sent with the confirmation:\n{policy}",
        "cancellation_policy_disclosure": f"Shown before paying, and sent with the confirmation:\n{policy}",
        "uncategorized_text": "\n\n".join("\n".join(_facts(booking)) for booking in bookings),
    }


def _day(booking: Booking) -> str:
    return booking.starts_at.strftime("%Y-%m-%d")


def _facts(booking: Booking) -> Sequence[str]:
    """The facts of a session in sentences, times in UTC."""
    facts = [
        f"Session {booking.id}, {clock.spoken(booking.starts_at, 'UTC', booking.ends_at)}.",
        f"Booked by the customer on {clock.spoken(booking.created_at, 'UTC')}, who wrote: {booking.brief}",
    ]
    if booking.coupon_code is not None:
        facts.append(
            f"The customer used the coupon {booking.coupon_code}, which took "
            f"{spoken(booking.discount_cents, booking.currency)} off the price of "
            f"{spoken(booking.list_cents, booking.currency)}."
        )
    if booking.confirmed_at is not None:
        facts.append(f"Paid and confirmed on {clock.spoken(booking.confirmed_at, 'UTC')}.")
    for mail in sent_about(f"confirmed:{booking.id}:", booking.mentee.email):
        facts.append(
            f'Mail "{mail.subject}" sent to the customer on {clock.spoken(mail.sent_at or mail.created_at, "UTC")}.'
        )
    if booking.frozen_at is not None:
        facts.append("Customer and coach do not agree on who came; that is being decided.")
    elif booking.outcome is not None and booking.ended_at is not None:
        facts.append(f"{OUTCOMES[booking.outcome]} Recorded on {clock.spoken(booking.ended_at, 'UTC')}.")
    return facts
