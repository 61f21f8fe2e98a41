"""The one spelling of a mail address."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

# RFC 5321 4.5.3.1.3: a path of 256 octets, with its angle brackets.
LONGEST = 254


def normalized(address: str) -> str:
    """The address as it is stored and compared: no blanks around it, its domain in Unicode, lower case and NFKC.

    Raises ValueError for what is no address. The domain is what RFC 5891 and UTS 46 make of it, so that full-width
    letters, other full stops and punycode are the same domain; the part before the @ is NFC (RFC 6532 3.1).
    """
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error


def countable(typed: str) -> str:
    """What stands for a typed address where attempts are counted; no two spellings of one address differ."""
    try:
        return normalized(typed).casefold()
    except ValueError:
        return unicodedata.normalize("NFKC", typed).strip().casefold()[:LONGEST]
