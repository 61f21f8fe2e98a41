"""Lists of admins as files: the columns of each, and the link to it."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from marketplace.languages import lazy_gettext as _l
from marketplace.pages import tables
from marketplace.pages.admin_words import event_words, job_words, reason_words
from marketplace.pages.tables import MONEY, NUMBER, TIME, Column

COACHES = (
    Column("name", _l("Name"), sorts=True, path="user.name"),
    Column("handle", _l("Handle")),
    Column("email", _l("E-mail address"), path="user.email"),
    Column("status", _l("State")),
    Column("headline", _l("Headline")),
    Column("applied_at", _l("Applied"), kind=TIME, sorts=True),
    Column("decided_at", _l("Decided"), kind=TIME, sorts=True),
)
ATTENDANCE = (
    Column("id", _l("Id")),
    Column("booking", _l("Session"), path="booking_id"),
    Column("mentee", _l("Mentee"), path="booking.mentee.name"),
    Column("coach", _l("Coach"), path="booking.coach.user.name"),
    Column("status", _l("State")),
    Column("price", _l("Price"), kind=MONEY, sorts=True, path="booking.price_cents", currency="booking.currency"),
    Column("reported_at", _l("Reported"), kind=TIME, sorts=True),
    Column("settled_at", _l("Settled"), kind=TIME, sorts=True),
)
DISPUTES = (
    Column("id", _l("Id")),
    Column("stripe_id", _l("Object at Stripe")),
    Column("what", _l("What"), path="payment.description"),
    Column("amount", _l("Amount"), kind=MONEY, sorts=True, path="amount_cents", currency="payment.currency"),
    Column("reason", _l("Reason"), path=lambda dispute: reason_words(dispute.reason)),
    Column("status", _l("State")),
    Column("opened_at", _l("Opened"), kind=TIME, sorts=True),
    Column("due_by", _l("Evidence is due by"), kind=TIME, sorts=True),
    Column("closed_at", _l("Decided"), kind=TIME, sorts=True),
)
REFUNDS = (
    Column("id", _l("Id")),
    Column("what", _l("What"), path="payment.description"),
    Column("amount", _l("Amount"), kind=MONEY, sorts=True, path="total_cents", currency="payment.currency"),
    Column("status", _l("State")),
    Column("reason", _l("Reason"), path="reason_told"),
    Column("failure", _l("Why it failed")),
    Column("intended_at", _l("Decided"), kind=TIME, sorts=True),
)
PAYOUTS = (
    Column("id", _l("Id")),
    Column("run", _l("Payout run"), path="run_id"),
    Column("coach", _l("Coach"), path="coach.user.name"),
    Column("amount", _l("Amount"), kind=MONEY, path="amount_cents"),
    Column("status", _l("State"), path="shown_status"),
    Column("created_at", _l("Proposed"), kind=TIME),
    Column("sent_at", _l("Paid out"), kind=TIME),
    Column("stripe_id", _l("Object at Stripe")),
)
EVENTS = (
    Column("id", _l("Id")),
    Column("type", _l("Type"), sorts=True),
    Column("words", _l("What"), path=lambda event: event_words(event.type)),
    Column("object_id", _l("About")),
    Column("state", _l("State")),
    Column("received_at", _l("Received"), kind=TIME, sorts=True),
    Column("handled_at", _l("Handled"), kind=TIME, sorts=True),
    Column("error", _l("Why it failed")),
)
JOBS = (
    Column("id", _l("Id")),
    Column("name", _l("Name")),
    Column("words", _l("What"), path=lambda job: job_words(job.name)),
    Column("attempts", _l("Tries"), kind=NUMBER),
    Column("failed_at", _l("Failed"), kind=TIME),
)
SWEEPS = (
    Column("began_at", _l("When"), kind=TIME),
    Column("messages", _l("Events"), kind=NUMBER, path=lambda sweep: sweep.found.get("messages")),
    Column("payments", _l("Payments"), kind=NUMBER, path=lambda sweep: sweep.found.get("payments")),
    Column("refunds", _l("Refunds"), kind=NUMBER, path=lambda sweep: sweep.found.get("refunds")),
    Column("payouts", _l("Payouts"), kind=NUMBER, path=lambda sweep: sweep.found.get("payouts")),
    Column("took_ms", _l("Milliseconds"), kind=NUMBER),
    Column("failures", _l("Not looked for"), path=lambda sweep: ", ".join(sweep.failures)),
)
RECONCILIATIONS = (
    Column("id", _l("Id")),
    Column("asked_at", _l("When"), kind=TIME, sorts=True),
    Column("since", _l("From"), kind=TIME),
    Column("finished_at", _l("Finished"), kind=TIME),
    Column("compared", _l("Compared"), kind=NUMBER, sorts=True),
    Column("differences", _l("Differences"), kind=NUMBER, sorts=True, path=lambda one: len(one.differences)),
    Column("failure", _l("Why it failed")),
)


def as_file(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response | None:
    """The rows as a CSV file where the address asks for one (`?format=csv`), else None."""
    asked = tables.read(columns, default="")
    return asked.csv(name, rows) if asked.as_csv else None


def only(columns: Sequence[Column], *names: str) -> tuple[Column, ...]:
    """The columns of these names, in this order: what a page shows of a file's."""
    known = {column.name: column for column in columns}
    return tuple(known[name] for name in names)
