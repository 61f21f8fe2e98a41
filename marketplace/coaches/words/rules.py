"""Words that mean the same, and those of longer texts that are searched for. Pure."""

import re
from collections.abc import Mapping

from marketplace.coaches.rules import LONGEST_SEARCH, MOST_SEARCHED_WORDS

# Each line is one subject, by names that are looked for as they stand; of several words, one after the other.
SAME = (
    "math, maths, mathematics, mathe, mathematik, matemáticas, mathématiques",
    "js, javascript",
    "ts, typescript",
    "golang, go",
    "k8s, kubernetes",
    "postgres, postgresql",
    "ml, machine learning",
    "ai, artificial intelligence, ki, ia",
    "nlp, natural language processing",
    "llm, llms, large language models",
    "sre, site reliability",
    "devops, dev ops",
    "ux, user experience",
    "ui, user interface",
    "frontend, front end",
    "backend, back end",
    "fullstack, full stack",
    "qa, quality assurance",
    "pm, product management, product manager",
    "hr, human resources",
    "cv, resume, résumé, curriculum vitae, lebenslauf",
    "phd, doctorate, dissertation",
    "stats, statistics, statistik, estadística",
    "physics, physik, física",
    "chemistry, chemie, química",
    "biology, biologie, biología",
    "economics, econ, volkswirtschaft, economía",
    "accounting, buchhaltung, contabilidad",
    "career, careers, karriere, carrera",
    "interview, interviews, job interview, vorstellungsgespräch, entrevista",
    "leadership, führung, liderazgo",
    "management, managing, manager",
    "startup, startups, start up, founder, founders, gründung",
    "writing, schreiben, escritura",
    "public speaking, speaking, rhetoric, rhetorik",
    "burnout, burn out",
    "adhd, adhs, tdah",
    "english, englisch, inglés",
    "german, deutsch, alemán",
    "spanish, spanisch, español",
    "french, französisch, francés",
)


def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in SAME:
        names = tuple(name.strip() for name in line.split(","))
        for name in names:
            if " " not in name:
                found[name] = tuple(other for other in names if other != name)
    return found


_SYNONYMS: Mapping[str, tuple[str, ...]] = _by_name()


def synonyms(word: str) -> tuple[str, ...]:
    """Other names of what a word names, in small letters: ('javascript',) for 'JS'; some are of several words."""
    return _SYNONYMS.get(word.lower(), ())


# PostgreSQL's text search configuration of each language; another has `simple`, which takes words as they are.
CONFIGURATIONS: Mapping[str, str] = {"en": "english", "de": "german", "es": "spanish"}
TELLING_WORD = re.compile(r"[^\W_]{4,}")


def configuration(language: str) -> str:
    """The text search configuration of a language: 'german' of 'de'."""
    return CONFIGURATIONS.get(language, "simple")


def vector(*columns: str) -> str:
    """The SQL of a generated column: these columns as a tsvector, in the configuration of the row's `language`."""
    known = " ".join(f"when '{code}' then '{name}'::regconfig" for code, name in CONFIGURATIONS.items())
    return f"to_tsvector(case language {known} else 'simple'::regconfig end, {joined(*columns)})"


def joined(*columns: str) -> str:
    """The SQL of columns as one text."""
    return " || ' ' || ".join(columns)


def telling_words(written: str) -> list[str]:
    """What of a longer text is searched for: its longest words, as many and as long as a search may be."""
    known = dict.fromkeys(word.casefold() for word in TELLING_WORD.findall(written))
    chosen: list[str] = []
    for word in sorted(known, key=len, reverse=True):
        if len(chosen) < MOST_SEARCHED_WORDS and len(" ".join([*chosen, word])) <= LONGEST_SEARCH:
            chosen.append(word)
    return chosen
