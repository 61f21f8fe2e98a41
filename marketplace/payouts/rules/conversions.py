"""Payouts that leave in another currency: which part of one is which of the other."""

from dataclasses import dataclass

from marketplace.money import split


@dataclass(frozen=True)
class ConvertedTransfer:
    """A payout of `amount_cents` that left as `sent_cents` of another currency."""

    amount_cents: int
    sent_cents: int

    def to_reverse(self, cents: int, *, before_cents: int, before_sent_cents: int) -> int:
        """What to reverse of what was sent for `cents` of the payout, at least 1.

        `before_cents` of it are reversed, as `before_sent_cents`; the last part takes whatever is left.
        """
        upto = before_cents + cents
        if upto >= self.amount_cents:
            return max(self.sent_cents - before_sent_cents, 1)
        return max(self._share(upto) - self._share(before_cents), 1)

    def reversed(self, sent_cents: int, *, before_cents: int, before_sent_cents: int) -> int:
        """What of the payout is reversed with `sent_cents` of what was sent, at least 1; the last part is the rest."""
        left = self.amount_cents - before_cents
        if before_sent_cents + sent_cents >= self.sent_cents:
            return left
        share = split(self.amount_cents, [sent_cents, self.sent_cents - sent_cents])[0]
        return max(min(share, left), 1)

    def _share(self, cents: int) -> int:
        return split(self.sent_cents, [cents, self.amount_cents - cents])[0]


def converted(cents: int, *, from_cents: int, into_cents: int) -> int:
    """`cents` at the rate that made `into_cents` of another currency out of `from_cents`, at least 1."""
    return max((2 * cents * into_cents + from_cents) // (2 * from_cents), 1)
