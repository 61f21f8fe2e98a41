"""People choose how they read: language and region, the clock, the first day of a week."""

from marketplace.db import session
from marketplace.languages import called, locales
from tests.factories import a_person


def test_there_are_locales_of_our_languages_with_their_own_names():
    assert {"en-US", "de-AT", "es-MX"} <= set(locales())
    assert not [tag for tag in locales() if tag[:2] not in {"en", "de", "es"}]
    assert (called("de-AT"), called("es")) == ("Deutsch (Österreich)", "Español")


def test_they_are_chosen_on_the_account_page_and_hold_at_once(browser_of):
    mia = a_person()
    browser = browser_of(mia)
    chosen = {"locale": "en-US", "hour_cycle": "h12", "first_weekday": "6"}
    answer = browser.submit("/account/preferences", chosen, seen="/account", follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert '<option value="en-US" lang="en-US" selected>' in page
    assert answer.headers["Content-Language"] == "en-US"
    session().refresh(mia)
    assert (mia.locale, mia.hour_cycle, mia.first_weekday) == ("en-US", "h12", 6)


def test_what_is_no_choice_is_refused_at_its_field(browser_of):
    mia = a_person()
    answer = browser_of(mia).submit("/account/preferences", {"locale": "fr", "hour_cycle": ""}, seen="/account")
    assert answer.status_code == 422
    assert "Choose a language from the list." in answer.get_data(as_text=True)


AS_USUAL = {"locale": "", "hour_cycle": "", "first_weekday": None}


def test_the_api_says_and_changes_them(api):
    own = api(a_person())
    assert own.get("/me").json["locale"] == ""
    changed = own.put("/me/preferences", AS_USUAL | {"locale": "de-AT"}).json
    assert (changed["locale"], changed["hour_cycle"], changed["first_weekday"]) == ("de-AT", "", None)
    assert own.put("/me/preferences", AS_USUAL | {"locale": "ar-XB"}).status_code == 422
