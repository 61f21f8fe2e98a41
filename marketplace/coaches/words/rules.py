"""Words that mean the same to who searches: abbreviations, names of a subject. Pure."""

from collections.abc import Mapping

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
