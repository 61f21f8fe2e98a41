"""Names in every script are printed, or an admin is told which letters are not."""

import pytest

from marketplace.documents.rendering import letters_without_font
from tests.factories import an_admin


@pytest.mark.parametrize(
    "name",
    ["Mia", "Zoë Ångström", "Ольга", "Ελένη", "نور حداد", "नूर हद्दाद", "நூர்", "నూర్", "នូរ", "สมชาย", "Nguyễn Thị"],
)
def test_names_in_these_scripts_have_their_letters(name):
    assert letters_without_font(name) == ""


def test_what_no_font_draws_is_named_letter_by_letter():
    assert letters_without_font("Mia 田中 and 😀, Ольга") == "中田😀"


def test_an_admin_sees_which_letters_are_boxes(half_returned, mia, client):
    client.sign_in(an_admin())
    assert "DOCUMENT_FONTS" not in client.get("/admin/invoices").text
