"""Sizes, and names: whatever somebody calls a file, it is saved under a name that is one."""

import pytest

from marketplace.files.rules import examination
from marketplace.files.rules.uploads import FORMS, PDF, WEBP, Examined, Unfit, Upload, check_size, clean_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Mein Lebenslauf (neu).PDF", "Mein Lebenslauf (neu).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\mia\\cv.pdf", "cv.pdf"),
        ("/var/www/index.html", "index.pdf"),
        ("plan.pdf.exe", "plan.pdf.pdf"),
        ("cv\u202efdp.exe", "cvfdp.pdf"),
        ("a\u200bb\u2066c\u2069.pdf", "abc.pdf"),
        ('say "hi"; x=\r\nSet-Cookie: a=b.pdf', "say hi; x=Set-Cookie a=b.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("\u3164.pdf", "file.pdf"),
        ("con\x00trol.pdf", "control.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_name_is_one_line_without_a_path_or_anything_hidden(given, kept):
    assert clean_name(given, content_type=PDF) == kept


def test_a_picture_is_called_what_it_has_become():
    assert clean_name("holiday.JPG", content_type=WEBP) == "holiday.webp"


@pytest.mark.parametrize(("form", "megabytes"), [("portrait", 8), ("logo", 8), ("attachment", 10)])
def test_a_file_has_at_most_so_many_megabytes(form, megabytes):
    most = megabytes * 1024 * 1024
    check_size(Upload("a", bytes(most)), FORMS[form])
    with pytest.raises(Unfit, match=f"larger than {megabytes} MB"):
        check_size(Upload("a", bytes(most + 1)), FORMS[form])


def test_an_empty_file_is_refused():
    with pytest.raises(Unfit, match="empty"):
        check_size(Upload("a.png", b""), FORMS["portrait"])


def test_what_the_examining_process_answers_is_read_as_it_was_meant():
    told = examination.answer(b'{"form": "attachment"}\nnothing that anybody knows')
    with pytest.raises(Unfit, match="whatever its name says"):
        examination.read(told)
    said = b'{"files": [["image/webp", 2, 3, 4], ["image/webp", 1, 5, 6]]}\nabc'
    assert examination.read(said) == [Examined(WEBP, b"ab", 3, 4), Examined(WEBP, b"c", 5, 6)]
