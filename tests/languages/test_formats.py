"""Countries, hours and sizes as their reader writes them."""

from decimal import Decimal

import pytest

from marketplace.languages import Preferences, formats, speaking
from marketplace.languages import lazy_gettext as _l

pytestmark = pytest.mark.pure
GERMAN, AMERICAN = Preferences("de-DE"), Preferences("en-US")


def test_a_country_is_called_by_its_name_in_each_readers_language():
    told = _l("A bank in %(country)s", country=formats.Country("DE"))
    assert str(told) == "A bank in Germany"
    with speaking(GERMAN):
        assert formats.countries(["US", "AT", "EG", "DE"]) == [
            ("EG", "Ägypten"),
            ("DE", "Deutschland"),
            ("AT", "Österreich"),
            ("US", "Vereinigte Staaten"),
        ]
        assert str(told).endswith("Deutschland")
    assert str(formats.Country("ZZZ")) == "ZZZ"


@pytest.mark.parametrize(
    ("minute", "day_of_24", "day_of_12"),
    [(545, "09:05", "9:05 AM"), (1440, "24:00", "12:00 AM"), (1500, "01:00", "1:00 AM")],
)
def test_minutes_of_a_day_are_on_the_readers_clock(minute, day_of_24, day_of_12):
    assert formats.minute_of_day(minute) == day_of_24
    with speaking(AMERICAN):
        assert formats.minute_of_day(minute) == day_of_12


def test_sizes_and_shares_have_the_readers_decimal_mark():
    assert [formats.file_size(size) for size in (10, 340_000, 2_100_000)] == ["1 kB", "340 kB", "2.1 MB"]
    assert [formats.trimmed(Decimal(share)) for share in ("15", "12.50")] == ["15", "12.5"]
    with speaking(GERMAN):
        assert formats.file_size(2_100_000) == "2,1 MB"
        assert formats.trimmed(Decimal("12.50")) == "12,5"
