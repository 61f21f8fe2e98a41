"""Reading who is named on documents."""

import uuid

from marketplace.db import session
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.models import BillingParty


def of_subject(subject_id: uuid.UUID) -> BillingParty | None:
    """Who is named where this is paid; None: whose account it is."""
    return session().get(BillingParty, subject_id, populate_existing=True)


def of_payment(payment_id: uuid.UUID | None) -> BillingParty | None:
    """The same by the payment; None where there is none."""
    payment = None if payment_id is None else payments.find(payment_id)
    return None if payment is None else of_subject(payment.subject_id)


def name_of_payer(payment_id: uuid.UUID | None) -> str:
    """What who paid in the account owner's stead is called; '' where nobody did."""
    party = of_payment(payment_id)
    return "" if party is None else party.name
