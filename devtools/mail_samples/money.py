"""Samples of mails about money, and to coaches."""

from typing import Any

from devtools.mail_samples.facts import (
    BRIEF,
    COACH,
    CURRENCY,
    MENTEE,
    PAYER,
    SITE,
    START,
    TERMS,
    TITLE,
    ZONE,
    Sample,
    both,
    signed,
)
from marketplace.payouts.queries.payout_lines import PayoutStatementLine


def payments() -> list[Sample]:
    """Disputes, refunds, invoices."""
    amount: dict[str, Any] = {"amount_cents": 12000}
    goodwill: dict[str, Any] = {"amount_cents": 5000, "coach_keeps_cents": 4000, "reason": BRIEF}
    line = {"what": TITLE, "when": "Qq 7", "gross_cents": 12000}
    invoice: dict[str, Any] = {
        "paid_by": "",
        "paid_for": "",
        "reference": "",
        "gross_cents": 12000,
        "tax_cents": 1916,
        "currency": CURRENCY,
        "number": "ADA-00012",
        "seller": COACH,
        "lines": [line],
        "pdf_url": f"{SITE}/invoices/1.pdf",
        "list_url": f"{SITE}/invoices",
    }
    return [
        *[both_of for step in ("opened", "won") for both_of in both("dispute", step=step, paid_out=False, **amount)],
        *both("dispute", step="lost", paid_out=True, **amount),
        *both("dispute", step="lost", paid_out=False, **amount),
        *[
            both_of
            for step in ("opened", "won", "lost")
            for both_of in both("dispute", step=step, paid_out=False, paid_by=PAYER, **amount)
        ],
        *both("goodwill_refund", **goodwill, coach_part_cents=1000, released=True),
        *both("goodwill_refund", **goodwill, coach_part_cents=1000, released=False, taxed=True),
        *both("goodwill_refund", **goodwill, coach_part_cents=0, released=True),
        *both("goodwill_refund", **goodwill, coach_part_cents=0, released=False),
        *[
            both_of
            for taxed in (False, True)
            for both_of in both(
                "goodwill_refund", **goodwill, coach_part_cents=0, released=True, paid_by=PAYER, taxed=taxed
            )
        ],
        *[
            ("invoice", signed(kind=kind, **invoice | who))
            for kind in ("invoice", "credit_note", "reversal")
            for who in ({}, {"paid_by": PAYER}, {"paid_for": MENTEE, "reference": "PO-7781", "list_url": ""})
        ],
    ]


def coaching() -> list[Sample]:
    """What a coach is told of applications, prices and payouts."""
    payout: dict[str, Any] = {"amount_cents": 31200, "currency": CURRENCY, "zone": ZONE}
    lines = [
        PayoutStatementLine(1, "earned:1", TITLE, START, 10800),
        PayoutStatementLine(2, "earned:2", TITLE, START, 20400),
    ]
    urls: dict[str, Any] = {
        "earnings_url": f"{SITE}/dashboard/earnings",
        "bank_url": f"{SITE}/dashboard/bank",
        "payout_url": f"{SITE}/payouts/1",
    }
    applied: dict[str, Any] = {
        "handle": "ada",
        "headline": "Xylophon",
        "reason": BRIEF,
        "floor_cents": 3000,
        "currency": CURRENCY,
        "desk_url": f"{SITE}/dashboard",
        "rate_card_url": f"{SITE}/@ada",
        "vetting_url": f"{SITE}/admin/coaches/1",
    }
    sold: dict[str, Any] = {
        "currency": "EUR",
        "offered": "USD, GBP",
        "desk_url": f"{SITE}/dashboard",
        "profile_url": f"{SITE}/dashboard/profile",
    }
    return [
        ("statement", signed(COACH, **payout, **urls, lines=lines, sent_cents=None, sent_currency="")),
        ("statement", signed(COACH, **payout, **urls, lines=lines, sent_cents=33000, sent_currency="usd")),
        *[("payout_hold", signed(COACH, **urls, reason=BRIEF, released=released)) for released in (False, True)],
        ("payout_returned", signed(COACH, **payout, **urls, reason=BRIEF)),
        ("payout_reversed", signed(COACH, **payout, **urls, payout_cents=40000, sent_at=START, reason=BRIEF)),
        *[
            ("bank_not_ready", signed(COACH, **urls, status=status, coach=COACH))
            for status in ("gone", "rejected", "restricted")
        ],
        *[("currency_withdrawn", signed(COACH, withdrawn=withdrawn, **sold)) for withdrawn in (True, False)],
        *[
            (
                "licence_decided",
                signed(COACH, place="Zz", last_day="Zz", accepted=accepted, reason=BRIEF, licence_url=SITE),
            )
            for accepted in (True, False)
        ],
        ("licence_ends", signed(COACH, place="Zz", last_day="Zz", licence_url=SITE)),
        ("licence_lapsed", signed(COACH, titles=[TITLE], licence_url=SITE)),
        ("licence_to_check", signed(coach=COACH, licence_url=SITE)),
        *[
            (
                "sponsorship_ended",
                signed(
                    COACH,
                    titles=titles,
                    offerings_url=f"{SITE}/dashboard/offerings",
                    register_url=f"{SITE}/sponsorships",
                ),
            )
            for titles in ([TITLE], [])
        ],
        (
            "policy_changed",
            signed(COACH, policy="Zwirn", terms=TERMS, offerings=[TITLE], offerings_url=f"{SITE}/dashboard/offerings"),
        ),
        *[
            (kind, signed(COACH, **applied))
            for kind in ("application_approved", "application_received", "application_rejected", "coach_suspended")
        ],
        ("application_to_vet", applied | {"applicant": COACH}),
    ]
