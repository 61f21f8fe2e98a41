"""The kinds of mail, and which of them a person may switch off. Pure."""

from dataclasses import dataclass

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l


@dataclass(frozen=True)
class MailKind:
    """Mails of one subject. `why` says why they cannot be switched off; '' where they can."""

    name: str
    title: LazyText
    why: LazyText | str = ""
    # Who gets them: 'everybody', 'coach' or 'admin'.
    audience: str = "everybody"

    @property
    def is_optional(self) -> bool:
        """Whether a person may switch them off."""
        return not self.why


REMINDERS = "reminders"

KINDS = (
    MailKind(REMINDERS, _l("Reminders before a session")),
    MailKind("sessions_closed", _l("A session is closed")),
    MailKind("notes", _l("Your coach has shared a note")),
    MailKind("waitlist_news", _l("Your place on a waitlist has changed")),
    MailKind("invoices", _l("A new invoice")),
    MailKind("statements", _l("Your statement of a month"), audience="coach"),
    MailKind(
        "sessions",
        _l("Booked, moved and cancelled sessions"),
        _l("They carry the time, the meeting link and the event."),
    ),
    MailKind("waitlist_offers", _l("A time became free for you"), _l("It is held for you for a short time only.")),
    MailKind("asks", _l("What you asked, and what you are asked"), _l("Somebody waits for an answer.")),
    MailKind(
        "sponsorships",
        _l("What somebody did for you, and what you did"),
        _l("Somebody waits for your word."),
    ),
    MailKind("attendance", _l("Somebody is said not to have come"), _l("There is a deadline by which you can answer.")),
    MailKind("money", _l("Refunds, debits and disputes"), _l("They say what happens with your money.")),
    MailKind(
        "security", _l("Your account and how you sign in"), _l("They tell you of changes that you may not have made.")
    ),
    MailKind(
        "coaching", _l("Your application, your policies and currencies"), _l("They say what you may sell."), "coach"
    ),
    MailKind("payouts", _l("Your bank and your payouts"), _l("They say what happens with your money."), "coach"),
    MailKind("operations", _l("What needs an admin"), _l("Sessions and money of others wait for an admin."), "admin"),
)
BY_NAME = {kind.name: kind for kind in KINDS}
OPTIONAL = tuple(kind.name for kind in KINDS if kind.is_optional)

# Which kind the mail of a template is.
OF_TEMPLATE = {
    "account_change_proposed": "operations",
    "account_changed": "security",
    "account_deleted": "security",
    "account_deletion_asked": "security",
    "account_deletion_refused": "security",
    "account_deletion_withdrawn": "security",
    "account_export_ready": "security",
    "application_approved": "coaching",
    "application_received": "coaching",
    "application_rejected": "coaching",
    "application_to_vet": "operations",
    "answer_called_off": "asks",
    "answer_contested": "attendance",
    "answer_delivered": "asks",
    "answer_due": "asks",
    "answer_follow_up": "asks",
    "answer_follow_up_answered": "asks",
    "answer_late": "asks",
    "answer_ordered": "asks",
    "answer_paid_too_late": "money",
    "answer_report_settled": "attendance",
    "answer_reported": "attendance",
    "answer_to_decide": "operations",
    "ask_answered": "asks",
    "ask_code": "security",
    "ask_declined": "asks",
    "ask_lapsed": "asks",
    "ask_queue_over": "asks",
    "ask_queue_sent": "asks",
    "ask_queued": "asks",
    "ask_quote_over": "asks",
    "ask_quoted": "asks",
    "ask_received": "asks",
    "ask_referred": "asks",
    "ask_reminder": "asks",
    "ask_sent": "asks",
    "ask_withdrawn": "asks",
    "bank_not_ready": "payouts",
    "credit_bought": "sessions",
    "credit_paid_too_late": "money",
    "credit_refunded": "money",
    "credit_reminder": "sessions",
    "booking_authorized_too_late": "sessions",
    "booking_cancelled": "sessions",
    "booking_completed": "sessions_closed",
    "booking_confirmed": "sessions",
    "booking_declined": "sessions",
    "booking_lapsed": "sessions",
    "booking_paid_too_late": "sessions",
    "booking_requested": "sessions",
    "booking_withdrawn": "sessions",
    "brief_changed": "sessions",
    "coach_suspended": "coaching",
    "currency_withdrawn": "coaching",
    "debit": "money",
    "dispute": "money",
    "dispute_admin": "operations",
    "free_time_differs": "operations",
    "goodwill_refund": "money",
    "invariants_changed": "operations",
    "invitation_accepted": "asks",
    "invitation_declined": "asks",
    "invitation_mail_failed": "asks",
    "invitation_other_time": "asks",
    "invitation_quoted": "asks",
    "invitation_received": "asks",
    "invoice": "invoices",
    "grant_offered": "asks",
    "grant_over": "asks",
    "grant_receipt": "sessions",
    "overrun_ended": "sessions",
    "overrun_proposed": "sessions",
    "licence_decided": "coaching",
    "licence_ends": "coaching",
    "licence_lapsed": "coaching",
    "licence_to_check": "operations",
    "manual_transfer": "operations",
    "meeting_link_changed": "sessions",
    "missing_at_stripe": "operations",
    "no_show_contested": "attendance",
    "no_show_reported": "attendance",
    "no_show_settled": "attendance",
    "no_show_taken_back": "attendance",
    "no_show_to_decide": "operations",
    "no_show_withdrawn": "attendance",
    "note_shared": "notes",
    "payer_answer": "money",
    "payer_dispute": "money",
    "payout_hold": "payouts",
    "payout_not_reversed": "operations",
    "payout_problem": "operations",
    "payout_returned": "payouts",
    "payout_reversed": "payouts",
    "policy_changed": "coaching",
    "publication_allowed": "asks",
    "publication_prepared": "asks",
    "publication_released": "asks",
    "publication_taken_down": "asks",
    "publication_withdrawn": "asks",
    "quote_needs_time": "asks",
    "quote_paid_for": "asks",
    "reconciliation_differences": "operations",
    "refund_adopted": "operations",
    "refund_failed": "operations",
    "reminder": REMINDERS,
    "reschedule_declined": "sessions",
    "reschedule_proposed": "sessions",
    "reschedule_withdrawn": "sessions",
    "rescheduled": "sessions",
    "run_to_approve": "operations",
    "session_feedback": "sessions_closed",
    "signin/address_changed": "security",
    "signin/change_email_instructions": "security",
    "signin/change_notice": "security",
    "signin/confirmation_instructions": "security",
    "signin/reset_instructions": "security",
    "signin/reset_notice": "security",
    "signin/security_notice": "security",
    "signin/welcome": "security",
    "signin/welcome_existing": "security",
    "sponsorship_answered": "sponsorships",
    "sponsorship_recorded": "sponsorships",
    "sponsorship_ended": "coaching",
    "statement": "statements",
    "stripe_refusal": "operations",
    "waitlist_missed": "waitlist_news",
    "waitlist_offer": "waitlist_offers",
    "waitlist_over": "waitlist_news",
    "waitlist_unpaid": "waitlist_news",
}


def kind_of(template: str) -> MailKind:
    """The kind of the mails that this template makes; KeyError where nobody has decided."""
    return BY_NAME[OF_TEMPLATE[template]]


def kinds_for(*, is_coach: bool, is_admin: bool) -> list[MailKind]:
    """What a person is ever sent, what may be switched off first."""
    audiences = {"everybody"} | ({"coach"} if is_coach else set()) | ({"admin"} if is_admin else set())
    return [kind for kind in KINDS if kind.audience in audiences]
