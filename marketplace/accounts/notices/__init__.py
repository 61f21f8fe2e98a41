"""What changes about an account is told to its owner, at the present address and at those that it had lately."""
