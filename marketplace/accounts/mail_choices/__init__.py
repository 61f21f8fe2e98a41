"""Which kinds of mail a person wants."""
