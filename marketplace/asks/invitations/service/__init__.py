"""Commands: receive invitations, quote for them, decline them, see what became of them."""
