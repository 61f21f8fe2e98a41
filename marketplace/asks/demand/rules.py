"""What is kept of a search without a hit: a topic that names nobody, or nothing. Pure."""

import re

from marketplace.coaches.rules import topic

# A count is told from here on; below, somebody might be recognised by it.
FEWEST = 5
LOOKED_BACK_DAYS = 90
KEPT_DAYS = 120
# So many different topics are kept of a day; what comes after is not counted.
MOST_OF_A_DAY = 1000
LONGEST, MOST_WORDS = 40, 4
# An address, a number to call, a link: whoever typed it meant somebody, and no topic.
_NO_TOPIC = re.compile(r"@|://|\bwww\.|(?:\d[\s().+/-]*){5,}")


def counted_topic(words: str) -> str | None:
    """The words as a topic that is counted; None where they are too long, too many, or may name somebody's address."""
    found = topic(words)
    if not found or len(found) > LONGEST or len(found.split()) > MOST_WORDS or _NO_TOPIC.search(found):
        return None
    return found
