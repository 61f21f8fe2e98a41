"""Every sentence in the source that people read is translated."""

from pathlib import Path

import pytest

from tests.languages.sentences import FOR_OPERATORS, untranslated

pytestmark = pytest.mark.pure
ROOT = Path(__file__).parents[2] / "marketplace"
# English whoever reads: the document of the API, what banks are sent, what is kept in place of a link, metrics.
DOCUMENT = {
    "api/document.py", "api/examples.py", "api/multipart.py", "bookings/disputes/evidence.py",
    "notifications/rules/mail.py", "pages/metrics.py",
}  # fmt: skip
# Only development shows it.
OF_DEVELOPMENT = {"pages/styleguide.py"}
# Why something stays of a person is written for operators, into docs/personal-data.md.
DECISIONS = {f"personal_data/rules/{name}.py" for name in ("decisions", "money", "people", "sessions")}


def test_every_sentence_is_translated():
    modules = {file: file.relative_to(ROOT) for file in sorted(ROOT.rglob("*.py"))}
    found = [
        f"{name}:{line}: {words}"
        for file, name in modules.items()
        if name.parts[0] not in FOR_OPERATORS and str(name) not in DOCUMENT | OF_DEVELOPMENT | DECISIONS
        for line, words in untranslated(file)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('flash("It is done.")', ["It is done."]),
        ('flash(_("It is done."))', []),
        ('Said(f"Cancelled by {who}")', ["Cancelled by {}"]),
        ('log.error("This failed.")', []),
        ('def f():\n    """It does this."""\n    raise ValueError("not one of them")', []),
        ('LINES = {"a": "Paid, not yet earned"}', ["Paid, not yet earned"]),
        ('QUERY = "SELECT one FROM two"', []),
        ("kind = 'under_score'", []),
        ('flash(f"{name} has been asked.")', ["{} has been asked."]),
        ('def f() -> "Booking | None":\n    return None', []),
        ('header = {"description": "Seconds to wait"}', []),
        ('LATE = "It is too late"\nbp.alt_response(409, description=LATE)', []),
    ],
)
def test_a_sentence_is_known_by_how_it_is_written(tmp_path, source, found):
    (tmp_path / "module.py").write_text(source)
    assert [words for _line, words in untranslated(tmp_path / "module.py")] == found
