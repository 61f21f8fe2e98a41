"""Why a calendar cannot be read or written: kept as English, said in the reader's language."""

import re

from marketplace.languages import LazyText, gettext, translated
from marketplace.languages import lazy_gettext as _l

NO_SERVER: LazyText = _l("There is no server called %(host)s.")
PRIVATE_NETWORK: LazyText = _l("%(host)s is inside a private network. Only calendars on the internet can be read.")
UNREACHABLE: LazyText = _l("The server %(host)s cannot be reached.")
TOO_SLOW: LazyText = _l("The server did not answer within %(seconds)s seconds.")
TOO_LARGE: LazyText = _l("The calendar is larger than %(megabytes)s MB.")
BAD_CERTIFICATE: LazyText = _l("The server's certificate is not valid.")
TOO_MANY_REDIRECTS: LazyText = _l("The server sends us on and on to other addresses.")
UNREAD_ADDRESS: LazyText = _l("The server sends us on to an address that we do not read.")
BROKEN_CONNECTION: LazyText = _l("The connection broke before the calendar was read.")
WRONG_PASSWORD: LazyText = _l("The server does not accept this name and password.")
NOT_LET_IN: LazyText = _l("The server does not let us read it (%(status)s). Copy its private address once more.")
NOT_FOUND: LazyText = _l("There is no calendar at this address (%(status)s).")
SERVER_ERROR: LazyText = _l("The server answered with an error (%(status)s).")
NOT_CALDAV: LazyText = _l("What answers there does not speak CalDAV.")
NO_CALENDAR: LazyText = _l("There is no calendar at this address.")
SEVERAL: LazyText = _l("There are %(count)s calendars. Remove this and add one by its own address: %(addresses)s.")
KEY_MISSING: LazyText = _l("Its address can no longer be decrypted. Remove it and add it again.")

WITH_VALUES = (
    NO_SERVER, PRIVATE_NETWORK, UNREACHABLE, TOO_SLOW, TOO_LARGE, NOT_LET_IN, NOT_FOUND, SERVER_ERROR, SEVERAL,
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def kept(fault: LazyText, **values: object) -> str:
    """The English sentence of a fault, as it is kept."""
    return fault.message % values


def said(sentence: str) -> str:
    """A kept sentence in the reader's language."""
    for fault, pattern in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return gettext(fault.message, **found.groupdict())
    return translated(sentence)


def _pattern(message: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(message)
    return re.compile(
        "".join(re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+)" for number, part in enumerate(parts) if part),
        re.DOTALL,
    )


_PATTERNS = tuple((fault, _pattern(fault.message)) for fault in WITH_VALUES)
