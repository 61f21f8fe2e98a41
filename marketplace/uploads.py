"""Files in a request: how large its body may be where they are taken, and what was sent."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import request
from werkzeug.datastructures import FileStorage

from marketplace.errors import Invalid
from marketplace.files.rules.uploads import FORMS, MEGABYTE, Form, Upload
from marketplace.languages import gettext as _

P = ParamSpec("P")
R = TypeVar("R")

# More than a file may have, so that one which is somewhat too large is refused at its field; deploy/nginx.conf lets
# as much in at the same addresses.
ONE_FILE = 20 * MEGABYTE
FIVE_FILES = 60 * MEGABYTE


def takes_files(most_bytes: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the body of this view's requests have so many bytes. Elsewhere one has a megabyte (`LARGEST_BODY`).

    In the API it stands below `needs`, so that a stranger's body is not read; a page's is taken from people who have
    signed in (`http.py` asks `takes_bytes` before it looks for the CSRF token).
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def taking(*args: P.args, **kwargs: P.kwargs) -> R:
            request.max_content_length = most_bytes
            return view(*args, **kwargs)

        taking.takes_bytes = most_bytes  # type: ignore[attr-defined]
        return taking

    return decorate


def one(form: str, *, field: str = "file") -> Upload:
    """The one file of that field on a page's form; raises Invalid naming it where none, or several, were chosen."""
    found = several(form, field=field)
    if not found:
        raise Invalid(None, **{field: _("Choose %(kinds)s.", kinds=FORMS[form].kinds)})
    if len(found) > 1:
        raise Invalid(None, **{field: _("Choose one file.")})
    return found[0]


def several(form: str, *, field: str) -> Sequence[Upload]:
    """The files of that field, none where nobody chose any: then a browser sends one without a name."""
    return [read(sent, FORMS[form]) for sent in _chosen(request.files.getlist(field))]


def read(sent: FileStorage, form: Form) -> Upload:
    """What was sent, of a file that is too large only so much as shows that it is."""
    return Upload(name=sent.filename or "", data=sent.stream.read(form.largest_bytes + 1))


def _chosen(sent: Iterable[Any]) -> list[FileStorage]:
    return [file for file in sent if file.filename]
