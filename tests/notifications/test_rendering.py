"""Every mail: one layout, one button, in the language of its reader."""

import ast
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import marketplace
from devtools.mail_samples import samples
from devtools.mails import render
from marketplace.languages import LANGUAGES, Preferences, speaking
from marketplace.languages.preferences import PSEUDO
from marketplace.notifications.rendering import queries as rendering
from marketplace.notifications.rules.kinds import OF_TEMPLATE
from tests import source

ROOT = Path(marketplace.__file__).parent
PSEUDO_SENTENCE = re.compile(r"⟦[^⟦⟧]*⟧")
WRITING = {"notify", "draft"}
TELLING = {"tell_both", "tell_one", "notify_admins"}


class Page(HTMLParser):
    """What a mail program finds in the HTML of a mail."""

    def __init__(self, html):
        super().__init__()
        self.links, self.words, self.buttons, self.open, self.skipped = [], [], 0, [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"])
            self.buttons += given.get("class") == "button"
        self.skipped += tag == "style"
        if tag == "html":
            self.language, self.direction = given["lang"], given["dir"]

    def handle_endtag(self, tag):
        self.skipped -= tag == "style"

    def handle_data(self, data):
        if not self.skipped:
            self.words.append(data)


@cache
def mails(locale):
    with speaking(Preferences(locale)):
        return [(kind, context, rendering.written(kind, context)) for kind, context in samples()]


def test_there_is_a_sample_and_a_kind_for_every_template_and_for_nothing_else():
    files = rendering.MailTemplates(rendering.FOLDER).list_templates()
    templates = {name.removesuffix(".txt") for name in files if not name.startswith("layout/")}
    assert {kind for kind, _ in samples()} == templates == set(OF_TEMPLATE)


@pytest.mark.parametrize("locale", [*LANGUAGES, PSEUDO])
def test_each_mail_has_a_heading_one_button_and_why_one_gets_it(locale):
    for kind, _context, mail in mails(locale):
        page = Page(mail["html"])
        words = "".join(page.words)
        # An account that is closed and a time to mend at the command line have nothing to press.
        buttons = 0 if kind in {"free_time_differs", "stripe_refusal", "signin/address_changed", "ask_code"} else 1
        assert page.buttons == buttons or "deactivate" in str(_context.get("kind")), kind
        assert mail["subject"], kind
        assert mail["subject"] == mail["text"].splitlines()[0], kind
        assert mail["subject"] in words, kind
        assert "\n-- \n" in mail["text"], kind
        assert "\n\n\n" not in mail["text"], kind
        assert not re.search(r"https?://", words), f"{kind} shows an address"
        assert set(re.findall(r"https?://\S+", mail["text"])) == set(page.links), kind


def test_no_name_stands_twice_in_a_subject():
    subjects = [mail["subject"] for _kind, _context, mail in mails("en")]
    named = [Counter(re.findall(r"Müller|Lovelace|Quarkschnitte", subject)) for subject in subjects]
    assert {count for words in named for count in words.values()} == {1}


def test_what_people_wrote_is_text_in_html():
    written = [mail["html"] for _kind, _context, mail in mails("en") if "zwölf" in mail["html"]]
    assert written
    assert [html for html in written if "<b>zwölf" in html or "&lt;b&gt;zwölf" not in html] == []


def test_the_pseudo_language_leaves_no_sentence_in_english():
    for kind, context, mail in mails(PSEUDO):
        known = [*_data(context), "Fairhour", "localhost", "Berlin"]
        for medium in ("subject", "text", "html"):
            said = "".join(Page(mail[medium]).words) if medium == "html" else mail[medium]
            left = _without_sentences(said)
            left = re.sub(r"https?://\S+|127\.0\.0\.1\S*", " ", left)
            for text in known:
                left = left.replace(text, " ")
            assert not re.findall(r"[A-Za-z]{4,}", left), (kind, medium, left)


def test_the_pseudo_language_is_read_from_right_to_left():
    for _kind, _context, mail in mails(PSEUDO):
        assert Page(mail["html"]).direction == "rtl"


def _without_sentences(text):
    """What stands in no pair of brackets; a value may be a sentence itself."""
    shorter = PSEUDO_SENTENCE.sub(" ", text)
    return text if shorter == text else _without_sentences(shorter)


def _data(value):
    """Every text in what a mail was given, the longest first."""
    found = []
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, str):
            found += [each, *each.splitlines()]
        elif isinstance(each, dict | list | tuple):
            found += _data(each)
        elif hasattr(each, "__dataclass_fields__"):
            found += _data({name: getattr(each, name) for name in each.__dataclass_fields__})
    return sorted(filter(None, found), key=len, reverse=True)


def test_a_word_that_a_mail_misses_is_noticed_at_once():
    with pytest.raises(UndefinedError):
        rendering.written("signin/reset_instructions", {"name": "Mia"})


def test_make_mails_writes_each_in_every_language(tmp_path):
    count = render(tmp_path)
    assert count == len(samples()) * (len(LANGUAGES) + 1)
    assert len(list(tmp_path.rglob("*.html"))) == count + 1


def test_every_mail_is_written_in_the_language_of_its_reader():
    """Each call of `notify` or `draft` stands in `with speaking(...)`; what goes to many at once is data alone."""
    outside, spoken = [], []
    for file in sorted(ROOT.rglob("*.py")):
        if file.parent.name == "notifications" and file.name == "service.py" and file.parent.parent == ROOT:
            continue
        if not any(name in source.text(file) for name in WRITING | TELLING):
            continue
        tree = source.tree(file)
        inside = {
            call
            for block in ast.walk(tree)
            if isinstance(block, ast.With) and any("speaking(" in ast.unparse(item) for item in block.items)
            for call in ast.walk(block)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = ast.unparse(call.func).rpartition(".")[2]
            if name in WRITING and any(argument.arg == "template" for argument in call.keywords) and call not in inside:
                outside.append(f"{file.relative_to(ROOT)}:{call.lineno}")
            if name in TELLING:
                for said in (ast.unparse(part) for part in [*call.args, *(word.value for word in call.keywords)]):
                    if re.search(r"\b(spoken|_|gettext|ngettext)\(", said):
                        spoken.append(f"{file.relative_to(ROOT)}:{call.lineno}: {said}")
    assert outside == []
    assert spoken == []
