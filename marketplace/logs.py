"""Structured logs: one JSON object a line, with the request's id and nobody's words.

Of an exception the log tells where it came from and of what kind it is. Its words are told where they are ours or are
made of code: those of others quote what they were given, an address, a mail, a line of somebody's calendar.
"""

import logging
import sys
import traceback
from types import TracebackType

import psycopg
import structlog
from structlog.typing import EventDict, WrappedLogger

from marketplace import config
from marketplace.errors import FairhourError

LEVELS = logging.getLevelNamesMapping()
# Their words quote no values.
OF_CODE = (AssertionError, AttributeError, ImportError, NameError, RuntimeError, TypeError, config.SettingsError)
# SQLSTATE class 22: the sentence quotes the value that is wrong.
DATA_EXCEPTION = "22"
# They log what a server answered, or what stands in a calendar.
TALKATIVE = ("caldav", "icalendar")


def configure(level: str) -> None:
    """Log to standard error, what libraries say from `level` (DEBUG, INFO, WARNING, ERROR) on.

    That level is the process's, by its first application; what we say goes by the application in whose context it is.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=False)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[
            _loud_enough,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(lambda exception: told(exception[1])),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _loud_enough(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    settings = config.current_or_none()
    if settings is not None and LEVELS.get(method.upper(), logging.ERROR) < LEVELS[settings.log_level]:
        raise structlog.DropEvent
    return event


class DiscreetFormatter(logging.Formatter):
    """What libraries log, with exceptions told as ours are."""

    def formatException(  # noqa: N802  as its base calls it
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The exception without what it quotes."""
        return told(ei[1])


def told(error: BaseException | None) -> str:
    """Where an exception and those behind it came from, of what kind they are, and words that quote nobody."""
    parts: list[str] = []
    while error is not None:
        words = _words(error)
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        parts.append("".join(traceback.format_tb(error.__traceback__)) + name + (f": {words}" if words else ""))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nbecause of\n".join(parts)


def _words(error: BaseException) -> str:
    of_driver = getattr(error, "orig", error)
    if isinstance(of_driver, psycopg.Error):
        return _words_of_database(of_driver)
    if isinstance(error, FairhourError):
        return error.sentence
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if isinstance(error, OF_CODE) else ""


def _words_of_database(error: psycopg.Error) -> str:
    state = error.sqlstate
    if state is None:
        # Of a connection that failed: an address and a role, no statement and no values.
        return str(error) if isinstance(error, psycopg.OperationalError) else ""
    said = "" if state.startswith(DATA_EXCEPTION) else error.diag.message_primary or ""
    return " ".join(word for word in (state, said, error.diag.constraint_name or "") if word)
