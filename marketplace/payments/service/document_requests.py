"""Ask for the documents of what was paid or refunded; a job makes them."""

import uuid

from marketplace.jobs import enqueue


def want_documents(payment_id: uuid.UUID) -> None:
    """Have a job issue the documents of a payment once the running transaction commits."""
    enqueue("issue_invoices", once=f"invoices:{payment_id}", payment_id=str(payment_id))
