"""Commands on payments; each asks Stripe outside transactions and may be run again."""
