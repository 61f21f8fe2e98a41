import pytest

from marketplace.accounts.passwords.rules import LONGEST, TOO_COMMON, TOO_LONG, TOO_SHORT, complaint


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "PASSWORD123",
        "Password2026!",
        "qwertyuiop",
        "poiuytrewq",
        "1234567890",
        "0987654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "passwordpassword",
        "iloveyou!!!!",
        "ｐａｓｓｗｏｒｄ123",
        "!!!!!!!!!!!!",
        "bcdefghijklm",
    ],
)
def test_what_everybody_tries_first_is_refused(password):
    assert complaint(password) == TOO_COMMON


@pytest.mark.parametrize("password", ["miaolsen1234", "miamia2026!!", "example12345"])
def test_what_is_made_of_ones_own_name_is_refused(password):
    about = ["Mia Olsen", "miaolsen@example.com"]
    assert complaint(password, about) == TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "kJ8#mQ2!xz",
        "Mia went to the sea in 2019",
        "ł" * 3 + "óżśćńą" * 2 + "x",
        "8302947561029384",
    ],
)
def test_any_other_is_taken(password):
    assert complaint(password, ["Mia Olsen"]) is None


@pytest.mark.parametrize(
    ("length", "said"), [(9, TOO_SHORT), (10, None), (LONGEST, None), (LONGEST + 1, TOO_LONG), (200, TOO_LONG)]
)
def test_the_limits_of_length_are_said(length, said):
    assert complaint(("kJ8#mQ2!xz5" * 20)[:length]) == said
