"""Books: the ledger as an admin reads it: accounts with people's names, statements, months, a booking's whole story."""
