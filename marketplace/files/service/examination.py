"""Uploads, examined one at a time in a process of their own."""

import threading
import uuid

import structlog

from marketplace import child_process, config, languages, rate_limits
from marketplace.db import outside_commands
from marketplace.errors import Invalid, TooOften, Unavailable
from marketplace.files.rules import examination
from marketplace.files.rules.uploads import FORMS, Examined, Unfit, Upload, check_size
from marketplace.languages import lazy_gettext as _l

log = structlog.get_logger()

EXAMINING = child_process.command(examination.__name__)
PATIENCE_SECONDS = 45
# One takes up to 0.6 GB: each process of the server opens one at a time, and who waits too long is told so.
ONE_AT_A_TIME = threading.BoundedSemaphore(1)
WAIT_SECONDS = 20
UPLOADS_PER_HOUR = 60
TOO_MUCH_WORK = _l("This file takes more time or memory to open than we have for one. Save it smaller or simpler.")


class TooManyUploads(TooOften):
    """That were many files in an hour. Wait a while, then send the others."""


class Busy(Unavailable):
    """Others are sending pictures right now. Nothing was lost; try again in a minute."""


def examine(person_id: uuid.UUID, upload: Upload, *, form: str, field: str) -> list[Examined]:
    """What may be kept of an upload in a form of FORMS: a PDF as it came, or a picture in each of its sizes.

    Raises Invalid naming the `field`, TooManyUploads, Busy. Not inside a command: it takes seconds.
    """
    settings = config.current()
    uploads = f"uploads:{person_id}"
    if settings.ratelimit_enabled and rate_limits.count(uploads, seconds=3600) > UPLOADS_PER_HOUR:
        raise TooManyUploads
    outside_commands()
    try:
        check_size(upload, FORMS[form])
        return examination.read(_asked(form, upload.data))
    except Unfit as error:
        raise Invalid(None, **{field: str(error)}) from error


def _asked(form: str, data: bytes) -> bytes:
    """The answer of the child; raises Unfit where it was stopped at its limits, Busy."""
    if not ONE_AT_A_TIME.acquire(timeout=WAIT_SECONDS):
        raise Busy
    asked = {"form": form, "locale": languages.current().locale}
    try:
        return child_process.answer(EXAMINING, asked, data, patience_seconds=PATIENCE_SECONDS)
    except child_process.ChildStopped as error:
        log.warning("upload.not_examined", form=form, bytes=len(data), exc_info=error)
        raise Unfit(TOO_MUCH_WORK) from error
    finally:
        ONE_AT_A_TIME.release()
