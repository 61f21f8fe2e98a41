"""What of other people's data admins are shown where: one table, by blueprint or endpoint."""

from marketplace.languages import lazy_gettext as _l

# Of the blueprints for admins, every answer is recorded as a look at that.
OF_ADMINS = {
    "admin_attendance": "attendance",
    "admin_bookings": "sessions",
    "admin_coach_payouts": "earnings",
    "admin_coaches": "applications",
    "admin_coaches_api": "applications",
    "admin_disputes": "disputes",
    "admin_disputes_api": "disputes",
    "admin_goodwill_refunds": "sessions",
    "admin_goodwill_refunds_api": "sessions",
    "admin_invoices": "invoices",
    "admin_ledger": "money",
    "admin_ledger_api": "money",
    "admin_money_api": "payouts",
    "admin_payouts": "payouts",
    "admin_payouts_api": "payouts",
    "admin_people": "people",
    "admin_people_api": "people",
    "admin_refunds": "refunds",
    "admin_refunds_api": "refunds",
    "admin_reversals": "payouts",
    "admin_session_credits": "money",
    "admin_written_answers": "attendance",
}
# The same by endpoint, where a blueprint has others too.
ENDPOINTS_OF_ADMINS = {
    "admin.failed": "mails",
    "admin.home": "what needs attention",
    "admin.ledger": "money",
    "admin.ledger_csv": "money",
    "attendance_api.list_contested_no_shows": "attendance",
    "attendance_api.get_attendance_report": "attendance",
    "attendance_api.decide_no_show": "attendance",
    "written_answers_api.list_contested_answers": "attendance",
    "written_answers_api.get_contested_answer": "attendance",
    "written_answers_api.decide_answer_report": "attendance",
    "invoices_api.list_all_invoices": "invoices",
    "invoices_api.get_invoices_csv": "invoices",
    "session_credits_api.list_all_credits": "money",
    "manual_transfers.transfers": "bank details",
    "manual_transfers.transfers_csv": "bank details",
    "manual_transfers_api.list_transfers": "bank details",
    "manual_transfers_api.get_transfers_csv": "bank details",
}
# Everybody's addresses: there an admin sees others' things too, and is recorded where they are not the admin's own.
SHARED = {
    "attendance_api": "attendance",
    "booking": "sessions",
    "bookings": "sessions",
    "invoices": "invoices",
    "invoices_api": "invoices",
    "meeting_api": "sessions",
    "notes": "sessions",
    "notes_api": "sessions",
    "payouts_api": "payouts",
    "reschedules": "sessions",
    "reschedules_api": "sessions",
    "series": "sessions",
    "series_api": "sessions",
    "session": "sessions",
    "session_actions": "sessions",
    "statements": "payouts",
}
# What is for admins and shows nothing of anybody, with the reason.
NOTHING_PERSONAL = {
    "admin.stripe_events": "types and ids of Stripe's events, and what became of them",
    "admin_audit.browse": "a look at the record would be the next line of it",
    "admin_audit_api.list_audit_entries": "a look at the log would be the next line of it",
    "admin_figures.money_csv": "sums",
    "admin_figures.sessions_csv": "sums",
    "admin_figures.show": "sums",
    "admin_branding.show": "the logo, which everybody sees",
    "admin_invariants.checks": "rules and ids of rows",
    "admin_invariants_api.list_invariants": "rules and ids of rows",
    "admin_policies.browse": "policies",
    "admin_policies.new": "policies",
    "admin_policies.show": "policies",
    "admin_reconciliations.reconciliation": _l("Stripe's ids and amounts"),
    "admin_reconciliations.reconciliations": "sums",
    "admin_reconciliations_api.get_reconciliation": _l("Stripe's ids and amounts"),
    "admin_reconciliations_api.list_reconciliations": "sums",
    "unmet_demand.of_all": "counts of five and more",
    "unmet_demand_api.list_unmet_demand": "counts of five and more",
    "admin_settings.show": "how the site is set up",
    "admin_sweeps.sweeps": "numbers of things alone",
    "admin_sweeps_api.list_sweeps": "numbers of things alone",
    "policies_api.list_all_policies": "policies",
    "policies_api.list_policy_versions": "policies",
    "session_feedback_api.list_wrong_labels": "counts of five and more",
    "site_logo_api.get_logo": "the logo, which everybody sees",
}


def kind_of(endpoint: str) -> str | None:
    """What an admin is shown at an endpoint for admins; None where it is nobody's data."""
    return None if endpoint in NOTHING_PERSONAL else ENDPOINTS_OF_ADMINS.get(endpoint) or OF_ADMINS.get(_room(endpoint))


def shared_kind_of(endpoint: str) -> str | None:
    """What anybody is shown at an endpoint, who may be an admin."""
    return SHARED.get(_room(endpoint))


def _room(endpoint: str) -> str:
    return endpoint.partition(".")[0]
