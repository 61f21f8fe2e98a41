"""What there is on a site: ids that its API tells, by the names under which addresses and bodies ask for them."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import requests

Known = Mapping[str, Collection[str]]

MOST = 20
NAMED = re.compile(r"\w+_id|handle")
# So often a call that is made up is about something that is there; the others are about nothing, or nonsense.
PROBABILITY = 0.85


def known_ids(site: str, tokens: Collection[str]) -> dict[str, list[str]]:
    """At most `MOST` values of each name, from every list that one of these tokens may read, and what they lead to.

    An `id` in the list at `/things` is what `/things/{thing_id}` asks for; `coach_id` says so itself.
    """
    document = requests.get(f"{site}/api/v1/openapi.json", timeout=60).json()
    lists = [path for path, item in document["paths"].items() if "get" in item]
    asked_for = {
        parent: name for path in document["paths"] for parent, name in re.findall(r"^(.*)/\{(\w+)\}(?=/|$)", path)
    }
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for path in sorted(lists, key=lambda path: path.count("{")):
        for address in _addresses(path, found):
            for token in tokens:
                answer = requests.get(site + address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
                if answer.ok and answer.headers["Content-Type"].startswith("application/json"):
                    for name, value in _told(answer.json(), asked_for.get(path, "")):
                        found[name][value] = None
    return {name: list(values)[:MOST] for name, values in found.items()}


def _addresses(path: str, found: Known) -> Iterator[str]:
    """The path itself, or about the first thing of its one kind."""
    names = re.findall(r"\{(\w+)\}", path)
    if not names:
        yield path
    elif len(names) == 1 and found.get(names[0]):
        yield path.replace(f"{{{names[0]}}}", next(iter(found[names[0]])))


def _told(part: Any, own: str) -> Iterator[tuple[str, str]]:
    """The names and values of ids in an answer; `own` is what the answer's things are asked for by."""
    if isinstance(part, dict):
        for name, value in part.items():
            wanted = own if name == "id" else name if NAMED.fullmatch(name) else ""
            if wanted and isinstance(value, str):
                yield wanted, value
            yield from _told(value, own if name in {"items", "data"} else "")
    elif isinstance(part, list):
        for one in part:
            yield from _told(one, own)


def as_dictionaries(known: Known) -> str:
    """As settings of Schemathesis: addresses and bodies draw on what is there; edits are of whatever stands."""
    lines = ['[dictionaries.any_version]\nvalues = ["*"]']
    bound = [f'"header.If-Match" = {{dictionary = "any_version", probability = {PROBABILITY}}}']
    for name, values in sorted(known.items()):
        lines.append(f"[dictionaries.{name}]\nvalues = {json.dumps(list(values))}")
        bound += [
            f'"{place}.{name}" = {{dictionary = "{name}", probability = {PROBABILITY}}}' for place in ("path", "body")
        ]
    return "\n".join([*lines, "[parameters]", *bound, ""])
