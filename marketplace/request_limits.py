"""How often the doors may be used: by address and person; reads counted by what they cost."""

from functools import wraps
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage
from limits.strategies import RateLimiter
from werkzeug.exceptions import TooManyRequests

from marketplace import config, rate_limits

TRY_AGAIN_SECONDS = 60


class ApplicationLimiter(Limiter):
    """Limits are said once, for every application; each counts the calls in a storage of its own."""

    def init_app(self, app: Flask) -> None:
        """Count in the application's own storage, or not at all."""
        if app.extensions["settings"].ratelimit_enabled:
            super().init_app(app)
            app.extensions["calls"] = self._limiter

    @property
    def limiter(self) -> RateLimiter:
        """What counts for the application in whose context we are."""
        found: RateLimiter = current_app.extensions["calls"]
        return found

    @property
    def storage(self) -> Storage:
        """Where it counts."""
        return self.limiter.storage


limiter = ApplicationLimiter(key_func=get_remote_address, headers_enabled=True)


def costs(units: int, *, searching: int | None = None) -> Any:
    """Count a read by what it costs, in some ten milliseconds of the database's each, whoever asks from one address.

    `searching`: what it costs where the address names words to look for.
    """

    def decorate(view: Any) -> Any:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            amount = searching if searching is not None and request.args.get("text") else units
            settings, reader = config.current(), f"reads:{get_remote_address()}"
            if settings.ratelimit_enabled and (
                rate_limits.count(reader, seconds=60, amount=amount) > settings.read_units_per_minute
            ):
                raise TooManyRequests(retry_after=TRY_AGAIN_SECONDS)
            return view(*args, **kwargs)

        return counted

    return decorate


@limiter.request_filter
def _nothing_is_limited() -> bool:
    return not config.current().ratelimit_enabled
