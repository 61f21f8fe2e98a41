"""Which kinds of mail an address does not want."""
