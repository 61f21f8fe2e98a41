"""Who is due a payout and why not, who approves it, and how it moves."""
