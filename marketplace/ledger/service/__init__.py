"""Posting entries, and closing what was posted into sums."""

from marketplace.ledger.service.closing import close_ledger, prove_ledger, sum_anew
from marketplace.ledger.service.posting import post, post_all

__all__ = ["close_ledger", "post", "post_all", "prove_ledger", "sum_anew"]
