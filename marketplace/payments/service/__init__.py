"""Commands on payments. Each asks Stripe outside any transaction and can be run again after any crash."""
