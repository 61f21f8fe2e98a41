"""Names of jobs, of Stripe's words and of kinds of things, as admins read them."""

import re
from collections.abc import Mapping

from marketplace.audit.rules import spelt
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

JOBS: Mapping[str, LazyText] = {
    "abandon_payment": _l("Close a payment page that nobody needs any more"),
    "adopt_refund": _l("Take over a refund that was made at Stripe"),
    "adopt_refunds": _l("Look for refunds that were made at Stripe"),
    "advance_queues": _l("Send asks from queues"),
    "announce_end_of_sponsorship": _l("Tell a coach that sponsorship is not sold any more"),
    "ask_for_feedback": _l("Ask what sessions were"),
    "capture_payment": _l("Take the money for an accepted request"),
    "check_free_ranges": _l("Compare free times with hours"),
    "check_invariants": _l("Check that everything is as it must be"),
    "check_ledger": _l("Check the ledger"),
    "close_ledger": _l("Close the ledger's past days"),
    "complete_sessions": _l("Mark sessions as over"),
    "delete_accounts": _l("Delete accounts whose owners asked for it"),
    "expand_openings": _l("Work out a coach's free times"),
    "expire_hold": _l("End a hold"),
    "expire_holds": _l("End unpaid holds"),
    "export_event": _l("Write a session into a calendar"),
    "export_sessions": _l("Write all sessions into a calendar"),
    "fetch_calendar": _l("Read a calendar"),
    "fetch_calendars": _l("Read calendars"),
    "fetch_exchange_rates": _l("Fetch exchange rates"),
    "follow_currencies": _l("Tell coaches about a currency that is no longer offered"),
    "follow_licences": _l("Follow the licences of therapists"),
    "forget_kept_requests": _l("Delete what was kept for a sign-in that never came"),
    "forget_old_ask_drafts": _l("Delete old drafts of asks"),
    "forget_old_attachments": _l("Delete old files of briefs"),
    "forget_old_counts": _l("Delete old counts of calls"),
    "forget_old_exports": _l("Delete old copies of people's data"),
    "forget_old_mails": _l("Delete old forwarded mails"),
    "forget_old_requests": _l("Delete old answers to repeated requests"),
    "forget_old_search_misses": _l("Delete old counts of searches that found nobody"),
    "forget_old_sessions": _l("Delete old sign-ins"),
    "handle_event": _l("Handle an event of Stripe's"),
    "issue_fee_invoices": _l("Issue invoices for our fees"),
    "issue_invoices": _l("Issue the invoices of a payment"),
    "issue_missing_invoices": _l("Issue invoices that are missing"),
    "lapse_asks": _l("End asks that were not answered"),
    "lapse_invitations": _l("End invitations that were not answered"),
    "lapse_overruns": _l("End overruns that were not answered"),
    "lapse_proposals": _l("End proposals of another time"),
    "lapse_requests": _l("End requests that were not answered"),
    "make_export": _l("Make a copy of a person's data"),
    "offer_freed": _l("Offer a free time to the waitlist"),
    "propose_due": _l("Propose a payout run"),
    "reconcile_nightly": _l("Compare the ledger with Stripe, each night"),
    "read_received_mail": _l("Read a forwarded mail"),
    "record_unpaid_time": _l("Write down unpaid time"),
    "refresh_account": _l("Ask Stripe about a coach's bank"),
    "refresh_accounts": _l("Ask Stripe about coaches' banks"),
    "release_authorization": _l("Release a reserved amount"),
    "release_earnings": _l("Release earnings"),
    "release_overruns": _l("Release what was paid for overruns"),
    "remind": _l("Remind of a session"),
    "remove_stored_file": _l("Delete a file"),
    "resume_payouts": _l("Take up payouts that hang"),
    "resume_refunds": _l("Take up refunds that hang"),
    "roll_openings": _l("Work out free times of further days"),
    "run_reconciliation": _l("Compare the ledger with Stripe"),
    "send_account_mail": _l("Write a mail about an account"),
    "send_address_mail": _l("Write a mail about an address"),
    "send_evidence": _l("Send evidence in a dispute"),
    "send_meeting_link": _l("Send a new meeting link"),
    "send_message": _l("Send a mail"),
    "send_new_terms": _l("Tell coaches about a new cancellation policy"),
    "send_payout": _l("Send a payout"),
    "send_refund": _l("Send a refund"),
    "send_reminders": _l("Send reminders"),
    "send_reversal": _l("Reverse a payout"),
    "settle_grants": _l("See what became of free sessions"),
    "settle_invitations": _l("See what became of quoted invitations"),
    "settle_payment": _l("Ask Stripe about a payment"),
    "settle_credits": _l("See to session credits: ends, reminders and refunds"),
    "settle_payments": _l("Ask Stripe about payments"),
    "settle_quotes": _l("Settle quotes that were paid, and end those that nobody took"),
    "settle_unanswered": _l("Settle reports that were not answered"),
    "settle_written_answers": _l("See to written answers: ends, reminders, reports and earnings"),
    "sweep": _l("Look for what never came and what hangs"),
    "sweep_events": _l("Fetch events that never came"),
    "sweep_files": _l("Delete files that nothing needs"),
    "sync_refund": _l("Ask Stripe about a refund"),
}

# Stripe's reasons of disputes (docs.stripe.com/disputes/categories).
REASONS: Mapping[str, LazyText] = {
    "credit_not_processed": _l("A refund did not arrive"),
    "duplicate": _l("Charged twice"),
    "fraudulent": _l("The payer says they did not pay it"),
    "general": _l("No reason given"),
    "product_not_received": _l("The session did not take place, says the payer"),
    "product_unacceptable": _l("The session was not as described, says the payer"),
    "subscription_canceled": _l("A subscription had been cancelled, says the payer"),
    "unrecognized": _l("The payer does not recognise it"),
}
# Stripe's names of evidence (docs.stripe.com/api/disputes/evidence_object).
EVIDENCE: Mapping[str, LazyText] = {
    "access_activity_log": _l("When it was used"),
    "cancellation_policy_disclosure": _l("How the cancellation policy was shown"),
    "customer_communication": _l("Messages to the payer"),
    "customer_email_address": _l("The payer's e-mail address"),
    "customer_name": _l("The payer's name"),
    "customer_purchase_ip": _l("The payer's internet address"),
    "product_description": _l("What was sold"),
    "refund_policy_disclosure": _l("How the refund policy was shown"),
    "service_date": _l("Day of the session"),
    "uncategorized_text": _l("What else there is to say"),
}
# What may break a check, by the kinds of the invariants' queries.
KINDS: Mapping[str, LazyText] = {
    "account": _l("Account"),
    "ask": _l("Ask"),
    "booking": _l("Session"),
    "coach": _l("Coach"),
    "coupon": _l("Coupon"),
    "currency": _l("Currency"),
    "document": _l("Document"),
    "entry": _l("Entry"),
    "event": _l("Stripe event"),
    "invitation": _l("Invitation"),
    "job": _l("Job"),
    "mail": _l("Mail"),
    "payment": _l("Payment"),
    "payout": _l("Payout"),
    "queue place": _l("Place in a queue"),
    "quote": _l("Quote"),
    "seller": _l("Seller"),
}


def job_words(name: str) -> str:
    """What a job does."""
    return str(JOBS.get(name) or _spelt(name))


def reason_words(reason: str) -> str:
    """Why a payer turned to the bank, from Stripe's word."""
    return str(REASONS.get(reason) or _spelt(reason))


def evidence_words(name: str) -> str:
    """A part of the evidence, from Stripe's name."""
    return str(EVIDENCE.get(name) or _spelt(name))


def kind_words(kind: str) -> str:
    """A sort of thing."""
    return str(KINDS.get(kind) or _spelt(kind))


def violation_words(kind: str, said: str) -> str:
    """What is wrong with something that breaks a check; a job is named by what it does."""
    name = re.match(r"[a-z_]+", said)
    return job_words(name[0]) + said[name.end() :] if kind == "job" and name else said


def event_words(type_: str) -> str:
    """A type of Stripe's events as it is read: 'checkout.session.completed' -> 'Checkout session completed'."""
    return _spelt(re.sub(r"[.\[\]]+", " ", type_.removeprefix("v2.core.")))


def _spelt(name: str) -> str:
    words = " ".join(spelt(name).split())
    return words[:1].upper() + words[1:]
