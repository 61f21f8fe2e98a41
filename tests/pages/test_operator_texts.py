"""Help, terms, privacy, imprint, contact: the operator's own files, linked where they exist."""

from dataclasses import replace
from pathlib import Path

import pytest

from marketplace import config, operator_texts
from tests.pages.test_home import text_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path):
    def write(**texts: str | bytes) -> str:
        for name, text in texts.items():
            (tmp_path / f"{name}.md").write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(tmp_path)

    return write


@pytest.fixture
def read_from(app, client):
    """The page of a name, where the texts lie in a folder."""
    before = app.extensions["settings"]

    def read(folder: str, path: str):
        app.extensions["settings"] = replace(before, texts_folder=folder)
        return client.get(path)

    yield read
    app.extensions["settings"] = before


def test_the_operators_words_are_shown_under_their_own_heading(read_from, folder):
    where = folder(terms="# Terms of sale\n\nYou *pay*, we\n\n## Courts\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    page = text_of(read_from(where, "/terms"))
    assert "<h1>Terms of sale</h1>" in page
    assert "<title>Terms of sale" in page
    assert "<em>pay</em>" in page
    assert "<h2>Courts</h2>" in page
    assert "<td>2</td>" in page


def test_without_a_heading_it_has_the_usual_one(read_from, folder):
    assert "<h1>Privacy</h1>" in text_of(read_from(folder(privacy="We keep little."), "/privacy"))


def test_what_the_operator_did_not_write_is_not_there_and_not_linked(read_from, folder):
    where = folder(imprint="Somebody")
    assert read_from(where, "/terms").status_code == 404
    home = text_of(read_from(where, "/"))
    assert 'href="/imprint"' in home
    assert 'href="/terms"' not in home


def test_help_is_there_before_anybody_wrote_any_and_gives_way_to_the_operators(read_from, folder):
    assert "For mentees" in text_of(read_from("", "/help"))
    page = text_of(read_from(folder(help="Call us."), "/help"))
    assert "Call us." in page
    assert "For mentees" not in page


def test_each_reads_the_operators_words_in_their_language_where_there_are_some(read_from, folder, client):
    where = folder(privacy="# Privacy\n\nWe keep little.")
    (Path(where) / "privacy.de.md").write_text("# Datenschutz\n\nWir behalten wenig.")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-DE"
    assert "Wir behalten wenig." in text_of(read_from(where, "/privacy"))
    assert "Für Mentees" in text_of(read_from("", "/help"))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es-ES"
    assert "We keep little." in text_of(read_from(where, "/privacy"))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en-GB"
    assert "We keep little." in text_of(read_from(where, "/privacy"))


def test_no_script_gets_into_a_page_by_a_text(read_from, folder):
    page = text_of(read_from(folder(terms="<script>x()</script> [here](javascript:x())"), "/terms"))
    assert "<script>x()" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("damaged", [b"\xff\xfe broken", b"x" * (operator_texts.LONGEST_BYTES + 1), b" \n "])
def test_a_damaged_imprint_stops_a_production_at_its_start(folder, damaged):
    assert operator_texts.missing(folder(imprint=damaged, privacy="We keep little.")) == ["imprint.md"]


def test_the_demo_has_every_text():
    demo = str(ROOT / "devtools" / "texts")
    assert list(operator_texts.written(demo)) == list(operator_texts.TITLES)
    assert operator_texts.missing(demo) == []
    assert config.current().texts_folder == ""
