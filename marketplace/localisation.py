"""The language and locale of a request: the person's, a chosen one, the browser's, ours."""

from contextvars import Token
from typing import Any

from flask import Flask, Response, g, request, session
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel
from sqlalchemy.exc import SQLAlchemyError

from marketplace import config, languages
from marketplace.http import speaks_json, viewer
from marketplace.languages import LazyText, Preferences, formats

# Where a visitor's choice is kept, who has no account to keep it in.
CHOSEN = "locale"

# What templates write dates, times, numbers and places with.
FILTERS = (
    formats.day,
    formats.short_day,
    formats.month,
    formats.short_month,
    formats.weekday,
    formats.clock_time,
    formats.number,
    formats.place,
)


class SpokenJson(DefaultJSONProvider):
    """JSON in which a sentence that is looked up late is text."""

    @staticmethod
    def default(value: Any) -> Any:
        """Text of a late sentence; the rest as Flask has it."""
        return str(value) if isinstance(value, LazyText) else DefaultJSONProvider.default(value)


def init_app(app: Flask) -> None:
    """Find out for each request whose language it is, as soon as the first sentence is needed."""
    # Its own catalogues are those of Flask-Security; ours are marketplace/languages.
    Babel(app, locale_selector=lambda: languages.current().babel, timezone_selector=lambda: "UTC")
    languages.install(app.jinja_env)
    app.jinja_env.globals["reader"] = languages.current
    app.jinja_env.filters.update({format_.__name__: format_ for format_ in FILTERS})
    app.json = SpokenJson(app)
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def of_request() -> Preferences:
    """How whoever sent this request reads; programs read what they name in Accept-Language, else English."""
    settings = config.current()
    named = [tag for tag, quality in request.accept_languages if quality > 0]
    if speaks_json():
        return Preferences(languages.preferred(named, pseudo=not settings.production))
    person = _preferences_of_person()
    if person is not None and person.locale:
        return person
    chosen = session.get(CHOSEN)
    tags = [chosen, *named] if isinstance(chosen, str) else named
    found = languages.preferred(tags, default=settings.default_locale, pseudo=not settings.production)
    if person is None:
        return Preferences(found)
    return Preferences(found, person.hour_cycle, person.first_weekday)


def _preferences_of_person() -> Preferences | None:
    """How whoever looks wants to read, as far as they have said; None while the database is away."""
    try:
        person = viewer()
        return Preferences(person.locale, person.hour_cycle, person.first_weekday) if person is not None else None
    except SQLAlchemyError:
        return None


def _begin() -> None:
    g.language_before = languages.use(of_request)
    if not speaks_json() and request.method not in {"GET", "HEAD", "OPTIONS"}:
        # Once a command has failed, its transaction answers no question any more.
        languages.current()


def _tell(response: Response) -> Response:
    if response.mimetype in {"text/html", "application/json", "application/problem+json", "text/calendar"}:
        response.headers.setdefault("Content-Language", languages.current().content_language)
        response.vary.add("Accept-Language")
    return response


def _end(_error: BaseException | None) -> None:
    token: Token[Any] | None = g.pop("language_before", None)
    if token is not None:
        languages.leave(token)
