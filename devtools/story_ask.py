"""`make story-ask`: drive a running Fairhour over HTTP and mail only, from an ask to the coach's year."""

import sys

from devtools import story
from devtools.ask_journey import AskJourney


def main() -> int:
    """Tell it on the site that runs here, or on one of its own; 1 where it broke."""
    return story.main(AskJourney, program="python -m devtools.story_ask", told=__doc__)


if __name__ == "__main__":
    sys.exit(main())
