"""Who pays a quote: its asker, or whoever holds the payer's link. One payment, one page, however many try."""
