"""What is sent to each address so that nothing but permission decides: objects in the right state, and valid fields."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.earlier_answers import service as earlier_answers
from marketplace.asks.earlier_answers.rules import Source
from marketplace.asks.published_answers import service as published_answers
from marketplace.asks.published_answers.rules import version
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.asks.service import sending
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.transitions import transition_overrun
from marketplace.db import session
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import holds, manual_transfers, runs
from marketplace.personal_data.service import deletion
from marketplace.scheduling.service import time_off
from marketplace.unpaid_time.grants import service as grants
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.grants.transitions import transition_grant
from marketplace.waitlist import service as waitlist
from tests.asks.invitations.samples import an_invitation
from tests.doors import PASSWORD
from tests.factories import BRIEF
from tests.permissions.world import ASK, BANK, ON_SHELF, PUBLIC, TODAY, World

INVITATION = an_invitation(uid="another", starts="20270322T160000Z", ends="20270322T170000Z").decode()

WHY = "A reason."
PAYER = {"name": "Acme Ltd", "email": "accounts@acme.example", "reference": "PO-7781", "address": "", "tax_id": ""}
USD = "usd"
EMPTY = dict.fromkeys(("not_about", "tried", "why_coach", "aim"), "")
SESSION_BRIEF = EMPTY | {"brief": "How do I say no to a meeting?", "by_when": None}
LIMITS = ("max_per_week", "max_minutes_per_week", "longest_streak_minutes")
# Where an address means another thing than `World.things` has under the placeholder's own name.
HELD, REQUESTED, SILENT, REPORTED, MOVED = (
    {"booking_id": name} for name in ("held", "requested", "silent", "reported", "moved")
)
PAST, TRANSFER = {"booking_id": "past"}, {"payout_id": "transfer_id", "run_id": "sent_run_id"}
TRANSFERRED = {"payout_id": "transferred_id", "run_id": "sent_run_id"}
APPLICANT = {"coach_id": "applicant_id"}
TO_PAY, DELIVERED, ASKED_ABOUT, NO_ANSWER = (
    {"answer_id": name} for name in ("answer_to_pay", "delivered", "asked_about", "no_answer")
)
PUBLISHING = ("show", "get", "prepare", "allow", "release", "withdraw")
ANSWERED = {"ask_id": "answered_id"}
OTHERWISE: dict[str, dict[str, str]] = {
    **{f"session_credits{pay}": {"credit_id": "credit_to_pay"} for pay in ("_api.pay_for_credit", ".pay")},
    "session_feedback_api.get_feedback": PAST,
    "session_feedback_api.give_feedback": PAST,
    "session_feedback.give": PAST,
    "session_feedback.show": PAST | {"signature": "feedback_signature"},
    "session_feedback.give_by_link": PAST | {"signature": "feedback_signature"},
    "written_answers_api.pay_for_answer": TO_PAY,
    "written_answers.pay": TO_PAY,
    "written_answers_api.ask_follow_up": DELIVERED,
    "written_answers.ask_follow_up": DELIVERED,
    "written_answers_api.report_answer": DELIVERED,
    "written_answers.report": DELIVERED,
    "written_answers_api.reply_to_follow_up": ASKED_ABOUT,
    "written_answers.reply": ASKED_ABOUT,
    "written_answers_api.get_answer_report": NO_ANSWER,
    "written_answers_api.withdraw_answer_report": NO_ANSWER,
    "written_answers.withdraw_report": NO_ANSWER,
    "written_answers_api.respond_to_answer_report": NO_ANSWER,
    "written_answers.respond": NO_ANSWER,
    "booking.pay_booking": HELD,
    "session_actions.pay": HELD,
    "coupons_api.apply_coupon": HELD,
    "coupons_api.remove_coupon": HELD,
    "coupons.use": HELD,
    "coupons.drop": HELD,
    "booking.approve_booking": REQUESTED,
    "booking.decline_booking": REQUESTED,
    "session_actions.approve": REQUESTED,
    "session_actions.decline": REQUESTED,
    "booking.complete_booking": SILENT,
    "session_actions.complete": SILENT,
    "booking.take_back_no_show": SILENT,
    "session_actions.take_back": SILENT,
    "attendance_api.report_no_show": SILENT,
    "session_actions.report_no_show": SILENT,
    "attendance_api.get_no_show": REPORTED,
    "attendance_api.withdraw_no_show": REPORTED,
    "attendance_api.answer_no_show": REPORTED,
    "session_actions.withdraw_no_show": REPORTED,
    "session_actions.answer_no_show": REPORTED,
    "reschedules_api.accept_reschedule": MOVED,
    "reschedules_api.decline_reschedule": MOVED,
    "reschedules_api.withdraw_reschedule": MOVED,
    "reschedules.accept": MOVED,
    "reschedules.decline": MOVED,
    "reschedules.withdraw": MOVED,
    "mentees.one": {"mentee_id": "user_id"},
    "hours_api.clear_date_overrides": {"schedule_id": "coach_id"},
    "admin_goodwill_refunds_api.make_goodwill_refund": PAST,
    "admin_goodwill_refunds_api.preview_goodwill_refund": PAST,
    "admin_goodwill_refunds.ask": PAST,
    "admin_goodwill_refunds.send": PAST,
    "admin_coaches_api.approve_coach": APPLICANT,
    "admin_coaches_api.reject_coach": APPLICANT,
    "admin_coaches.approve": APPLICANT,
    "admin_coaches.reject": APPLICANT,
    "admin_people_api.propose_account_change": {"user_id": "idle_id"},
    "admin_people.propose": {"user_id": "idle_id"},
    "admin_people.confirm": {"user_id": "leaving_id"},
    "admin_people.withdraw": {"user_id": "leaving_id"},
    "admin_money_api.retry_payout": {"payout_id": "failed_payout_id"},
    "admin_payouts.retry": {"payout_id": "failed_payout_id", "run_id": "sent_run_id"},
    "manual_transfers_api.list_transfers": TRANSFER,
    "manual_transfers_api.get_transfers_csv": TRANSFER,
    "manual_transfers_api.record_transfer": TRANSFER,
    "manual_transfers_api.record_transfer_return": TRANSFERRED,
    "manual_transfers.transfers": TRANSFER,
    "manual_transfers.transfers_csv": TRANSFER,
    "manual_transfers.transferred": TRANSFER,
    "manual_transfers.returned": TRANSFERRED,
    **{
        key: {"ask_id": "answered_id"}
        for key in [f"publications.{name}" for name in ("show", "prepare", "allow", "release", "withdraw")]
        + [f"published_answers_api.{name}_publication" for name in ("get", "prepare", "allow", "release", "withdraw")]
    },
    "calendar_feeds.feed": {"token": "feed_secret"},
    "payers.receipt": {"signature": "receipt_signature"},
    "account_mails.ask": {"token": "unsubscribe_token"},
    "account_mails.unsubscribe": {"token": "unsubscribe_token"},
    "security.reset_password": {"token": "reset_token"},
    "security.confirm_email": {"token": "confirm_token"},
    "security.change_email_confirm": {"token": "change_token"},
    "security.two_factor_setup_validate": {"token": "setup_token"},
    "static": {"filename": "fairhour.css"},
    "bootstrap.static": {"filename": "bootstrap.css"},
    "security.static": {"filename": "base.js"},
}
# What an address cannot be asked without.
QUERIES = {
    "series_api.preview_series": "starts_at=2027-03-16T13:00:00Z&count=2",
    "admin_goodwill_refunds_api.preview_goodwill_refund": "amount=1000&paid_by=platform",
    "embedding.oembed": "url=http://localhost/@ada",
}


LICENCE = {"number": "77", "jurisdiction": "AT", "expires_on": "2030-01-01"}
SPONSORSHIP = {"email": "nia@example.com", "act": "nominated", "what": "For a prize.", "happened_on": "2027-03-01"}
NEW_VERSION = version("Another title", PUBLIC["question"], PUBLIC["answer"])
PROFILE = {"handle": "newcomer", "headline": "Another line", "about": "Who I am.", "kinds": ["mentor"]}
PROFILE |= {"timezone": "Europe/Berlin", "currency": USD}


def _usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": USD}


def bodies(world: World) -> dict[str, Any]:
    """What the API is sent, by operation, where it is not the example of the document."""
    things, free = world.things, str(TODAY + timedelta(days=4, hours=13)).replace(" ", "T")
    days = {"starts_on": "2027-03-24", "ends_on": "2027-03-26"}
    hours = {"hours": [{"weekday": 0, "start": "09:00", "end": "12:00"}]}
    offering = str(things["offering_id"])
    wanted = {"offering_id": offering, "brief": BRIEF}
    steps = {"tiers": [{"hours": 24, "percent": 100}], "grace_minutes": 60, "reschedules": 1, "reschedule_hours": 4}
    return {
        "hold_booking": wanted | {"starts_at": free},
        "hold_series": wanted | {"starts_at": free, "every_weeks": 1, "count": 2},
        "join_waitlist": wanted | days,
        "cancel_booking": {"expected_refund": _usd(12000)},
        "complete_booking": {"outcome": "took_place"},
        "apply_coupon": {"code": "SPRING"},
        "answer_no_show": {"answer": "took_place", "words": "I was there."},
        "decide_no_show": {"verdict": "pay", "reason": WHY},
        "reschedule_booking": {"starts_at": free},
        "propose_reschedule": {"starts_at": free},
        "make_goodwill_refund": {"refund": _usd(1000), "left": _usd(12000), "paid_by": "platform", "reason": WHY},
        "reverse_payout": {"amount": _usd(1000), "left": _usd(10800), "reason": WHY},
        "propose_account_change": {"kind": "deactivate", "reason": WHY},
        "record_transfer": {"reference": "REF 2", "transferred_on": "2027-03-11"},
        "create_policy": {"name": "Lenient"} | steps,
        "revise_policy": steps | {"after_version": 1},
        "edit_coach_profile": {"headline": "Another line"},
        "edit_offering": {"title": "Another hour"},
        "publish_offering": {"title": "An hour", "kind": "mentor", "minutes": 60, "price": _usd(9000)},
        "apply_as_coach": PROFILE | {"topics": ["python"], "languages": ["en"]},
        "add_schedule": {"name": "Nights"},
        "rename_schedule": {"name": "Nights"},
        "receive_invitation": {"text": INVITATION},
        "quote_invitation": {"note": ""},
        "decline_invitation": {"reply": "Not without pay."},
        "set_invitation_settings": {"preparation_minutes": 15, "group_percent": 10},
        "create_coupon": {"code": "AUTUMN", "percent": 10},
        "connect_bank": {"country": "DE"},
        "set_bank_details": BANK,
        "add_calendar": {"kind": "ics", "name": "Work", "url": "https://calendar.example.com/b.ics"},
        "add_date_override": {"date": "2027-04-06", "kind": "closed"},
        "set_date_overrides": {"overrides": [{"date": "2027-04-06", "kind": "closed"}]},
        "set_hours": hours,
        "set_schedule_hours": hours,
        "set_holidays": {"country": "DE", "region": None},
        "set_limits": dict.fromkeys(LIMITS) | {"max_per_day": 3},
        "set_payout_schedule": {"schedule": "monthly"},
        "set_away_message": {"message": "Back in May.", "until": None},
        "set_meeting_link": {"url": "https://video.example/ada"},
        "add_time_off": days,
        "create_feed": {"side": "mentee"},
        "choose_mails": {"declined": ["notes"]},
        "set_preferences": {"locale": "de-AT", "hour_cycle": "h12", "first_weekday": 6},
        "set_reminders": {"reminders": "none"},
        "create_token": {"name": "new", "scopes": ["tokens"]},
        "edit_me": {"name": "Another Name"},
        "write_note": {"text": "A note.", "shared": True},
        "give_feedback": {"kind": "tutor", "dealt_with": True},
        "change_brief": SESSION_BRIEF,
        "count_earlier_answer": {"source": "shelf", "id": str(world.things["item_id"])},
        "send_ask": ASK | {"coach": "ada"},
        "take_place": ASK | {"coach": "ada"},
        "preview_ask": ASK,
        "record_sponsorship": SPONSORSHIP,
        "give_licence": LICENCE,
        "refuse_licence": {"reason": WHY},
        "show_sponsorship": {"everybody": True},
        "send_quote": {"minutes": 30, "note": ""},
        "hold_for_quote": {"starts_at": free},
        "name_payer": PAYER,
        "make_payer_link": {"purpose": "Training"},
        "pay_by_link": PAYER,
        "propose_overrun": {"minutes": 20},
        "grant_session": {"minutes": 30},
        **{name: {"starts_at": free} for name in ("take_grant", "schedule_credit")},
        "set_pro_bono": {"minutes_per_month": 120},
        "log_unpaid_time": {"kind": "coffee", "minutes": 15},
        "start_unpaid_timer": {"kind": "talk"},
        "deliver_answer": {"answer": "Decide together."},
        "ask_follow_up": {"question": "When?"},
        "reply_to_follow_up": {"reply": "In May."},
        "report_answer": {"words": "It says nothing."},
        "respond_to_answer_report": {"response": "disagree", "words": "It does."},
        "decide_answer_report": {"verdict": "pay", "reason": WHY},
        "answer_ask": {"reply": "Decide by what each did.", "minutes": 5},
        "decline_ask": {"reason": "no_time"},
        "prepare_publication": PUBLIC | {"title": "Another title"},
        "release_publication": {"version": NEW_VERSION},
        "add_shelf_item": ON_SHELF,
        "change_shelf_item": ON_SHELF | {"title": "Another title"},
        "move_shelf_item": {"position": 0},
        "set_ask_settings": dict.fromkeys(("open_at_most", "per_week"), 3)
        | {"closed_until": None, "least_points": 0, "sentences": {}, "takes_referrals": False},
        "edit_note": {"text": "Another note."},
    }


def forms(world: World) -> dict[str, dict[str, Any]]:
    """What is typed into the pages' forms, by endpoint; buttons alone send nothing."""
    free = (TODAY + timedelta(days=4, hours=13)).isoformat()
    days = {"starts_on": "2027-03-24", "ends_on": "2027-03-26"}
    policy = {"grace_minutes": "60", "reschedules": "1", "reschedule_hours": "4", "hours": ["24"], "percent": ["100"]}
    profile = PROFILE | {"topics": "python", "languages": "en"}
    offering = {"title": "Another hour", "kind": "mentor", "minutes": "60", "price": "90.00"}
    new_password = {"password": PASSWORD, "new_password": f"{PASSWORD} 2", "new_password_confirm": f"{PASSWORD} 2"}
    fresh = {"password": new_password["new_password"], "password_confirm": new_password["new_password"]}
    return {
        "account.save_profile": {"name": "Another Name", "timezone": "Europe/Berlin"},
        "account.save_preferences": {"locale": "de-AT", "hour_cycle": "h12", "first_weekday": "6"},
        "account.create_token": {"name": "new", "scopes": ["read"], "lasts_days": "30"},
        "admin_attendance.decide": {"verdict": "pay", "reason": WHY},
        "admin_coach_payouts.hold": {"reason": WHY},
        "admin_coaches.reject": {"reason": WHY},
        "admin_coaches.suspend": {"reason": WHY},
        "admin_goodwill_refunds.send": {"refund": "10.00", "paid_by": "platform", "reason": WHY},
        "admin_people.propose": {"kind": "deactivate", "reason": WHY},
        "admin_policies.make": policy | {"name": "Lenient"},
        "admin_policies.say_anew": policy | {"after_version": "1"},
        "admin_reversals.send": {"amount": "10.00", "left": "10800", "reason": WHY},
        "apply.send": profile,
        "away_messages.save": {"message": "At sea.", "until": ""},
        "asks.send": {name: said for name, said in ASK.items() if said}
        | {"name": "Nia", "email": "nia.new@example.com", "timezone": "Europe/Berlin", "earlier_shown": "yes"},
        "asks.confirm": {"code": world.things["draft_code"]},
        "session_feedback.give": {"kind": "tutor", "dealt_with": "no"},
        "session_feedback.give_by_link": {"kind": "tutor", "dealt_with": "no"},
        "earlier_answers.enough": {"source": f"shelf:{world.things['item_id']}"},
        "earlier_answers.end_draft": {"source": f"shelf:{world.things['item_id']}"},
        "earlier_answers.count": {"code": world.things["draft_code"]},
        "sponsorships.record": SPONSORSHIP,
        "licences.give": LICENCE,
        "admin_coaches.refuse_licence": {"reason": WHY},
        "sponsorships.show": {"everybody": "yes"},
        "quotes.send": {"minutes": "30", "price": "", "note": ""},
        "quotes.hold": {"starts_at": free},
        "payers.save": PAYER,
        "payers.make": {"purpose": "Training"},
        "payers.pay": PAYER,
        "overruns.propose": {"minutes": "20", "price": ""},
        "grants.grant": {"minutes": "30"},
        **{name: {"starts_at": free} for name in ("grants.take", "session_credits.schedule")},
        "grants.choose_budget": {"minutes_per_month": "120"},
        "unpaid_time.log": {"kind": "coffee", "minutes": "15"},
        "unpaid_time.start_timer": {"kind": "talk"},
        "written_answers.deliver": {"answer": "Decide together."},
        "written_answers.ask_follow_up": {"question": "When?"},
        "written_answers.reply": {"reply": "In May."},
        "written_answers.report": {"words": "It says nothing."},
        "written_answers.respond": {"response": "disagree", "words": "It does."},
        "admin_written_answers.decide": {"verdict": "pay", "reason": WHY},
        "ask_inbox.answer": {"reply": "Decide by what each did.", "minutes": "5"},
        "ask_inbox.decline": {"reason": "no_time", "reply": "Not before May."},
        "invitations.receive": {"text": INVITATION},
        "invitations.quote": {"price": "", "note": "", "kind": "mentor"},
        "invitations.decline": {"reply": "Not without pay."},
        "invitations.save": {"preparation_minutes": "15", "group_percent": "10"},
        "publications.prepare": PUBLIC | {"title": "Another title"},
        "publications.release": {"version": NEW_VERSION},
        "shelf.add": ON_SHELF,
        "shelf.save": ON_SHELF | {"title": "Another title"},
        "shelf.move": {"position": "0"},
        "ask_inbox.save": {"open_at_most": "3", "per_week": "3", "closed_until": "", "least_points": "0"},
        "bookings.hold": {"starts_at": free, "brief": BRIEF},
        "calendar_feeds.create": {"side": "mentee"},
        "account_mails.choose_reminders": {"reminders": "none"},
        "account_mails.choose": {"wanted": ["notes"]},
        "calendars.add": {"kind": "ics", "name": "Work", "url": "https://calendar.example.com/b.ics"},
        "coach_dashboard.save_profile": profile | {"handle": "ada"},
        "coach_dashboard.publish_offering": offering,
        "coach_dashboard.save_offering": offering,
        "coupons.make": {"code": "AUTUMN", "percent": "10"},
        "coupons.use": {"code": "SPRING"},
        "date_overrides.add": {"date": "2027-04-06", "kind": "closed"},
        "earnings.connect": {"country": "DE"},
        "earnings.choose_schedule": {"schedule": "monthly"},
        "hours.save_week": {"start-0": ["09:00"], "end-0": ["12:00"]},
        "hours.save_schedule": {"start-0": ["09:00"], "end-0": ["12:00"]},
        "hours.add_schedule": {"name": "Nights"},
        "hours.rename": {"name": "Nights"},
        "invoices.save_details": {"name": "Mia Ltd", "address": "", "tax_id": "", "tax_percent": "", "tax_note": ""},
        "manual_transfers.give": BANK,
        "manual_transfers.transferred": {"reference": "REF 2", "transferred_on": "2027-03-11"},
        "manual_transfers.returned": {"reason": WHY},
        "meeting_links.save": {"url": "https://video.example/ada"},
        "notes.write": {"text": "A note."},
        "notes.edit": {"text": "Another note."},
        "reading.choose_language": {"locale": "de"},
        "reading.choose_zone": {"zone": "Europe/Berlin"},
        "reschedules.move": {"starts_at": free},
        "security.change_email": {"email": "another@example.com"},
        "security.change_password": new_password,
        "security.forgot_password": {"email": world.mentee.email},
        "security.login": {"email": world.mentee.email, "password": PASSWORD},
        "security.register": {"name": "Nia", "email": "nia@example.com", "timezone": "Europe/Berlin"} | fresh,
        "security.reset_password": fresh,
        "security.send_confirmation": {"email": world.things["unconfirmed"].email},
        "security.two_factor_setup": {"setup": "authenticator"},
        "security.two_factor_setup_validate": {"code": world.things["setup_code"]},
        "series.hold": {"starts_at": free, "every_weeks": "1", "count": "2", "brief": BRIEF, "mode": "all"},
        "session_actions.change_brief": SESSION_BRIEF | {"by_when": ""},
        "session_actions.cancel": {"expected_refund_cents": "12000"},
        "session_actions.complete": {"outcome": "took_place"},
        "session_actions.answer_no_show": {"answer": "took_place", "words": "I was there."},
        "step_up.verify": {"step_up_password": PASSWORD},
        "time_off.add": days,
        "time_off.keep_holidays": {"country": "DE", "region": ""},
        "time_off.set_limits": {"max_per_day": "3"} | dict.fromkeys(LIMITS, ""),
        "waitlist.join": days | {"brief": BRIEF, "weekdays": [str(day) for day in range(7)]},
    }


# The page whose form carries the version that is changed.
VERSIONED = {
    "ask_inbox.save": "/dashboard/asks/settings",
    "invitations.save": "/dashboard/invitations/settings",
    "payers.save": "/quotes/{quote_id}/payer",
    "mailboxes.make": "/dashboard/invitations/mail",
    "mailboxes.remove": "/dashboard/invitations/mail",
    "mailboxes.use": "/dashboard/invitations/mail",
    "mailboxes.discard": "/dashboard/invitations/mail",
    "grants.choose_budget": "/dashboard/unpaid-time",
    "shelf.save": "/dashboard/shelf/{item_id}",
    "away_messages.save": "/dashboard/away-message",
    "account.save_profile": "/account",
    "account.save_preferences": "/account",
    "coach_dashboard.save_profile": "/dashboard/profile",
    "coach_dashboard.save_offering": "/dashboard/offerings/{offering_id}",
    "account_mails.choose": "/account/mails",
    "account_mails.choose_reminders": "/account/mails",
    "earnings.choose_schedule": "/dashboard/earnings",
    "hours.rename": "/dashboard/hours/{schedule_id}",
    "hours.save_week": "/dashboard/hours",
    "hours.save_schedule": "/dashboard/hours/{schedule_id}",
    "invoices.save_details": "/account/invoice-details",
    "manual_transfers.give": "/dashboard/bank/transfer",
    "meeting_links.save": "/dashboard/meeting-link",
    "notes.edit": "/sessions/{booking_id}/notes/{note_id}",
    "time_off.keep_holidays": "/dashboard/time-off",
    "time_off.set_limits": "/dashboard/time-off",
}


NO_RUN_OPEN = {
    "admin_money_api.propose_payout_run",
    "admin_payouts.propose",
    "payouts_api.request_payout",
    "earnings.ask",
}
NO_RUN_OPEN |= {"admin_money_api.retry_payout", "admin_payouts.retry"}
HOLDS = {
    *("grants_api.take_grant", "grants.take", "grants.receipt"),
    *("session_credits_api.schedule_credit", "session_credits.schedule"),
    "quotes_api.hold_for_quote",
    "quotes.hold",
    "payers_api.pay_by_link",
    "payers.pay",
    "booking.hold_booking",
    "bookings.hold",
    "series_api.hold_series",
    "series.hold",
}


# What takes files, and the name of their field on a page; the API calls each `file`.
FILES = {
    "admin_branding.upload": "file",
    "attachments.attach": "files",
    "portraits.upload": "file",
    "attachments_api.attach_file": "file",
    "written_answers_api.add_answer_file": "file",
    "written_answers.add_files": "files",
    "portraits_api.upload_portrait": "file",
    "site_logo_api.upload_logo": "file",
}


def _prepare_gifts(world: World, endpoint: str) -> None:
    """A session that goes on, an overrun that is paid, a grant that is over or taken."""
    mia, things = world.mentee, world.things
    if endpoint in {"overruns_api.propose_overrun", "overruns.propose"}:
        began = clock.now() - timedelta(minutes=10)
        booking = session().get_one(Booking, things["booking_id"])
        booking.starts_at, booking.ends_at = began, began + timedelta(hours=1)
        booking.blocked = Range(booking.starts_at, booking.ends_at)
    if endpoint in {"overruns_api.refund_overrun", "overruns.refund"}:
        overrun = session().get_one(Overrun, things["overrun_id"])
        overrun.payment_id = things["silent"].payment_id
        for status in ("accepted", "paid"):
            transition_overrun(overrun, status)
    if endpoint in {"grants_api.grant_session", "grants.grant"}:
        transition_grant(session().get_one(Grant, things["grant_id"]), "lapsed")
    if endpoint in {"payers_api.pay_by_link", "payers.pay"}:
        quotes.hold(mia, quote_id=things["quote_id"], starts_at=TODAY + timedelta(days=4, hours=13))
    if endpoint == "grants.receipt":
        grants.take(mia, grant_id=things["grant_id"], starts_at=TODAY + timedelta(days=4, hours=13))


def _prepare_answers(mia: User, coach: User, endpoint: str, things: dict[str, Any]) -> None:
    """The same for what was answered."""
    if endpoint in {"published_answers_api.allow_publication", "publications.allow"}:
        published_answers.withdraw(mia, ask_id=things["answered_id"])
    if endpoint in {"published_answers_api.release_publication", "publications.release"}:
        published_answers.prepare(coach, ask_id=things["answered_id"], **PUBLIC | {"title": "Another title"})
    if endpoint == "earlier_answers.count":
        earlier_answers.end_draft(things["draft_id"], source=Source("shelf", things["item_id"]))


def prepare(world: World, endpoint: str) -> None:
    """What has to be so before anybody can do this, and was not made for everybody."""
    mia, things = world.mentee, world.things
    if endpoint in HOLDS:
        cancellations.cancel(mia, booking_id=things["held"].id, expected_refund_cents=0)
    _prepare_gifts(world, endpoint)
    if endpoint in {"written_answers_api.order_answer", "written_answers.order"}:
        due = TODAY + timedelta(days=4)
        written = update(Quote).where(Quote.id == things["quote_id"])
        session().execute(written.values(form="written", deliver_by=due))
    _prepare_answers(mia, world.coach, endpoint, things)
    if endpoint in {"asks_api.send_ask", "asks.send", "ask_queue_api.take_place"}:
        sending.withdraw(mia, ask_id=things["ask_id"])
    if endpoint in {"booking.take_back_no_show", "session_actions.take_back"}:
        completions.complete(world.coach, booking_id=things["silent"].id, outcome="mentee_no_show")
    if endpoint in {"personal_data_api.stay", "account_data.stay"}:
        deletion.ask_to_leave(world.other_mentee)
    if endpoint in {"waitlist_api.join_waitlist", "waitlist.join"}:
        time_off.add_time_off(world.coach, starts_on=date(2027, 3, 24), ends_on=date(2027, 3, 26))
        waitlist.leave(mia, entry_id=things["entry_id"])
    if endpoint in {"coupons_api.remove_coupon", "coupons.drop"}:
        coupon_use.apply_coupon(mia, booking_id=things["held"].id, code="SPRING")
    if endpoint in NO_RUN_OPEN:
        runs.cancel_run(world.admin, run_id=things["run_id"])
    if endpoint in {"admin_money_api.release_payout_hold", "admin_coach_payouts.release"}:
        holds.hold_coach(world.admin, coach_id=things["coach_id"], reason=WHY)
    if endpoint in {"manual_transfers_api.remove_bank_details", "manual_transfers.withdraw"}:
        manual_transfers.give_details(world.coach, details=Details(**BANK))
