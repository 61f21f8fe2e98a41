"""Who is due a payout, who must approve it, and how it moves."""
