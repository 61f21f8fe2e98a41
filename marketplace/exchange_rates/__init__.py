"""What a price is about in another currency, by the European Central Bank's daily rates.

For comparison alone: nothing is ever charged, paid out or booked at these rates. They are fetched where a setting
names their address; without it, or once they are old, a price is shown in its own currency and no other.
"""
