"""The terms under which a booking is made now: the policy's current version and our fee."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from marketplace import config
from marketplace.accounts.models import User
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.coaches.models import Offering
from marketplace.errors import Conflict
from marketplace.policies import queries as policies
from marketplace.policies.rules import Terms


class TermsChanged(Conflict):
    """The rules of cancelling have changed since they were shown to you. Nothing is held yet; read them once more."""


@dataclass(frozen=True)
class TermsSnapshot:
    """The rules of cancelling, and our fee in ten-thousandths."""

    policy: Terms
    fee_basis_points: int


def snapshot(offering: Offering, *, paid_cents: int, policy_version: uuid.UUID | None = None) -> TermsSnapshot:
    """The terms for a mentee who has paid this coach `paid_cents` so far.

    TermsChanged if the policy has another version by now than `policy_version`, which was shown.
    """
    version = policies.current(offering.policy_id)
    terms = policies.terms_of(version)
    if policy_version not in {None, version.id}:
        raise TermsChanged(policy=terms.label, policy_version=str(version.id), sentences=terms.sentences())
    return TermsSnapshot(terms, _fee_basis_points(offering.currency, paid_cents))


def paid_cents(mentee: User | None, offering: Offering) -> int:
    """What a mentee has paid the offering's coach so far, in cents; a passer-by nothing."""
    return earning_queries.paid_between(mentee.id, offering.coach_id, offering.currency) if mentee is not None else 0


def current_fee(mentee: User | None, offering: Offering) -> int:
    """Our fee on a booking made now, in ten-thousandths; a passer-by's is that of a new mentee."""
    return _fee_basis_points(offering.currency, paid_cents(mentee, offering))


def _fee_basis_points(currency: str, paid_before_cents: int) -> int:
    settings = config.current()
    return earning_rules.fee_basis_points(
        paid_before_cents,
        settings.loyal_after.cents(currency),
        _basis_points(settings.fee_percent),
        _basis_points(settings.loyal_fee_percent),
    )


def _basis_points(percent: Decimal) -> int:
    return int(percent * 100)
