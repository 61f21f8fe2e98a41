"""Reports on the ledger for admins: entries, accounts, statements, months, timelines."""
