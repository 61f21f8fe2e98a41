"""Mail addresses: each has one spelling, in which it is stored, compared and counted."""
