"""What becomes of each table when a person leaves, and what keeps a person from leaving."""
