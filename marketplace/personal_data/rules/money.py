"""Payments, payouts, invoices and the ledger, and what the site notes of itself."""

from marketplace.languages import lazy_gettext as _
from marketplace.personal_data.rules.decisions import (
    ADMINS,
    BOOKS,
    IDS,
    ISSUED,
    PAID,
    PAYOUTS,
    Erasure,
    TableDecision,
    gone,
)

OF_COACH = "coach_id = :coach"
WITH_PAYOUT = "To which bank money went, sealed, kept with the payout: the bank's statement has to be matched."

OF_MONEY = (
    TableDecision(
        "payments",
        _("what you paid"),
        mine="payer_id = :person",
        secrets=("checkout_url", "return_url"),
        erase=(
            Erasure("payer_id = :person", {"payer_email": "null", "description": "''", "checkout_url": "null"}),
            Erasure(
                "id in (select payment_id from bookings where coach_id = :coach "
                "union select payment_id from written_answers where coach_id = :coach "
                "union select payment_id from session_credits where coach_id = :coach)",
                {"description": "''"},
            ),
        ),
        keeps={"payer_id": IDS, "checkout_id": BOOKS, "intent_id": BOOKS, "charge_id": BOOKS},
        plain=("currency", "status", "return_url", "settled_currency", "failure", "failure_code"),
    ),
    TableDecision(
        "billing_parties",
        _("who paid for you, or whom you paid for, as its documents name them"),
        mine="subject_id in (select subject_id from payments where payer_id = :person) "
        "or email <> '' and lower(email::text) = any(:emails)",
        erase=(
            Erasure("email <> '' and lower(email::text) = any(:emails)", {"email": "''"}),
            # What was never paid has no documents.
            Erasure(
                "subject_id in (select subject_id from payments where payer_id = :person and status <> 'paid')",
                {"email": "''"},
            ),
        ),
        keeps=dict.fromkeys(("name", "address", "tax_id", "reference"), ISSUED),
        plain=("locale",),
    ),
    TableDecision(
        "refunds",
        _("what was refunded to you"),
        mine=f"payment_id in {PAID}",
        keeps={"stripe_id": BOOKS},
        plain=("key", "reason", "status", "failure", "settled_currency"),
    ),
    TableDecision(
        "disputes",
        _("what you disputed at your bank"),
        mine=f"payment_id in {PAID}",
        secrets=("evidence", "evidence_id"),
        keeps={
            "stripe_id": BOOKS,
            "evidence": "What the bank was told of the session, kept as long as the bank may ask again.",
        },
        plain=("reason", "status", "refusal"),
    ),
    gone("invoice_details", "user_id = :person", _("name and address on your invoices")),
    TableDecision(
        "invoice_series",
        "",
        keeps={"seller_id": IDS, "prefix": ISSUED},
    ),
    TableDecision(
        "invoices",
        _("your invoices"),
        mine="buyer_id = :person or seller_id = :person",
        keeps={
            "buyer_id": IDS,
            "seller_id": IDS,
            "content": ISSUED + " It has the names and addresses of both.",
            "label": ISSUED,
        },
        plain=("key", "kind", "currency"),
    ),
    TableDecision(
        "coupons",
        _("your coupons"),
        mine=OF_COACH,
        keeps={"coach_id": IDS, "code": BOOKS},
        plain=("currency", "offering_ids"),
    ),
    TableDecision(
        "connected_accounts",
        _("your account at Stripe"),
        mine=OF_COACH,
        erase=(Erasure(OF_COACH, {"email": "null", "name": "null"}),),
        keeps={"coach_id": IDS, "stripe_id": BOOKS},
        plain=("country", "capability_status"),
    ),
    gone("bank_details", OF_COACH, _("your bank account"), ("sealed",)),
    gone("payout_terms", OF_COACH, _("when you are paid out")),
    TableDecision(
        "payouts",
        _("what you were paid out"),
        mine=OF_COACH,
        secrets=("sealed",),
        keeps={
            "coach_id": IDS,
            "stripe_id": BOOKS,
            "sealed": WITH_PAYOUT,
            "destination": WITH_PAYOUT,
            "reference": BOOKS,
        },
        plain=("currency", "status", "reason", "rail", "sent_currency"),
    ),
    TableDecision(
        "payout_runs",
        "",
        keeps={"proposed_by": IDS, "approved_by": IDS},
    ),
    TableDecision("payout_lines", _("what your payouts are made of"), mine=f"payout_id in {PAYOUTS}"),
    TableDecision(
        "payout_reversals",
        _("payouts that were taken back"),
        mine=f"payout_id in {PAYOUTS}",
        secrets=("asked_by",),
        keeps={"asked_by": IDS, "reason": ADMINS, "stripe_id": BOOKS},
        plain=("status", "failure"),
    ),
    TableDecision("ledger_accounts", "", keeps={"name": BOOKS}, plain=("currency", "kind")),
    TableDecision("ledger_entries", "", keeps={"key": BOOKS, "source": BOOKS}, plain=("currency",)),
    TableDecision("ledger_closings", ""),
    TableDecision("ledger_closed_balances", ""),
    TableDecision("ledger_closed_days", ""),
    TableDecision("ledger_closed_months", "", plain=("kind", "currency")),
    TableDecision(
        "comparisons",
        "",
        keeps={"asked_by": IDS, "differences": "Keys and amounts of what Stripe and we say otherwise."},
        plain=("failure",),
    ),
    TableDecision(
        "check_results", "", keeps={"offenders": "Keys of what is not as it has to be."}, plain=("name", "failure")
    ),
    TableDecision("circuit_breakers", "", plain=("id", "reason")),
    TableDecision("exchange_rates", "", plain=("currency",)),
    # Of nobody who is known: it is deleted once it is held, or after two days.
    TableDecision("kept_requests", "", plain=("brief", "client_place")),
    TableDecision("sweeps", "", plain=("found", "failures")),
)
