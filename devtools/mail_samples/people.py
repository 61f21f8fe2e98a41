"""Samples of mails about accounts and asks, and to admins."""

from typing import Any

from devtools.mail_samples.facts import BRIEF, COACH, CURRENCY, MENTEE, PAYER, SITE, START, TITLE, ZONE, Sample, signed
from marketplace import clock
from marketplace.invariants.rules.invariant import Finding, Invariant, Violation
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext, ngettext
from marketplace.languages import lazy_gettext as _l
from marketplace.reconciliation.rules import Difference


def asks() -> list[Sample]:
    """Asks and their answers."""
    ask: dict[str, Any] = {
        "asker": MENTEE,
        "coach": COACH,
        "about": BRIEF,
        "aim": BRIEF,
        "minutes": 25,
        "price": "50.00 EUR",
        "payer": "Zz",
        "answer_by": clock.spoken(START, ZONE),
        "reply": BRIEF,
        "referred_to": "",
        "ask_url": f"{SITE}/asks/1",
        "directory_url": f"{SITE}/coaches",
        "publication_url": f"{SITE}/asks/1/publication",
    }
    public: dict[str, Any] = {"title": TITLE, "question": BRIEF, "public_answer": BRIEF, "was_public": True}
    public["public_url"] = f"{SITE}/@ada/answers/1"
    place: dict[str, Any] = {
        "coach": COACH,
        "about": BRIEF,
        "price": "50.00 EUR",
        "until": clock.spoken(START, ZONE),
        "position": 3,
    }
    place |= {"place_url": f"{SITE}/asks/queue/1", "directory_url": f"{SITE}/coaches", "sentence": "Zz"}
    offer = {"quoted_minutes": 45, "quoted_price": "90.00 EUR", "valid_until": clock.spoken(START, ZONE), "note": BRIEF}
    times = [clock.spoken(START, ZONE)]
    to_asker = ("ask_sent", "ask_queue_sent", "ask_answered", "ask_declined", "ask_lapsed")
    return [
        ("ask_code", {"coach": COACH, "code": "123456", "until": clock.spoken(START, ZONE)}),
        *[(kind, signed(**ask)) for kind in to_asker],
        ("ask_declined", signed(**ask | {"referred_to": MENTEE})),
        ("ask_referred", signed(COACH, referrer=MENTEE, settings_url=f"{SITE}/dashboard/asks/settings")),
        *[(kind, signed(**place)) for kind in ("ask_queued", "ask_queue_over")],
        *invitations(),
        *grants(),
        *payers(),
        *[
            (kind, signed(**ask | offer, written=written, deliver_by=clock.spoken(START, ZONE), held="", times=[]))
            for kind in ("ask_quoted", "ask_quote_over")
            for written in (True, False)
        ],
        ("ask_quoted", signed(**ask | offer, written=False, deliver_by="", held="", times=times)),
        ("ask_quoted", signed(**ask | offer, written=False, deliver_by="", held=times[0], times=times)),
        *[(kind, signed(COACH, **ask)) for kind in ("ask_received", "ask_reminder", "ask_withdrawn")],
        *[(kind, signed(**ask | public)) for kind in ("publication_prepared", "publication_taken_down")],
        *[(f"publication_{kind}", signed(COACH, **ask | public)) for kind in ("allowed", "released", "withdrawn")],
    ]


def payers() -> list[Sample]:
    """Quotes that somebody else pays."""
    facts: dict[str, Any] = {"coach": COACH, "price": "90.00 EUR", "valid_until": clock.spoken(START, ZONE)}
    facts |= {
        "ask_url": f"{SITE}/asks/1",
        "coach_url": f"{SITE}/@ada",
        "mentee": MENTEE,
        "deliver_by": clock.spoken(START, ZONE),
    }
    disputed = {"amount_cents": 9000, "currency": CURRENCY, "title": TITLE, "reference": "PO-7781"}
    return [
        *[("quote_paid_for", signed(**facts, payer=PAYER, written=written)) for written in (True, False)],
        *[("quote_needs_time", signed(**facts, when=when)) for when in (clock.spoken(START, ZONE), None)],
        *[("payer_answer", signed(PAYER, **facts, step=step)) for step in ("ordered", "released", "too_late")],
        *[("payer_dispute", signed(PAYER, **facts, **disputed, step=step)) for step in ("opened", "lost", "won")],
    ]


def grants() -> list[Sample]:
    """Free sessions."""
    given: dict[str, Any] = {
        "coach": COACH,
        "minutes": 30,
        "value": "60.00 EUR",
        "valid_until": clock.spoken(START, ZONE),
        "ask_url": f"{SITE}/asks/1",
        "directory_url": f"{SITE}/coaches",
        "title": TITLE,
        "when": [clock.spoken(START, ZONE)],
        "receipt_url": f"{SITE}/grants/1.pdf",
    }
    return [(kind, signed(**given)) for kind in ("grant_offered", "grant_over", "grant_receipt")]


def invitations() -> list[Sample]:
    """What organisers of meetings and the coaches whom they invited are written."""
    meeting: dict[str, Any] = {
        "coach": COACH,
        "summary": TITLE,
        "starts_at": clock.spoken(START, ZONE),
        "minutes": 210,
        "reply": BRIEF,
        "link": f"{SITE}/invitations/1/0123456789abcdef",
        "directory_url": f"{SITE}/coaches",
    }
    offer: dict[str, Any] = {
        "price": "420.00 EUR",
        "valid_until": clock.spoken(START, ZONE),
        "held_until": clock.spoken(START, ZONE),
        "note": BRIEF,
        "recurs": False,
        "sessions": 10,
        "series_price": "4,200.00 EUR",
    }
    return [
        ("invitation_declined", signed(**meeting)),
        ("invitation_declined", signed(**meeting | {"summary": "", "reply": ""})),
        ("invitation_quoted", signed(**meeting | offer)),
        ("invitation_quoted", signed(**meeting | offer | {"summary": "", "recurs": True, "note": ""})),
        ("invitation_quoted", signed(**meeting | offer | {"recurs": True, "sessions": 1})),
        ("invitation_accepted", signed(**meeting)),
        ("invitation_received", signed(COACH, **meeting | {"organiser": MENTEE})),
        ("invitation_received", signed(COACH, **meeting | {"organiser": MENTEE, "summary": ""})),
        ("invitation_mail_failed", signed(COACH, subject=TITLE, reason=BRIEF, link=SITE)),
        ("invitation_mail_failed", signed(COACH, subject="", reason=BRIEF, link=SITE)),
        ("invitation_accepted", signed(**meeting | {"summary": ""})),
        ("invitation_other_time", signed(**meeting, other_time=clock.spoken(START, ZONE))),
        ("invitation_other_time", signed(**meeting | {"summary": ""}, other_time=clock.spoken(START, ZONE))),
    ]


def sponsorships() -> list[Sample]:
    """Acts of sponsorship, for somebody with an account and without, and what became of them."""
    act: dict[str, Any] = {"act": "Zz", "register_url": f"{SITE}/sponsorships"}
    sent = act | {"sponsor": COACH, "sign_up_url": f"{SITE}/register"}
    return [
        ("sponsorship_recorded", signed(**sent, what=BRIEF)),
        ("sponsorship_recorded", sent | {"name": "", "what": ""}),
        *[
            ("sponsorship_answered", signed(COACH, **act, what=BRIEF, person=MENTEE, confirmed=confirmed))
            for confirmed in (True, False)
        ],
    ]


def session_credits() -> list[Sample]:
    """Sessions that are paid for without a time, for both sides."""
    facts: dict[str, Any] = {
        "mentee": MENTEE,
        "coach": COACH,
        "title": TITLE,
        "minutes": 45,
        "price": "90.00 EUR",
        "until": clock.spoken(START, ZONE),
        "credit_url": f"{SITE}/credits/1",
    }
    own, paid_for = ({"payer": payer, "to_coach": False} for payer in ("", PAYER))
    sides = [facts | side for side in (own | {"to_coach": True}, own, paid_for)]
    ends = ((True, False), (False, True), (False, False))
    return [
        *[("credit_bought", signed(**side)) for side in sides],
        *[
            ("credit_refunded", signed(**side, coach_left=left, cancelled=cancelled))
            for side in sides
            for left, cancelled in ends
        ],
        *[(kind, signed(**side)) for side in sides[1:] for kind in ("credit_reminder", "credit_paid_too_late")],
    ]


def written_answers() -> list[Sample]:
    """Written answers, for both sides, and reports of them."""
    facts: dict[str, Any] = {
        "mentee": MENTEE,
        "coach": COACH,
        "question": BRIEF,
        "price": "90.00 EUR",
        "deliver_by": clock.spoken(START, ZONE),
        "answer_url": f"{SITE}/written-answers/1",
    }
    both = [(facts | {"to_coach": to_coach, "payer": ""}) for to_coach in (True, False)]
    both.append(both[1] | {"payer": PAYER})
    to_decide = {"mentee": MENTEE, "coach": COACH, "price_cents": 9000, "currency": CURRENCY, "words": BRIEF}
    return [
        *[(kind, signed(**side)) for side in both for kind in ("answer_ordered", "answer_delivered", "answer_late")],
        *[("answer_called_off", signed(**side, card=card)) for side in both for card in (True, False)],
        *[("answer_contested", signed(**side)) for side in both],
        *[
            ("answer_report_settled", signed(**side, outcome=outcome, why=BRIEF))
            for side in both
            for outcome in ("upheld", "rejected", "withdrawn")
        ],
        *[(kind, signed(**both[1])) for kind in ("answer_paid_too_late", "answer_follow_up_answered")],
        ("answer_paid_too_late", signed(**both[2])),
        ("answer_due", signed(COACH, **both[0])),
        *[("answer_follow_up", signed(COACH, **both[0], reminder=late, words=BRIEF)) for late in (True, False)],
        ("answer_reported", signed(COACH, **both[0], words=BRIEF, until=clock.spoken(START, ZONE))),
        ("answer_to_decide", to_decide | {"answer_words": BRIEF, "report_url": f"{SITE}/admin/attendance/1"}),
    ]


def accounts() -> list[Sample]:
    """Accounts and signing in."""
    link: dict[str, Any] = {
        "link_url": f"{SITE}/confirm/{'x' * 180}",
        "within": ngettext("%(num)s day", "%(num)s days", 2),
    }
    notice: dict[str, Any] = {
        "what": _("A passkey was added"),
        "sentence": _("The passkey “%(name)s” was added for signing in.", name="Qwertz"),
    }
    data: dict[str, Any] = {"account_url": f"{SITE}/account/data"}
    return [
        ("account_deleted", signed()),
        ("account_deletion_asked", signed(due_at=START, zone=ZONE, **data)),
        ("account_deletion_refused", signed(reasons=[TITLE, BRIEF], **data)),
        ("account_deletion_withdrawn", signed()),
        ("account_export_ready", signed(days=7, **data)),
        *[("account_changed", signed(kind=kind)) for kind in ("remove_admin", "deactivate", "reactivate")],
        ("signin/address_changed", signed(old_address="mia@old.example", new_address="mia@new.example")),
        ("signin/change_email_instructions", link),
        ("signin/change_notice", signed()),
        ("signin/confirmation_instructions", link),
        ("signin/reset_instructions", signed(**link)),
        ("signin/reset_notice", signed()),
        ("signin/security_notice", signed(**notice)),
        ("signin/welcome", link),
        ("signin/welcome_existing", signed(**link)),
    ]


def admins() -> list[Sample]:
    """What needs an admin."""
    paid: dict[str, Any] = {"amount_cents": 12000, "currency": CURRENCY, "handle": "ada", "reason": BRIEF}
    invariant = Invariant("zap_zap", lazy_gettext("Zapfsäule."), "")
    violation = Violation("kk", "42", "Zitrone", None)
    finding = Finding(invariant, 3, [violation], 5)
    admin = f"{SITE}/admin"
    two: dict[str, Any] = {"mentee": MENTEE, "coach": COACH, "title": TITLE, "currency": CURRENCY}
    dispute: dict[str, Any] = {
        "amount_cents": 12000,
        "fee_cents": 1500,
        "fee_currency": CURRENCY,
        "reason": "zzz",
        "due_by": START,
        "payer": PAYER,
    }
    return [
        (
            "account_change_proposed",
            {
                "what": _("A passkey was added"),
                "person": MENTEE,
                "email": "mia@example.com",
                "reason": BRIEF,
                "proposer": COACH,
                "person_url": admin,
            },
        ),
        *[
            ("bank_not_ready", {"bank_url": "", "coach": COACH, "coach_url": admin, "status": status})
            for status in ("gone", "rejected", "restricted")
        ],
        *[
            ("dispute_admin", two | dispute | {"step": step, "dispute_url": admin})
            for step in ("inquiry", "opened", "won", "lost")
        ],
        ("free_time_differs", {"coaches": ["@ada"], "more": 2}),
        ("invariants_changed", {"broken": [finding], "well": ["Zapfsäule."], "checks_url": admin}),
        ("invariants_changed", {"broken": [], "well": ["Zapfsäule."], "checks_url": admin}),
        ("manual_transfer", {"transfers_url": admin}),
        *[
            ("no_show_to_decide", two | {"price_cents": 12000, "answer": answer, "report_url": admin})
            for answer in ("took_place", "mentee_no_show")
        ],
        ("payout_not_reversed", paid | {"reverse_url": admin}),
        *[("payout_problem", paid | {"reversed_cents": cents, "run_url": admin}) for cents in (None, 12000)],
        (
            "reconciliation_differences",
            {"differences": [Difference("ch_1", CURRENCY, 500, 0)], "page_url": admin},
        ),
        *[
            ("missing_at_stripe", {"what": what, "stripe_id": "zz_1", "page_url": admin})
            for what in ("dispute", "transfer")
        ],
        ("refund_adopted", paid | {"refund_id": "019547d2", "booking_id": "019547d3"}),
        ("refund_failed", paid | {"refund_id": "019547d2", "booking_id": "019547d3"}),
        *[("run_to_approve", {"proposed": proposed, "run_url": admin}) for proposed in (True, False)],
        ("stripe_refusal", {"words": "Zzz.", "to_do": _l("It is not offered any more.")}),
    ]
