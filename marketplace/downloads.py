"""Answers that are files of people: nothing in them is ever run or shown as a page of ours."""

from urllib.parse import quote

from flask import Response

from marketplace.bookings.attachments.models import Attachment
from marketplace.files import queries
from marketplace.files.models import StoredFile

# RFC 9110 and 6266: an old client's name, then the true one.
DISPOSITION = "attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"
NOTHING = "default-src 'none'; sandbox"


def attached(attachment: Attachment) -> Response:
    """A file of a brief, to be saved and not to be shown; no cache keeps it."""
    return saved(attachment.file, attachment.name)


def saved(file: StoredFile, name: str) -> Response:
    """A file under a name, to be saved and not to be shown; no cache keeps it."""
    answer = Response(queries.content(file), mimetype=file.content_type)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    answer.headers["Content-Disposition"] = DISPOSITION.format(plain=plain, name=quote(name, safe=""))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = NOTHING
    answer.headers["Cache-Control"] = "no-store"
    return answer
