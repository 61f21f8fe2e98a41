"""Who may be a coach, the states of vetting, and what a profile and a price may be. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import nh3
from markdown_it import MarkdownIt

from marketplace import clock, currencies, money
from marketplace.coaches.kinds.rules import EVERY_KIND, KINDS, unsold
from marketplace.coaches.spoken_languages.rules import languages
from marketplace.config import Settings
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import ngettext
from marketplace.states import StateMachine

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
    APPLIED: _l("Waiting for vetting"),
    APPROVED: _l("Approved"),
    REJECTED: _l("Not approved"),
    SUSPENDED: _l("Suspended"),
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
MOST_TOPICS, LONGEST_INTRO_MINUTES = 12, 30
LONGEST = {"headline": 120, "about": 8000, "licence": 200, "title": 100, "description": 2000, "reason": 1000}
LONGEST_TOPIC = 40
# Each word of a search is looked for by itself: what they cost has to have an end.
LONGEST_SEARCH, MOST_SEARCHED_WORDS = 100, 6
BOUNDS = {
    "minutes": (10, 480, "minutes"),
    "preparation_minutes": (0, 240, "minutes"),
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


def hour_cents(price_cents: int, minutes: int) -> int:
    """What an hour costs where so many minutes cost `price_cents`, to the nearest minor unit."""
    return (2 * price_cents * 60 + minutes) // (2 * minutes)


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


def kind_name(kind: str) -> str:
    """'Career coach' for 'career_coach', in the reader's language."""
    return str(EVERY_KIND[kind]) if kind in EVERY_KIND else kind


def profile_problems(profile: Mapping[str, Any], *, offered: Sequence[str]) -> dict[str, str]:
    """What is wrong with a whole profile, by field; nothing where it is fine. `offered` are the site's currencies."""
    problems: dict[str, str] = {}
    handle = profile["handle"]
    if not HANDLE.fullmatch(handle):
        problems["handle"] = _("Use 3 to 40 small letters, digits and hyphens, with no hyphen at either end.")
    elif handle in RESERVED:
        problems["handle"] = _("This handle is reserved. Choose another.")
    for name, sentence in (("headline", _("Give a headline.")), ("about", _("Say who you are."))):
        if not profile[name].strip():
            problems[name] = sentence
    problems |= _too_long(profile, ("headline", "about", "licence"))
    problems |= _list_problems(profile)
    if profile["timezone"] not in clock.zones():
        problems["timezone"] = _("Choose a time zone like Europe/Berlin.")
    if profile["currency"] not in offered:
        problems["currency"] = _("Choose one of %(choices)s.", choices=_spoken(offered))
    if "therapist" in profile["kinds"] and not profile["licence"]:
        problems["licence"] = _("Name your licence as a therapist: who gave it, and its number.")
    return problems


def _spoken(codes: Iterable[str]) -> str:
    return ", ".join(code.upper() for code in codes)


def _list_problems(profile: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    if not profile["kinds"]:
        problems["kinds"] = _("Choose at least one kind of help.")
    elif reasons := [str(reason) for kind in profile["kinds"] if (reason := unsold(kind))]:
        problems["kinds"] = reasons[0]
    elif not set(profile["kinds"]) <= set(KINDS):
        problems["kinds"] = _("Choose among %(choices)s.", choices=", ".join(KINDS))
    if not profile["topics"]:
        problems["topics"] = _("Name at least one topic.")
    elif len(profile["topics"]) > MOST_TOPICS:
        problems["topics"] = _("Name at most %(most)s topics.", most=MOST_TOPICS)
    elif max(map(len, profile["topics"])) > LONGEST_TOPIC:
        problems["topics"] = _("Keep each topic within %(most)s characters.", most=LONGEST_TOPIC)
    unknown = [word for word in profile["languages"] if word not in languages()]
    if not profile["languages"]:
        problems["languages"] = _("Name at least one language.")
    elif unknown:
        problems["languages"] = _(
            "We do not know the language %(name)s. Write its English name or two-letter code.", name=unknown[0]
        )
    return problems


def _too_long(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {
        name: _(
            "Keep this within %(most)s characters; these are %(given)s.", most=LONGEST[name], given=len(given[name])
        )
        for name in names
        if len(given[name] or "") > LONGEST[name]
    }


def offering_problems(offering: Mapping[str, Any], *, kinds: Iterable[str], settings: Settings) -> dict[str, str]:
    """What is wrong with a whole offering of a coach who gives `kinds` of help, by field."""
    problems: dict[str, str] = {}
    if not offering["title"].strip():
        problems["title"] = _("Give it a title.")
    problems |= _too_long(offering, ("title", "description"))
    if reason := unsold(offering["kind"]):
        problems["kind"] = str(reason)
    elif offering["kind"] not in set(kinds):
        problems["kind"] = _("Choose a kind of help that your profile names.")
    for name, (least, most, unit) in BOUNDS.items():
        if not least <= offering.get(name, least) <= most:
            problems[name] = _(_NUMBERS[unit].message, least=least, most=most)
    if offering.get("intro") and offering["minutes"] > LONGEST_INTRO_MINUTES:
        problems["intro"] = _("A first session that counts lasts %(most)s minutes at most.", most=LONGEST_INTRO_MINUTES)
    if "minutes" not in problems:
        problems |= _price_problems(offering, settings)
    problems |= limit_problems(offering)
    if offering.get("start_step_minutes", START_STEPS[2]) not in START_STEPS:
        problems["start_step_minutes"] = _(
            "Choose one of %(choices)s minutes.", choices=", ".join(map(str, START_STEPS))
        )
    return problems


def _price_problems(offering: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    currency, cents, offered = offering["currency"], offering["price_cents"], settings.offered_currencies()
    if currency not in offered:
        return {
            "price": _(
                "Prices in %(currency)s cannot be paid here. Choose another currency on your profile: %(choices)s.",
                currency=currency.upper(),
                choices=_spoken(offered),
            )
        }
    floor = price_floor_cents(offering["minutes"], currency, settings)
    if cents < floor:
        spoken = money.spoken(floor, currency)
        return {
            "price": ngettext(
                "The least for %(num)s minute is %(price)s: mentoring is paid work here.",
                "The least for %(num)s minutes is %(price)s: mentoring is paid work here.",
                offering["minutes"],
                price=spoken,
            )
        }
    if cents > currencies.LARGEST_CHARGE_CENTS:
        spoken = money.spoken(currencies.LARGEST_CHARGE_CENTS, currency)
        return {"price": _("This is more than we can charge. Write at most %(price)s.", price=spoken)}
    return {}


_NUMBERS = {
    "minutes": _l("Write a number of minutes from %(least)s to %(most)s."),
    "hours": _l("Write a number of hours from %(least)s to %(most)s."),
    "days": _l("Write a number of days from %(least)s to %(most)s."),
}
_NUMBERS_OR_NONE = {
    "sessions": _l("Write a number of sessions from %(least)s to %(most)s, or leave it empty."),
    "minutes": _l("Write a number of minutes from %(least)s to %(most)s, or leave it empty."),
}


def limit_problems(given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with limits, by field; None, or nothing, is no limit."""
    return {
        name: _(_NUMBERS_OR_NONE[unit].message, least=least, most=most)
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
