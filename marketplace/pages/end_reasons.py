"""Why something ended, as the audit trail keeps it: codes, and their words for admins."""

from collections.abc import Mapping

from marketplace.bookings import rules as bookings
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.written_answers import rules as written_answers

# Entries are never rewritten, so those of before there were codes keep the sentences of then.
_EARLIER = {
    "not paid in time": bookings.NOT_PAID,
    "the coach did not answer in time": bookings.NOT_ANSWERED,
    "the card could not be charged in time": bookings.NOT_CAPTURED,
    "the card's authorisation has gone": bookings.AUTHORISATION_GONE,
    "the bank did not send the money": bookings.DEBIT_FAILED,
    "the coach cannot answer": written_answers.BY_COACH,
    "no answer": refund_reasons.NO_ANSWER,
    "not scheduled in time": refund_reasons.NOT_SCHEDULED,
    "the coach left": refund_reasons.COACH_LEFT,
    "a part was refunded before": refund_reasons.PARTLY_REFUNDED,
}
_WORDS: Mapping[str, LazyText] = {
    **refund_reasons.WORDS,
    bookings.NOT_PAID: _l("not paid in time"),
    bookings.NOT_ANSWERED: _l("the coach did not answer in time"),
    bookings.NOT_CAPTURED: _l("the card could not be charged in time"),
    bookings.AUTHORISATION_GONE: _l("the card's authorisation has gone"),
    bookings.DEBIT_FAILED: _l("the bank did not send the money"),
    written_answers.BY_COACH: _l("the coach cannot answer"),
}


def code_of(kept: str) -> str:
    """The code of what an entry keeps; what a person wrote as it is."""
    return _EARLIER.get(kept, kept)


def told(kept: str) -> str:
    """Why, in the reader's language; what a person wrote as it is."""
    code = code_of(kept)
    return str(_WORDS.get(code, code))
