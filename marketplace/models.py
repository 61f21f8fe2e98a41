"""Every table, imported so that the migrations and the mappers know them all."""

from marketplace import rate_limits
from marketplace.account_changes import models as account_changes
from marketplace.accounts import models as accounts
from marketplace.accounts.passkeys import models as passkeys
from marketplace.accounts.sessions import models as user_sessions
from marketplace.asks import models as asks
from marketplace.asks.demand import models as unmet_demand
from marketplace.asks.earlier_answers import models as deflections
from marketplace.asks.invitations import models as invitations
from marketplace.asks.invitations.mailboxes import models as mailboxes
from marketplace.asks.payers import models as payers
from marketplace.asks.published_answers import models as published_answers
from marketplace.asks.queue import models as ask_queues
from marketplace.asks.quotes import models as quotes
from marketplace.attendance import models as attendance
from marketplace.audit import models as audit
from marketplace.bookings import models as bookings
from marketplace.bookings.attachments import models as attachments
from marketplace.bookings.disputes import models as booking_disputes
from marketplace.bookings.goodwill_refunds import models as goodwill_refunds
from marketplace.bookings.holds import models as holds
from marketplace.bookings.overruns import models as overruns
from marketplace.bookings.reschedules import models as reschedules
from marketplace.bookings.series import models as booking_series
from marketplace.bookings.waitlist_entries import models as waitlist_entries
from marketplace.branding import models as branding
from marketplace.calendars import models as calendars
from marketplace.coaches import models as coaches
from marketplace.coaches.licences import models as licences
from marketplace.coaches.shelf import models as shelf
from marketplace.coupons import models as coupons
from marketplace.db import Base
from marketplace.exchange_rates import models as exchange_rates
from marketplace.files import models as files
from marketplace.invariants import models as invariants
from marketplace.invoices import models as invoices
from marketplace.ledger import models as ledger
from marketplace.notes import models as notes
from marketplace.notifications import models as notifications
from marketplace.notifications.choices import models as declined_mails
from marketplace.payments import models as payments
from marketplace.payments.billing_parties import models as billing_parties
from marketplace.payouts import models as payouts
from marketplace.personal_data import models as personal_data
from marketplace.policies import models as policies
from marketplace.reconciliation import models as reconciliation
from marketplace.scheduling import models as scheduling
from marketplace.session_credits import models as session_credits
from marketplace.session_feedback import models as session_feedback
from marketplace.sponsorships import models as sponsorships
from marketplace.stripe_inbox import models as stripe_inbox
from marketplace.sweeps import models as sweeps
from marketplace.unpaid_time import models as unpaid_time
from marketplace.unpaid_time.grants import models as grants
from marketplace.written_answers import models as written_answers

__all__ = [
    "Base",
    "account_changes",
    "accounts",
    "ask_queues",
    "asks",
    "attachments",
    "attendance",
    "audit",
    "billing_parties",
    "booking_disputes",
    "booking_series",
    "bookings",
    "branding",
    "calendars",
    "coaches",
    "coupons",
    "declined_mails",
    "deflections",
    "exchange_rates",
    "files",
    "goodwill_refunds",
    "grants",
    "holds",
    "invariants",
    "invitations",
    "invoices",
    "ledger",
    "licences",
    "mailboxes",
    "notes",
    "notifications",
    "overruns",
    "passkeys",
    "payers",
    "payments",
    "payouts",
    "personal_data",
    "policies",
    "published_answers",
    "quotes",
    "rate_limits",
    "reconciliation",
    "reschedules",
    "scheduling",
    "session_credits",
    "session_feedback",
    "shelf",
    "sponsorships",
    "stripe_inbox",
    "sweeps",
    "unmet_demand",
    "unpaid_time",
    "user_sessions",
    "waitlist_entries",
    "written_answers",
]
