"""Samples of mails about sessions: booked, moved, cancelled, held or not."""

from datetime import timedelta
from typing import Any

from devtools.mail_samples.facts import (
    BRIEF,
    COACH,
    CURRENCY,
    MENTEE,
    PAYER,
    SESSION,
    SITE,
    START,
    TERMS,
    TITLE,
    ZONE,
    Sample,
    both,
    session_mail,
    signed,
)
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

ENDS = ("paid", "declined", "withdrawn", "refunded")


def bookings() -> list[Sample]:
    """Sessions that are booked, asked for, moved."""
    nearest = [START, START + timedelta(days=1)]
    profile = f"{SITE}/@ada"
    return [
        *both("booking_confirmed", terms=TERMS),
        *both("booking_confirmed", terms=TERMS, paid_by=PAYER),
        *both("booking_confirmed", terms=TERMS, free=True, price="0.00 EUR"),
        *both("booking_confirmed", terms=TERMS, sessions=3, how_it_opens=""),
        *both("booking_requested", decide_by=START),
        ("booking_declined", session_mail(reason=BRIEF, profile_url=profile)),
        *both("booking_lapsed", card_gone=True, not_captured=False, profile_url=profile),
        *both("booking_lapsed", card_gone=False, not_captured=True, profile_url=profile),
        *both("booking_lapsed", card_gone=False, not_captured=False, profile_url=profile),
        ("booking_withdrawn", session_mail(True)),
        ("booking_paid_too_late", session_mail(given_back=True, nearest=nearest, profile_url=profile)),
        ("booking_paid_too_late", session_mail(given_back=False, nearest=[], profile_url=profile, paid_by=PAYER)),
        ("booking_paid_too_late", session_mail(given_back=False, nearest=[], profile_url=profile)),
        ("booking_authorized_too_late", session_mail(given_up=True, nearest=nearest, profile_url=profile)),
        ("booking_authorized_too_late", session_mail(given_up=False, nearest=nearest, profile_url=profile)),
        *both("meeting_link_changed"),
        ("brief_changed", session_mail(True)),
        *both("rescheduled", was=(START, START + timedelta(hours=1))),
        *both("rescheduled", was=(START, START + timedelta(hours=1)), by_you=True),
        (
            "reschedule_proposed",
            session_mail(instead=(START, START + timedelta(hours=1)), reason=BRIEF, answer_by=START),
        ),
        ("reschedule_declined", session_mail(True, instead=(START, None), answered=True)),
        ("reschedule_declined", session_mail(True, instead=(START, None), answered=False)),
        ("reschedule_withdrawn", session_mail()),
        ("reminder", session_mail(minutes=1440)),
        ("reminder", session_mail(True, minutes=60)),
        ("reminder", session_mail(minutes=52)),
    ]


def outcomes() -> list[Sample]:
    """Sessions that are over or cancelled."""
    profile = f"{SITE}/@ada"
    overrun: dict[str, Any] = {"more": 20, "overrun_price": "40.00 EUR"}
    cancelled: dict[str, Any] = {"reason": BRIEF, "profile_url": profile}
    debit: dict[str, Any] = {"profile_url": profile, "until": START, "why": "Zykluswort"}
    return [
        ("booking_cancelled", session_mail(**cancelled, refund_cents=6000, coach_cents=0, by_you=True)),
        ("booking_cancelled", session_mail(**cancelled, refund_cents=6000, coach_cents=0, taxed=True)),
        *both("booking_cancelled", **cancelled, refund_cents=6000, coach_cents=0, paid_by=PAYER),
        ("booking_cancelled", session_mail(**cancelled, refund_cents=0, coach_cents=0)),
        ("booking_cancelled", session_mail(True, **cancelled, refund_cents=0, coach_cents=5400)),
        ("booking_cancelled", session_mail(True, **cancelled, refund_cents=0, coach_cents=0)),
        ("booking_completed", session_mail(took_place=True, window_hours=48)),
        ("booking_completed", session_mail(took_place=False, window_hours=48)),
        *both("session_feedback", feedback_url=f"{SITE}/feedback/1/mentee/2"),
        ("overrun_proposed", session_mail(**overrun)),
        *[
            ("overrun_ended", session_mail(to_coach, became=became, **overrun))
            for to_coach in (False, True)
            for became in ENDS
        ],
        *[("debit", session_mail(step=step, **debit)) for step in ("kept", "too_slow", "failed", "taken_back")],
        ("note_shared", signed(coach=COACH, title=TITLE, starts_at=START, zone=ZONE, session_url=SESSION)),
    ]


def attendance() -> list[Sample]:
    """Sessions to which somebody did not come."""
    settled: dict[str, Any] = {"why": BRIEF, "refund_cents": 6000, "kept_cents": 6000, "coach": COACH}
    words: dict[str, Any] = {"words": BRIEF, "answer_words": BRIEF, "mentee": MENTEE, "coach": COACH}
    return [
        *[
            ("no_show_reported", session_mail(True, words=BRIEF, answer_by=START, paid_by=payer))
            for payer in ("", PAYER)
        ],
        *both("no_show_contested", answer="took_place", **words),
        *both("no_show_contested", answer="mentee_no_show", **words),
        ("no_show_taken_back", session_mail()),
        ("no_show_withdrawn", session_mail(True)),
        *both("no_show_settled", status="upheld", by_admin=True, **settled),
        *both("no_show_settled", status="upheld", by_admin=False, taxed=True, **settled),
        *both("no_show_settled", status="split", by_admin=True, **settled),
        *both("no_show_settled", status="rejected", by_admin=True, **settled),
        *[
            (
                "no_show_settled",
                session_mail(coach, status=status, by_admin=True, paid_by=PAYER, **settled, taxed=taxed),
            )
            for status in ("upheld", "split", "rejected")
            for coach, taxed in ((False, False), (False, True), (True, False))
        ],
    ]


def waitlist() -> list[Sample]:
    """The waitlist."""
    entry = signed(
        coach=COACH,
        meeting=_("%(title)s with %(name)s", title=TITLE, name=COACH),
        profile_url=f"{SITE}/@ada",
        waitlist_url=f"{SITE}/waitlist",
    )
    offer = entry | {
        "minutes": 60,
        "starts_at": START,
        "ends_at": START + timedelta(hours=1),
        "until": START,
        "zone": ZONE,
        "price_cents": 12000,
        "currency": CURRENCY,
        "session_url": SESSION,
    }
    why = _l("It is not offered any more.")
    return [
        ("waitlist_missed", entry),
        ("waitlist_unpaid", entry),
        ("waitlist_over", entry | {"why": why, "past": False}),
        ("waitlist_over", entry | {"why": why, "past": True}),
        ("waitlist_offer", offer | {"taxed": True, "by_approval": False, "last": False}),
        ("waitlist_offer", offer | {"taxed": False, "by_approval": True, "last": True}),
    ]
