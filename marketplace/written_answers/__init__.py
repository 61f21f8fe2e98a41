"""Written answers: paid for when delivered in time, else the amount is let go."""
