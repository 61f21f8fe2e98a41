"""Commands on payouts: a coach's bank, runs and their approval, sending and what Stripe says of it."""
