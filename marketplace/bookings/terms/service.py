"""What a booking made now is sold as: copied onto its row, and never touched by a later change."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from marketplace import config, money
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.coaches.models import Offering
from marketplace.errors import Conflict
from marketplace.policies import queries as policies
from marketplace.policies.rules import Terms


class TermsChanged(Conflict):
    """The rules of cancelling have changed since they were shown to you. Nothing is held yet; read them once more."""


@dataclass(frozen=True)
class Sale:
    """The rules of cancelling and our fee in ten-thousandths."""

    terms: Terms
    fee_basis_points: int


def sale(mentee: User, offering: Offering, *, policy_version: uuid.UUID | None = None) -> Sale:
    """What `mentee` gets now. TermsChanged if another version is sold by now than `policy_version`, which was shown."""
    version = policies.current(offering.policy_id)
    terms = policies.terms_of(version)
    if policy_version not in {None, version.id}:
        raise TermsChanged(policy=terms.label, policy_version=str(version.id), sentences=terms.sentences())
    return Sale(terms, current_fee(mentee, offering))


def current_fee(mentee: User | None, offering: Offering) -> int:
    """Our fee on a booking made now, in ten-thousandths; a passer-by's is that of somebody new."""
    settings = config.current()
    paid = earning_queries.paid_between(mentee.id, offering.coach_id, offering.currency) if mentee is not None else 0
    return rules.fee_basis_points(
        paid,
        int(settings.loyal_after.scaleb(money.minor_digits(offering.currency))),
        _basis_points(settings.fee_percent),
        _basis_points(settings.loyal_fee_percent),
    )


def _basis_points(percent: Decimal) -> int:
    return int(percent * 100)
