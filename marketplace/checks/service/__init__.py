"""Looking at invariants, comparing the books with Stripe's, sweeping up what hangs."""

from marketplace.checks.service.comparing import ask_to_compare, compare_books, compare_nightly
from marketplace.checks.service.looking import ask_to_look, check_invariants
from marketplace.checks.service.sweeping import sweep

__all__ = ["ask_to_compare", "ask_to_look", "check_invariants", "compare_books", "compare_nightly", "sweep"]
