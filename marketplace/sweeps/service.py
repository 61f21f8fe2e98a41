"""The hourly sweep: run each kind, keep what it found."""

import time
from collections.abc import Callable

import structlog

from marketplace import clock
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session, transactional
from marketplace.errors import FairhourError
from marketplace.payments.service import refunds
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.sweeps.models import Sweep

log = structlog.get_logger()

# Each answers how many it took up; what it finds is a job of its own from then on. By the names of `rules.KINDS`.
SWEEPS: dict[str, Callable[[], int]] = {
    "messages": stripe_inbox.sweep_events,
    "payments": payment_outcomes.settle_payments,
    "refunds": refunds.resume_refunds,
    "payouts": payout_transfers.resume_payouts,
}


def sweep() -> None:
    """Run every sweep and keep what each found. One that fails is noted and keeps the others from nothing."""
    began_at, began = clock.now(), time.monotonic()
    found: dict[str, int] = {}
    failures: dict[str, str] = {}
    for name, one in SWEEPS.items():
        try:
            found[name] = one()
        except FairhourError as error:
            failures[name] = error.for_admins
            log.warning("sweep.failed", sweep=name, reason=error.for_admins)
    _keep(Sweep(began_at=began_at, took_ms=round((time.monotonic() - began) * 1000), found=found, failures=failures))


@transactional
def _keep(done: Sweep) -> None:
    session().add(done)
