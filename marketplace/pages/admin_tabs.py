"""The rooms of an admin in five groups, as tabs."""

from collections.abc import Sequence

from flask import request, url_for

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

GROUPS: Sequence[tuple[LazyText, Sequence[tuple[LazyText, str]]]] = (
    (
        _l("Overview"),
        (
            (_l("Needs attention"), "admin.home"),
            (_l("Figures"), "admin_figures.show"),
            (_l("Unmet demand"), "unmet_demand.of_all"),
        ),
    ),
    (
        _l("People"),
        (
            (_l("People"), "admin_people.browse"),
            (_l("Coaches"), "admin_coaches.queue"),
        ),
    ),
    (
        _l("Sessions"),
        (
            (_l("Sessions"), "admin_bookings.browse"),
            (_l("Attendance"), "admin_attendance.waiting"),
            (_l("Policies"), "admin_policies.browse"),
        ),
    ),
    (
        _l("Money"),
        (
            (_l("Payouts"), "admin_payouts.home"),
            (_l("Refunds"), "admin_refunds.owed"),
            (_l("Session credits"), "admin_session_credits.browse"),
            (_l("Disputes"), "admin_disputes.waiting"),
            (_l("Invoices"), "admin_invoices.browse"),
            (_l("Ledger"), "admin.ledger"),
            (_l("Reconciliation"), "admin_reconciliations.reconciliations"),
        ),
    ),
    (
        _l("System"),
        (
            (_l("Jobs and mail"), "admin.failed"),
            (_l("Stripe events"), "admin.stripe_events"),
            (_l("Checks"), "admin_invariants.checks"),
            (_l("Sweeps"), "admin_sweeps.sweeps"),
            (_l("Audit log"), "admin_audit.browse"),
            (_l("Settings"), "admin_settings.show"),
            (_l("Logo"), "admin_branding.show"),
        ),
    ),
)


def admin_tabs() -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The groups as `grouped_tabs` takes them; the page we are on, or the one above it, is marked."""
    addresses = [url_for(endpoint) for _words, items in GROUPS for _name, endpoint in items]
    here = max((address for address in addresses if _is_at(address)), key=len, default="")
    return [
        (str(words), [(str(name), url_for(endpoint), url_for(endpoint) == here) for name, endpoint in items])
        for words, items in GROUPS
    ]


def _is_at(address: str) -> bool:
    return request.path == address or (address != url_for("admin.home") and request.path.startswith(f"{address}/"))
