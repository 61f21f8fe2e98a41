"""What replaces or ends a quote closes the page on which its held time would be paid."""
