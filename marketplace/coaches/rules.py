"""Who may be a coach, the states of vetting, and what a profile and a price may be. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import nh3
from babel import Locale
from markdown_it import MarkdownIt

from marketplace import clock, currencies, money
from marketplace.config import Settings
from marketplace.states import StateMachine

KINDS = {
    "mentor": "Mentor",
    "sponsor": "Sponsor",
    "tutor": "Tutor",
    "career_coach": "Career coach",
    "therapist": "Therapist",
}
APPLIED, APPROVED, REJECTED, SUSPENDED = "applied", "approved", "rejected", "suspended"

# A coach who becomes a therapist, or has another licence, is vetted again.
STATES = StateMachine(
    "coach",
    frozenset({APPLIED}),
    {
        APPLIED: frozenset({APPROVED, REJECTED}),
        APPROVED: frozenset({SUSPENDED, APPLIED}),
        REJECTED: frozenset({APPLIED, APPROVED}),
        SUSPENDED: frozenset({APPROVED}),
    },
)
STATUS_NAMES = {
    APPLIED: "Waiting for vetting",
    APPROVED: "Approved",
    REJECTED: "Not approved",
    SUSPENDED: "Suspended",
}
# They coach here or did: links to their rate card were given away, and what they earned stays theirs.
ONCE_APPROVED = frozenset({APPROVED, SUSPENDED})

HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
# Words that would pass for the site itself, or that an address of ours may want one day.
RESERVED = frozenset(
    """about abuse account accounts admin administrator api app apply assets billing blog book booking bookings checkout
    coach coaches confirm contact dashboard desk directory docs fairhour faq favicon health help home imprint info legal
    login logout mail mentee mentees mentor mentors metrics moderator money null official owner password pay payment
    payments payout payouts pricing privacy profile public refund register reset robots root search security session
    sessions settings signin signup sitemap staff static status stripe support system team terms test token tokens
    undefined user users verify webhook webhooks www""".split()  # noqa: SIM905  a paragraph reads better than ninety lines
)

# C++, C#, F#, .net: written down by migration 0049 in the same way.
SIGNED = re.compile(r"[^\W_]+[+#]+|\.[^\W\d_][^\W_]*")
SPELT_OUT = {"+": "xplus", "#": "xsharp", ".": "xdot"}
MOST_TOPICS = 12
LONGEST = {"headline": 120, "about": 8000, "licence": 200, "title": 100, "description": 2000, "reason": 1000}
LONGEST_TOPIC = 40
# Each word of a search is looked for by itself: what they cost has to have an end.
LONGEST_SEARCH, MOST_SEARCHED_WORDS = 100, 6
BOUNDS = {
    "minutes": (10, 480, "minutes"),
    "buffer_before_minutes": (0, 240, "minutes"),
    "buffer_after_minutes": (0, 240, "minutes"),
    "notice_hours": (0, 720, "hours"),
    "horizon_days": (1, 365, "days"),
}
START_STEPS = (5, 10, 15, 20, 30, 60)
# Left out: no limit.
LIMITS = {
    "max_per_day": (1, 24, "sessions"),
    "max_per_week": (1, 100, "sessions"),
    "max_minutes_per_week": (10, 10080, "minutes"),
    "longest_streak_minutes": (10, 1440, "minutes"),
}

_markdown = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "br", "hr", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4"}


class Applicant(Protocol):
    """A person as far as applying goes."""

    @property
    def confirmed_at(self) -> Any: ...


class Vetter(Protocol):
    """A person as far as vetting goes."""

    @property
    def is_admin(self) -> bool: ...


def may_apply(person: Applicant) -> bool:
    """Anybody whose address is confirmed."""
    return person.confirmed_at is not None


def may_vet(person: Vetter) -> bool:
    """Admins decide who becomes a coach."""
    return person.is_admin


def may_publish(status: str) -> bool:
    """Only an approved coach sells."""
    return status == APPROVED


def is_public(status: str) -> bool:
    """Only an approved coach is seen by everybody."""
    return status == APPROVED


def price_floor_cents(minutes: int, currency: str, settings: Settings) -> int:
    """The least that a session of `minutes` may cost, in minor units: so much a session, so much an hour.

    Never less than the least that Stripe charges in that currency.
    """
    by_the_hour = -(-settings.floor_hour.cents(currency) * minutes // 60)
    return max(settings.floor_session.cents(currency), by_the_hour, currencies.KNOWN[currency].least_cents)


def about_html(markdown: str) -> str:
    """The Markdown (CommonMark, no raw HTML, no images) as HTML that is safe on our pages."""
    tokens = _markdown.parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            # The page's own headings are the first two levels.
            token.tag = "h3" if token.tag in {"h1", "h2", "h3"} else "h4"
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )


def topic(text: str) -> str:
    """A topic as it is compared: lower case, single spaces."""
    return " ".join(text.lower().split())


def unique(words: Iterable[str]) -> list[str]:
    """The words without repetitions and blanks, in their order."""
    return list(dict.fromkeys(word for word in words if word))


@cache
def languages() -> dict[str, str]:
    """English names by ISO 639-1 code: {'de': 'German', …}."""
    names = Locale("en").languages
    return {code: str(names[code]) for code in sorted(names) if len(code) == 2}


@cache
def _codes_by_name() -> dict[str, str]:
    own_names = {str(Locale(code).get_display_name() or "").lower(): code for code in _spoken_natively()}
    return own_names | {name.lower(): code for code, name in languages().items()}


def _spoken_natively() -> tuple[str, ...]:
    return ("ar", "cs", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv")


def language_code(text: str) -> str | None:
    """The ISO 639-1 code of 'de', 'German' or 'Deutsch'; None where we know no such language."""
    cleaned = text.strip().lower()
    return cleaned if cleaned in languages() else _codes_by_name().get(cleaned)


def language_name(code: str) -> str:
    """'German' for 'de'."""
    return languages().get(code, code)


def profile_problems(profile: Mapping[str, Any], *, offered: Sequence[str]) -> dict[str, str]:
    """What is wrong with a whole profile, by field; nothing where it is fine. `offered` are the site's currencies."""
    problems: dict[str, str] = {}
    handle = profile["handle"]
    if not HANDLE.fullmatch(handle):
        problems["handle"] = "Use 3 to 40 small letters, digits and hyphens, with no hyphen at either end."
    elif handle in RESERVED:
        problems["handle"] = "This handle is reserved. Choose another."
    for name, sentence in (("headline", "Give a headline."), ("about", "Say who you are.")):
        if not profile[name].strip():
            problems[name] = sentence
    problems |= _too_long(profile, ("headline", "about", "licence"))
    problems |= _list_problems(profile)
    if profile["timezone"] not in clock.zones():
        problems["timezone"] = "Choose a time zone like Europe/Berlin."
    if profile["currency"] not in offered:
        problems["currency"] = f"Choose one of {_spoken(offered)}."
    if "therapist" in profile["kinds"] and not profile["licence"]:
        problems["licence"] = "Name your licence as a therapist: who gave it, and its number."
    return problems


def _spoken(codes: Iterable[str]) -> str:
    return ", ".join(code.upper() for code in codes)


def _list_problems(profile: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    if not profile["kinds"]:
        problems["kinds"] = "Choose at least one kind of help."
    elif not set(profile["kinds"]) <= set(KINDS):
        problems["kinds"] = f"Choose among {', '.join(KINDS)}."
    if not profile["topics"]:
        problems["topics"] = "Name at least one topic."
    elif len(profile["topics"]) > MOST_TOPICS:
        problems["topics"] = f"Name at most {MOST_TOPICS} topics."
    elif max(map(len, profile["topics"])) > LONGEST_TOPIC:
        problems["topics"] = f"Keep each topic within {LONGEST_TOPIC} characters."
    unknown = [word for word in profile["languages"] if word not in languages()]
    if not profile["languages"]:
        problems["languages"] = "Name at least one language."
    elif unknown:
        problems["languages"] = f"We do not know the language {unknown[0]}. Write its English name or two-letter code."
    return problems


def _too_long(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {
        name: f"Keep this within {LONGEST[name]} characters; these are {len(given[name])}."
        for name in names
        if len(given[name] or "") > LONGEST[name]
    }


def offering_problems(offering: Mapping[str, Any], *, kinds: Iterable[str], settings: Settings) -> dict[str, str]:
    """What is wrong with a whole offering of a coach who gives `kinds` of help, by field."""
    problems: dict[str, str] = {}
    if not offering["title"].strip():
        problems["title"] = "Give it a title."
    problems |= _too_long(offering, ("title", "description"))
    if offering["kind"] not in set(kinds):
        problems["kind"] = "Choose a kind of help that your profile names."
    for name, (least, most, unit) in BOUNDS.items():
        if not least <= offering[name] <= most:
            problems[name] = f"Write a number of {unit} from {least} to {most}."
    if "minutes" not in problems:
        problems |= _price_problems(offering, settings)
    problems |= limit_problems(offering)
    if offering.get("start_step_minutes", START_STEPS[2]) not in START_STEPS:
        problems["start_step_minutes"] = f"Choose one of {', '.join(map(str, START_STEPS))} minutes."
    return problems


def _price_problems(offering: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    currency, cents, offered = offering["currency"], offering["price_cents"], settings.offered_currencies()
    if currency not in offered:
        refusal = f"Prices in {currency.upper()} cannot be paid here"
        return {"price": f"{refusal}. Choose another currency on your profile: {_spoken(offered)}."}
    floor = price_floor_cents(offering["minutes"], currency, settings)
    if cents < floor:
        spoken = money.spoken(floor, currency)
        return {"price": f"The least for {offering['minutes']} minutes is {spoken}: mentoring is paid work here."}
    if cents > currencies.LARGEST_CHARGE_CENTS:
        spoken = money.spoken(currencies.LARGEST_CHARGE_CENTS, currency)
        return {"price": f"This is more than we can charge. Write at most {spoken}."}
    return {}


def limit_problems(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with limits, by field; None, or nothing, is no limit."""
    return {
        name: f"Write a number of {unit} from {least} to {most}, or leave it empty."
        for name, (least, most, unit) in LIMITS.items()
        if given.get(name) is not None and not least <= given[name] <= most
    }


def searched(word: str) -> str:
    """A word of a search as it is looked for: in small letters; one with signs as `coach_words` writes it down.

    PostgreSQL's parser drops the signs of C++, C# and .net, which would then be found in every word with a c or net.
    """
    plain = word.lower().strip("()[]{},;:!?\"'“”").removesuffix(".")
    if not SIGNED.fullmatch(plain):
        return word.lower()
    return "".join(SPELT_OUT.get(sign, sign) for sign in plain) + "xend"
