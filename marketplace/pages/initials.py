"""How a person without a picture is shown: by initials, on one of a few tints."""

import unicodedata
import zlib

TINTS = 6


def initials(name: str) -> str:
    """'AE' for Ada Example, 'A' for Ada, '山' for 山田 太郎: of the first word and the last with letters in them.

    Scripts without capitals are shown by their first letter alone, as their names are.
    """
    words = [letters for word in name.split() if (letters := _first_letter(word))]
    if not words:
        return "?"
    both = [words[0]] if len(words) == 1 or not words[0][0].isupper() else [words[0], words[-1]]
    return "".join(both)


def tint(name: str) -> int:
    """Which of the tints is this name's: always the same one."""
    return zlib.crc32(name.encode()) % TINTS


def _first_letter(word: str) -> str:
    """The first letter or number of a word with the marks that belong to it, as a capital; '' where it has none."""
    for place, letter in enumerate(word):
        if unicodedata.category(letter)[0] in "LN":
            marks = ""
            for mark in word[place + 1 :]:
                if not unicodedata.combining(mark) and unicodedata.category(mark) != "Mc":
                    break
                marks += mark
            capital = letter.upper()
            return (capital if len(capital) == 1 else letter) + marks
    return ""
