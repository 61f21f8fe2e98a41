"""The words for what is recorded, by what it is about."""
