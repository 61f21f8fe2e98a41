"""Commands on documents: made by jobs from the ledger's facts, the same each time."""
