"""A library's style sheet, reduced to what the templates can make use of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2

# `btn-{{ kind }}`: any class that begins so may be meant.
_BEGUN = re.compile(r"([A-Za-z][\w-]*-)\{\{")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
# A declaration's property, or its value, after what ends the one before.
_SIDES = tuple(
    each
    for side, end in (("left", "start"), ("right", "end"))
    for each in (
        (re.compile(rf"(?<=[{{;])(margin|padding|border)-{side}(?=[:-])"), rf"\1-inline-{end}"),
        (re.compile(rf"(?<=[{{;])text-align:{side}(?=[;!}}])"), f"text-align:{end}"),
        (re.compile(rf"(?<=[{{;])float:{side}(?=[;!}}])"), f"float:inline-{end}"),
    )
)
_WITH_RULES = frozenset({"media", "supports", "layer", "container"})


@dataclass(frozen=True)
class Words:
    """What may be the name of a class: whole words, and how some begin."""

    whole: frozenset[str]
    begun: tuple[str, ...]

    def may_be(self, name: str) -> bool:
        """Can a page have an element of this class?"""
        return name in self.whole or name.startswith(self.begun)


def words_of(sources: Iterable[Path]) -> Words:
    """Every word of these templates and scripts."""
    whole: set[str] = set()
    begun: set[str] = set()
    for source in sources:
        text = source.read_text()
        whole.update(_WORD.findall(text))
        begun.update(_BEGUN.findall(text))
    return Words(frozenset(whole), tuple(sorted(begun)))


def reduced(stylesheet: str, words: Words, beside: str = "") -> str:
    """The sheet without rules for classes that no page has, and without variables that nothing asks for.

    `beside` is what else is loaded with it and may ask for its variables.
    """
    rules = _kept_rules(tinycss2.parse_stylesheet(stylesheet, skip_comments=True, skip_whitespace=True), words)
    text = "".join(rules)
    while (fewer := _asked_for(text, beside)) != text:
        text = fewer
    return re.sub(r"[^{};]+\{\}", "", text)


def logical(stylesheet: str) -> str:
    """The sheet with the start and end of lines in place of left and right: it mirrors where lines do."""
    for physical, ours in _SIDES:
        stylesheet = physical.sub(ours, stylesheet)
    return stylesheet


def _asked_for(text: str, beside: str) -> str:
    """Without the variables for which neither sheet asks; those that they were made of may be asked for no more."""
    asked = frozenset(_VARIABLE.findall(text + beside))
    return re.sub(r"(--[\w-]+):[^;{}]*;?", lambda found: found[0] if found[1] in asked else "", text)


def _kept_rules(rules: Iterable[Any], words: Words) -> list[str]:
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [each for each in _selectors(rule.prelude) if _may_match(each, words)]
            if selectors:
                names = ",".join(tinycss2.serialize(each).strip() for each in selectors)
                kept.append(f"{names}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in _WITH_RULES and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if inside := "".join(_kept_rules(inner, words)):
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            kept.append(rule.serialize())
    return kept


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    """The selectors between the commas."""
    parts: list[list[Any]] = [[]]
    for each in prelude:
        if each == ",":
            parts.append([])
        else:
            parts[-1].append(each)
    return parts


def _may_match(selector: list[Any], words: Words) -> bool:
    """Is every class that it demands one that a page may have? What stands within `:not(…)` demands nothing."""
    return all(
        words.may_be(token.value) for before, token in pairwise(selector) if before == "." and token.type == "ident"
    )
