"""No-show refunds: the coach did not come, or an admin splits the price."""
