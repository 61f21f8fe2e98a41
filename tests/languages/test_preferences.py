"""Whose language it is: what is offered, what a browser names, how a locale writes days, times and amounts."""

from datetime import UTC, datetime

import pytest

from marketplace import languages
from marketplace.languages import Preferences, formats, speaking

pytestmark = pytest.mark.pure
EVENING = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "locale"),
    [
        ([], "en-GB"),
        (["en"], "en-GB"),
        (["en-US", "en"], "en-US"),
        (["es-mx"], "es-MX"),
        (["es-419"], "es-419"),
        (["es-XX"], "es"),
        (["fr-FR", "de-AT"], "de-AT"),
        (["fr", "it", "*"], "en-GB"),
        (["de_DE; drop table"], "en-GB"),
        (["de-" + "x" * 500], "en-GB"),
        (["zh"] * 1000 + ["de"], "en-GB"),
        (["ar-XB"], "en-GB"),
    ],
)
def test_a_reader_has_the_first_of_their_languages_that_there_is(tags, locale):
    assert languages.preferred(tags) == locale


def test_a_language_without_a_country_is_that_of_the_site():
    assert languages.preferred(["de"], default="de-CH") == "de-CH"
    assert languages.preferred(["en"], default="de-CH") == "en"


def test_the_pseudo_locale_is_there_where_it_is_asked_for():
    assert languages.preferred(["ar-XB"], pseudo=True) == "ar-XB"
    assert Preferences("ar-XB").direction == "rtl"
    assert Preferences("de").direction == "ltr"


@pytest.mark.parametrize(
    ("locale", "day", "with_year", "time", "first"),
    [
        ("en-GB", "Tue 24 Nov", "Tue 24 Nov 2026", "18:05", 0),
        ("en-US", "Tue, Nov 24", "Tue, Nov 24, 2026", "6:05 PM", 6),
        ("de-DE", "Di., 24. Nov.", "Di., 24. Nov. 2026", "18:05", 0),
        ("es-ES", "mar, 24 nov", "mar, 24 nov 2026", "18:05", 0),
    ],
)
def test_days_times_and_weeks_are_those_of_the_locale(locale, day, with_year, time, first):
    with speaking(Preferences(locale)):
        assert formats.day(EVENING) == day
        assert formats.day(EVENING, year=True) == with_year
        assert formats.clock_time(EVENING) == time
        assert formats.weekdays()[0] == first


def test_a_person_may_have_another_clock_and_week_than_their_country():
    with speaking(Preferences("en-US", "h23", 0)):
        assert (formats.clock_time(EVENING), formats.weekdays()[0]) == ("18:05", 0)
    with speaking(Preferences("de-DE", "h12", 6)):
        assert (formats.clock_time(EVENING), formats.weekdays()[0]) == ("6:05 PM", 6)


def test_an_hour_that_comes_twice_says_which_one_it_is():
    assert formats.clock_time(EVENING, zone_name=True) == "18:05 UTC"


def test_the_language_ends_with_its_block():
    with speaking(Preferences("de-DE")):
        with speaking(Preferences("es-ES")):
            assert languages.current().language == "es"
        assert languages.current().language == "de"
    assert languages.current().language == "en"


def test_whose_language_it_is_is_found_out_once_and_only_when_asked():
    asked = []

    def find() -> Preferences:
        # A sentence that is needed meanwhile is English, not another question.
        asked.append(languages.current().language)
        return Preferences("de-DE")

    token = languages.use(find)
    try:
        assert asked == []
        assert [languages.current().language, languages.current().language] == ["de", "de"]
        assert asked == ["en"]
    finally:
        languages.leave(token)
