"""Reports on the ledger for admins: entries, accounts, statements, months, the timeline of a booking's money."""
