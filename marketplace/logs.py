"""Structured logs: one JSON object a line, with the request's id."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from marketplace import config

LEVELS = logging.getLevelNamesMapping()


def configure(level: str) -> None:
    """Log to standard error, what libraries say from `level` (DEBUG, INFO, WARNING, ERROR) on.

    That level is the process's, by its first application; what we say goes by the application in whose context it is.
    """
    logging.basicConfig(level=level, format="%(message)s", force=False)
    structlog.configure(
        processors=[
            _loud_enough,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
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
