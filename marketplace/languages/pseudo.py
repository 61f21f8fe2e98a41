"""A language that nobody speaks: sentences longer, accented, in brackets. For tests.

Values stay as they are. What is plain English in it is not translated, what is cut off is too narrow, what does not
turn is not mirrored.
"""

import re
from gettext import NullTranslations

ACCENTED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçđéƒğĥíĵķłɱñóƥɋřšŧúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶŁṀÑÓƤɊŘŠŦÚṼŴẊÝŽ"
)
# Values, per cent signs and marks of HTML are what programs read.
KEPT = re.compile(r"(%\(\w+\)s|\{\w*\}|%%|<[^<>]*>|&\w+;)")
# As much longer as German and Spanish are in the worst of cases.
LONGER = 0.4
PADDING = "~"


def pseudo(message: str) -> str:
    """A sentence in it: 'Pay' -> '⟦Ƥáý~~⟧'."""
    parts = KEPT.split(message)
    accented = "".join(part if KEPT.fullmatch(part) else part.translate(ACCENTED) for part in parts)
    return f"⟦{accented}{PADDING * max(1, round(len(message) * LONGER))}⟧"


class PseudoTranslations(NullTranslations):
    """Every sentence in it, without a catalogue."""

    def gettext(self, message: str) -> str:
        """Any sentence."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Any sentence, for one or several."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Any sentence, whatever it means."""
        return pseudo(message)
