"""What people may write, whatever it is for."""

import pytest

from marketplace import text

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "words",
    [
        "Noor Haddad",
        "Zoë Ängström-O’Neill",
        "田中 さくら",
        "نور حداد",
        "می\u200cخواهم",  # a non-joiner is spelling in Persian
        "नमस्ते",
        "👩\u200d👩\u200d👧 and ❤️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום\u200f",
        "two\nlines\tand a tab\r\n",
        "",
        "   ",
    ],
)
def test_words_in_every_script_are_fine(words):
    assert text.fault(words) is None


@pytest.mark.parametrize(
    "words", ["\u200b", "\u3164", "\u2800\u2800", "\u200e \u200f", "\ufe0f", "\u0301", "\u00ad" * 22]
)
def test_what_nobody_can_see_is_no_text(words):
    assert text.fault(words) == text.UNREADABLE


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("gro\u202eygrone", "U+202E (right-to-left override), character 4"),
        ("a\u2066b", "U+2066 (left-to-right isolate)"),
        ("a\u2028b", "U+2028 (line separator)"),
        ("a\x00", "U+0000 (a control character), character 2"),
        ("a\x85", "U+0085"),
        ("a\x0b", "U+000B"),
        ("\ud800", "U+D800"),
        ("a\ufffd", "U+FFFD (replacement character)"),
        ("a\uffff", "U+FFFF"),
    ],
)
def test_what_hides_or_turns_letters_is_refused_by_its_name(words, named):
    assert named in (text.fault(words) or "")


def test_a_fault_is_found_wherever_it_stands():
    found = text.faults({"name": "a\x00", "steps": [{"what": "fine"}, {"what": "\u200b"}], "many": 3})
    assert set(found) == {"name", "steps.1.what"}


def test_only_what_is_seen_counts():
    assert text.seen_length("\u200b" * 22) == 0
    assert text.seen_length("a \u200b  b") == 3


@pytest.mark.parametrize("words", ["a\nb", "a\tb", "a\x00b"])
def test_one_line_is_one_line(words):
    assert not text.is_one_line(words)


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("mia@example.org", "mia@example.org"),
        ("info@müller.example", "info@xn--mller-kva.example"),
        ("info@Straße.example", "info@xn--strae-oqa.example"),
        ("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("info@\u202e.example", "info@\u202e.example"),
    ],
)
def test_a_domain_is_written_as_servers_know_it(address, sent_to):
    assert text.mail_address(address) == sent_to
