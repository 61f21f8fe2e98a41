"""Codes of why a payment is refunded, as `refunds.reason` keeps them, and their words."""

from collections.abc import Mapping

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

CANCELLED, NO_SHOW, NO_ANSWER, NOT_SCHEDULED = "cancelled", "no_show", "no_answer", "not_scheduled"
PAID_LATE, COACH_LEFT, BY_COACH = "paid_late", "coach_left", "by_coach"
BANK_TOOK_REST, PARTLY_REFUNDED = "bank_took_rest", "partly_refunded"
# Of a lost dispute, for which there is no refund; its documents say why as those of a refund do.
BANK_TOOK_IT = "bank_took_it"

# They stand after "Why:" on documents and in lists.
WORDS: Mapping[str, LazyText] = {
    CANCELLED: _l("cancelled"),
    NO_SHOW: _l("no-show"),
    NO_ANSWER: _l("no answer"),
    NOT_SCHEDULED: _l("not scheduled in time"),
    PAID_LATE: _l("paid too late"),
    COACH_LEFT: _l("the coach left"),
    BY_COACH: _l("refunded by the coach"),
    BANK_TOOK_REST: _l("the bank took the rest"),
    PARTLY_REFUNDED: _l("a part was refunded before"),
    BANK_TOOK_IT: _l("your bank took it back"),
}


def told(reason: str) -> str:
    """Why money is refunded, in the reader's language; an admin's own words as they are."""
    return str(WORDS.get(reason, reason))
