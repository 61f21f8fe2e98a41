"""Commands on payouts: banks, runs and their approval, transfers, reversals."""
