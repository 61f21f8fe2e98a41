"""Reading bookings. Who is no party to a booking, and no admin, does not see that it exists."""

from marketplace.bookings.queries.claims import claimed, holds_of, offering_as_sold, own_claim
from marketplace.bookings.queries.due import (
    ahead_of,
    earned_but_not_released,
    lapsed_holds,
    lapsed_requests,
    over_without_a_word,
    paid_between,
    unreleased,
)
from marketplace.bookings.queries.lists import Page, for_feed, page_for
from marketplace.bookings.queries.moves import move_of, moves_by, moves_of, open_proposal, unanswered_moves
from marketplace.bookings.queries.rows import (
    WHOLE,
    found,
    lock_coach,
    locked,
    locked_for,
    locked_of_payment,
    locked_together,
    of_payment,
    one,
    refunds_of,
    series_of,
    subjects_of,
    visible_to,
)

__all__ = [
    "WHOLE",
    "Page",
    "ahead_of",
    "claimed",
    "earned_but_not_released",
    "for_feed",
    "found",
    "holds_of",
    "lapsed_holds",
    "lapsed_requests",
    "lock_coach",
    "locked",
    "locked_for",
    "locked_of_payment",
    "locked_together",
    "move_of",
    "moves_by",
    "moves_of",
    "of_payment",
    "offering_as_sold",
    "one",
    "open_proposal",
    "over_without_a_word",
    "own_claim",
    "page_for",
    "paid_between",
    "refunds_of",
    "series_of",
    "subjects_of",
    "unanswered_moves",
    "unreleased",
    "visible_to",
]
