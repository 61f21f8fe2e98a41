"""Who pays a quote: its asker, or whoever holds the payer's link.

There is one payment and one page, however many try.
"""
