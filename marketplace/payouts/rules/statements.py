"""What a coach's statement calls the entries that a payout carries."""

from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

# What the ledger's keys of money that was sent, or returned, begin with.
PAYOUT_FACTS = ("payout-sent", "payout-returned", "payout-reversed")

# What the key of a session's earning, and that of our fee on it, begins with.
EARNED, FEE = "release-coach:", "release-fee:"

# By the front of an entry's key; a session that was earned needs no word.
_WORDS = {
    "beyond-coach": _l("refunded to the mentee"),
    "dispute-reserve": _l("set aside: the mentee's bank disputes it"),
    "dispute-won": _l("yours again: the dispute is over"),
    "dispute-eased": _l("yours again: less was lost than set aside"),
    "dispute-released-coach": _l("earned: an appeal was won"),
}
_PAYOUTS = {
    "payout-sent": _l("Paid out"),
    "payout-returned": _l("A payout that was returned"),
    "payout-reversed": _l("A payout that was returned"),
}
CARRIED = _l("Carried over from before")


def line_words(key: str | None) -> str:
    """What an entry about a session is, as the coach's statement says it.

    '' for one that was earned.
    """
    return str(_WORDS.get((key or "").partition(":")[0], ""))


def earned_words() -> str:
    """What an entry is by which a session was earned."""
    return _("Earned")


def line_title(key: str | None) -> str:
    """What an entry about no session is; None is what older payouts could not tell."""
    if key is None:
        return str(CARRIED)
    return str(_PAYOUTS.get(key.partition(":")[0], _l("Something else")))
