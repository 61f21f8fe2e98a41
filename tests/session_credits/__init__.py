"""Sessions that are paid for without a time."""
