"""What the parts of a page are made of: actions, links, and forms that open where they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.bookings.schemas import LONGEST_REASON


@dataclass(frozen=True)
class Link:
    """A link in words."""

    label: str
    url: str


@dataclass(frozen=True)
class Action:
    """One thing to do: a button that posts `fields`, or a link where there are none. `kind`: primary, secondary."""

    label: str
    url: str
    kind: str = "secondary"
    fields: Mapping[str, object] | None = None


@dataclass(frozen=True)
class ReasonForm:
    """A form for a few words that opens below `summary`; `field` is the name of what is typed."""

    summary: str
    url: str
    field: str
    label: str
    help: str
    submit: str
    intro: str = ""
    longest: int = LONGEST_REASON


@dataclass(frozen=True)
class ConfirmForm:
    """Something that is said to somebody's cost: `summary` opens what follows, and only there stands the button."""

    summary: str
    url: str
    fields: Mapping[str, object]
    intro: str
    submit: str


@dataclass(frozen=True)
class Notice:
    """An alert above the page. `kind`: info, success, warning, danger; `link` is what to do about it."""

    kind: str
    words: str
    strong: str = ""
    link: Link | None = None
