"""What an invitation costs by the rate card: its minutes, the preparation, the people. Pure."""

from dataclasses import dataclass

MOST_PREPARATION = 240
MOST_GROUP_PERCENT = 100
# The coach and the organiser: whoever comes beyond these two is a group.
PAIR = 1


@dataclass(frozen=True)
class InvitationPrice:
    """A price in parts: `base_cents` for minutes and preparation by the card, `group_cents` for the further people."""

    minutes: int
    preparation_minutes: int
    people: int
    base_cents: int
    group_cents: int

    @property
    def total_cents(self) -> int:
        """What the quote asks for."""
        return self.base_cents + self.group_cents


def further_people(attendees: int) -> int:
    """How many come beyond coach and organiser, where so many besides the organiser are invited."""
    return max(attendees - PAIR, 0)


def price(
    *, minutes: int, preparation_minutes: int, attendees: int, base_cents: int, group_percent: int, most_cents: int
) -> InvitationPrice:
    """The card's price for minutes and preparation, and for each further person `group_percent` of it more.

    Rounded up to a whole cent, never above `most_cents` and never below the card's price.
    """
    people = further_people(attendees)
    group_cents = -(-base_cents * people * group_percent // 100)
    return InvitationPrice(
        minutes=minutes,
        preparation_minutes=preparation_minutes,
        people=people,
        base_cents=base_cents,
        group_cents=max(min(group_cents, most_cents - base_cents), 0),
    )
