"""Rules of mail that comes in: what stands in it, to whom it goes, what becomes of it. Pure."""
