"""Commands: buy a credit, schedule a session with it, refund what nobody scheduled."""
