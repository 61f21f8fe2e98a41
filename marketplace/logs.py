"""Structured logs: one JSON object a line, with the request's id."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Log to standard error at `level` (DEBUG, INFO, WARNING, ERROR)."""
    logging.basicConfig(level=level, format="%(message)s", force=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
