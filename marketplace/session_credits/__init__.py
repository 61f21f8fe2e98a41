"""Session credits: paid without a time, to be scheduled within 60 days; what is not is refunded in full."""
