"""Why a calendar cannot be read, in the language of its coach."""

import pytest

from marketplace.calendars.rules import faults
from marketplace.languages import speaking
from marketplace.languages.pseudo import pseudo
from tests.languages.test_messages import PSEUDO

VALUES = {
    "host": "cal.example.com",
    "seconds": 10,
    "megabytes": 2,
    "status": 404,
    "count": 3,
    "addresses": "https://a.example.com/1, https://a.example.com/2",
}
FAULTS = [value for name, value in sorted(vars(faults).items()) if isinstance(value, faults.LazyText)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.message[:30])
def test_what_is_kept_in_english_is_said_in_the_language_of_its_reader(fault):
    sentence = faults.kept(fault, **VALUES)
    assert faults.said(sentence) == sentence
    with speaking(PSEUDO):
        assert faults.said(sentence) == pseudo(fault.message) % VALUES
