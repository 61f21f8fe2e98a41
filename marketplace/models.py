"""Every table, imported so that the migrations and the mappers know them all."""

from marketplace import rates
from marketplace.accounts import models as accounts
from marketplace.audit import models as audit
from marketplace.bookings import models as bookings
from marketplace.calendars import models as calendars
from marketplace.cases import models as cases
from marketplace.checks import models as checks
from marketplace.coaches import models as coaches
from marketplace.coupons import models as coupons
from marketplace.db import Base
from marketplace.invoices import models as invoices
from marketplace.ledger import models as ledger
from marketplace.notes import models as notes
from marketplace.notifications import models as notifications
from marketplace.payments import models as payments
from marketplace.payouts import models as payouts
from marketplace.policies import models as policies
from marketplace.scheduling import models as scheduling
from marketplace.stripe_inbox import models as stripe_inbox
from marketplace.waiting import models as waiting

__all__ = [
    "Base",
    "accounts",
    "audit",
    "bookings",
    "calendars",
    "cases",
    "checks",
    "coaches",
    "coupons",
    "invoices",
    "ledger",
    "notes",
    "notifications",
    "payments",
    "payouts",
    "policies",
    "rates",
    "scheduling",
    "stripe_inbox",
    "waiting",
]
