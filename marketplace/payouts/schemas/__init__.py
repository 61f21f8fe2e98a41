"""What comes in and goes out about banks, balances, runs and payouts."""
