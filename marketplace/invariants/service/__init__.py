"""Looking at invariants, comparing the books with Stripe's, sweeping up what hangs."""
