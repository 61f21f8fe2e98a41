"""Terms: what a booking is made under, copied onto its row for good."""
