"""What needs a fresh password: one table for the pages, and for the API.

A page's endpoint is answered only to a session in which the password was typed, or a passkey used, within
`FRESH_FOR`. A token can do neither: the same command's endpoint in the API asks it for a scope of its own
(`payouts`, `tokens` or `admin:critical`), which only a fresh session gives out.
"""

from dataclasses import dataclass
from datetime import timedelta

FRESH_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class SensitiveCommand:
    """Something that moves money, or changes who can: the endpoints of the pages and of the API that do it."""

    what: str
    pages: tuple[str, ...]
    api: tuple[str, ...] = ()


COMMANDS = (
    SensitiveCommand(
        "refunds out of goodwill",
        ("admin_goodwill_refunds.send",),
        ("admin_goodwill_refunds_api.make_goodwill_refund",),
    ),
    SensitiveCommand("attendance decisions", ("admin_attendance.decide",), ("attendance_api.decide_no_show",)),
    SensitiveCommand(
        "decisions about written answers",
        ("admin_written_answers.decide",),
        ("written_answers_api.decide_answer_report",),
    ),
    SensitiveCommand("refunds sent again", ("admin_refunds.retry",), ("admin_refunds_api.retry_refund",)),
    SensitiveCommand(
        "evidence in a dispute", ("admin_disputes.submit",), ("admin_disputes_api.submit_dispute_evidence",)
    ),
    SensitiveCommand(
        "payout runs",
        (
            "admin_payouts.propose",
            "admin_payouts.approve",
            "admin_payouts.approve_all",
            "admin_payouts.cancel",
            "admin_payouts.retry",
            "admin_payouts.retry_all",
        ),
        (
            "admin_money_api.propose_payout_run",
            "admin_money_api.approve_payout_run",
            "admin_money_api.cancel_payout_run",
            "admin_money_api.retry_payout",
        ),
    ),
    SensitiveCommand(
        "payouts held and released",
        ("admin_coach_payouts.hold", "admin_coach_payouts.release"),
        ("admin_money_api.place_payout_hold", "admin_money_api.release_payout_hold"),
    ),
    SensitiveCommand(
        "reversals of payouts",
        ("admin_reversals.ask", "admin_reversals.send", "admin_reversals.retry"),
        ("admin_payouts_api.reverse_payout", "admin_payouts_api.retry_payout_reversal"),
    ),
    SensitiveCommand(
        "manual bank transfers",
        (
            "manual_transfers.transfers",
            "manual_transfers.transfers_csv",
            "manual_transfers.transferred",
            "manual_transfers.returned",
        ),
        (
            "manual_transfers_api.list_transfers",
            "manual_transfers_api.get_transfers_csv",
            "manual_transfers_api.record_transfer",
            "manual_transfers_api.record_transfer_return",
        ),
    ),
    SensitiveCommand(
        "a coach's bank",
        (
            "earnings.connect",
            "earnings.refresh",
            "manual_transfers.details",
            "manual_transfers.give",
            "manual_transfers.withdraw",
        ),
        (
            "payouts_api.connect_bank",
            "manual_transfers_api.set_bank_details",
            "manual_transfers_api.remove_bank_details",
        ),
    ),
    SensitiveCommand("asking for a payout", ("earnings.ask",), ("payouts_api.request_payout",)),
    SensitiveCommand(
        "policies",
        ("admin_policies.make", "admin_policies.say_anew", "admin_policies.retire"),
        ("policies_api.create_policy", "policies_api.revise_policy", "policies_api.retire_policy"),
    ),
    SensitiveCommand(
        "who is a coach",
        ("admin_coaches.approve", "admin_coaches.reject", "admin_coaches.suspend"),
        ("admin_coaches_api.approve_coach", "admin_coaches_api.reject_coach", "admin_coaches_api.suspend_coach"),
    ),
    SensitiveCommand(
        "who may work as a therapist",
        ("admin_coaches.check_licence", "admin_coaches.refuse_licence"),
        ("admin_coaches_api.check_licence", "admin_coaches_api.refuse_licence"),
    ),
    SensitiveCommand(
        "who is an admin, and who may sign in",
        ("admin_people.propose", "admin_people.confirm"),
        ("admin_people_api.propose_account_change", "admin_people_api.confirm_account_change"),
    ),
    SensitiveCommand(
        # Asked for before a file is chosen: files are not kept while somebody types a password.
        "the logo on every page",
        ("admin_branding.show", "admin_branding.upload", "admin_branding.remove"),
        ("site_logo_api.upload_logo", "site_logo_api.remove_logo"),
    ),
    SensitiveCommand("access tokens", ("account.create_token",), ("me.create_token",)),
    SensitiveCommand("the address that one signs in with", ("security.change_email",)),
    SensitiveCommand(
        "the second factor",
        (
            "security.two_factor_setup",
            "security.two_factor_setup_validate",
            "security.two_factor_token_validation",
            "security.mf_recovery_codes",
        ),
    ),
    SensitiveCommand("passkeys", ("passkeys.new", "passkeys.add", "passkeys.remove", "passkeys.after_password")),
    SensitiveCommand(
        "a copy of one's data",
        ("account_data.ask_for_export", "account_data.download"),
        ("personal_data_api.make_data_export", "personal_data_api.get_data_export_content"),
    ),
    SensitiveCommand(
        "leaving",
        ("account_data.leave", "account_data.stay"),
        ("personal_data_api.ask_to_leave", "personal_data_api.stay"),
    ),
    SensitiveCommand(
        "ending sessions",
        ("account_sessions.end", "account_sessions.end_others"),
        ("sessions.end_user_session", "sessions.end_user_sessions"),
    ),
)

PAGES = {endpoint: command.what for command in COMMANDS for endpoint in command.pages}
