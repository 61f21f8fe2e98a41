"""What marshmallow says where a schema has no sentence of its own, in the reader's language."""

import re

from marketplace.languages import lazy_gettext as _l
from marketplace.languages import translated

# By marshmallow 4; what it fills in stands in braces.
MESSAGES = tuple(
    message.message
    for message in (
        _l("Field may not be null."),
        _l("Invalid input type."),
        _l("Invalid input."),
        _l("Invalid type."),
        _l("Invalid value."),
        _l("Length must be between {min} and {max}."),
        _l("Length must be {equal}."),
        _l("Longer than maximum length {max}."),
        _l("Missing data for required field."),
        _l("Must be equal to {other}."),
        _l("Must be greater than or equal to {min} and less than or equal to {max}."),
        _l("Must be greater than or equal to {min}."),
        _l("Must be greater than {min}."),
        _l("Must be less than or equal to {max}."),
        _l("Must be less than {max}."),
        _l("Must be one of: {choices}."),
        _l("Not a valid URL."),
        _l("Not a valid UUID."),
        _l("Not a valid aware datetime."),
        _l("Not a valid boolean."),
        _l("Not a valid date."),
        _l("Not a valid datetime."),
        _l("Not a valid email address."),
        _l("Not a valid integer."),
        _l("Not a valid list."),
        _l("Not a valid mapping type."),
        _l("Not a valid number."),
        _l("Not a valid string."),
        _l("Not a valid time."),
        _l("Not a valid utf-8 string."),
        _l("Number too large."),
        _l("Shorter than minimum length {min}."),
        _l("Special numeric values (nan or infinity) are not permitted."),
        _l("String does not match expected pattern."),
        _l("Unknown field."),
    )
)
FILLED_IN = re.compile(r"\\\{(\w+)\\\}")
PATTERNS = {
    message: re.compile(FILLED_IN.sub(r"(?P<\1>.+)", re.escape(message)), re.DOTALL)
    for message in MESSAGES
    if "{" in message
}


def spoken(message: object) -> str:
    """A schema's complaint in the reader's language; what is not marshmallow's own is so already."""
    said = str(message)
    if said in MESSAGES:
        return translated(said)
    for english, pattern in PATTERNS.items():
        if found := pattern.fullmatch(said):
            return translated(english).format(**found.groupdict())
    return said
