"""What replaces or ends a quote closes the page on which the time that is held with it would be paid."""
