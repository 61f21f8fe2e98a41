"""Two windows, one form: what was saved in one is told in the other, and nothing typed there is lost."""

import re

import pytest

from marketplace.scheduling.service import weekly_hours
from tests.doors import version_in
from tests.factories import a_coach, a_person, an_offering

NO_LIMITS = dict.fromkeys(("max_per_day", "max_per_week", "max_minutes_per_week", "longest_streak_minutes"), "")
PROFILE = {
    "handle": "ada",
    "headline": "An hour with Ada",
    "about": "I have coached engineers for twenty years.",
    "topics": "careers",
    "languages": "en",
    "kinds": ["mentor"],
    "timezone": "Europe/Berlin",
    "currency": "usd",
    "licence": "",
}
OFFERING = {
    "title": "An hour",
    "description": "",
    "kind": "mentor",
    "minutes": "60",
    "price": "120.00",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "0",
    "notice_hours": "12",
    "horizon_days": "60",
    "start_step_minutes": "15",
    "schedule_id": "",
    "policy_id": "",
} | NO_LIMITS
ACCOUNT = {
    "holder": "Ada Lovelace",
    "country": "RS",
    "account": "RS35105008123123123173",
    "bic": "AIKBRS22",
    "bank_code": "",
}
DETAILS = dict.fromkeys(("name", "address", "tax_id", "tax_percent", "tax_note"), "")


@pytest.fixture
def coach():
    return a_coach("ada")


@pytest.mark.parametrize(
    ("path", "seen", "first", "second", "told"),
    [
        ("/account", None, {"name": "Maria", "timezone": "UTC"}, {"name": "Mia", "timezone": "Asia/Tokyo"}, "Maria"),
        ("/dashboard/profile", None, PROFILE | {"headline": "First"}, PROFILE | {"headline": "Second"}, "First"),
        ("/dashboard/offerings/{offering}", None, OFFERING | {"title": "First"}, OFFERING | {"title": "Next"}, "First"),
        ("/dashboard/meeting-link", None, {"url": "https://a.example"}, {"url": "https://b.example"}, "//a.example"),
        ("/account/invoice-details", None, DETAILS | {"name": "A Ltd"}, DETAILS | {"name": "B Ltd"}, "A Ltd"),
        ("/dashboard/time-off/limits", "/dashboard/time-off", NO_LIMITS | {"max_per_day": "3"},
         NO_LIMITS | {"max_per_day": "4"}, "3"),
        ("/dashboard/time-off/holidays", "/dashboard/time-off", {"country": "DE", "region": ""},
         {"country": "FR", "region": ""}, "DE"),
        ("/dashboard/hours", None, {"start-0": "09:00", "end-0": "12:00"}, {"start-0": "10:00", "end-0": "11:00"},
         "09:00-12:00"),
        ("/dashboard/hours/{schedule}/name", "/dashboard/hours/{schedule}", {"name": "Mornings"}, {"name": "Nights"},
         "Mornings"),
        ("/account/reminders", "/account/mails", {"reminders": "day"}, {"reminders": "hour"}, "day"),
        ("/dashboard/earnings/schedule", "/dashboard/earnings", {"schedule": "monthly"}, {"schedule": "on_demand"},
         "monthly"),
        ("/dashboard/bank/transfer", None, ACCOUNT, ACCOUNT | {"holder": "Ada Byron"}, "3173"),
    ],
)  # fmt: skip
def test_the_second_window_reads_what_the_first_has_saved(path, seen, first, second, told, coach, browser_of):
    ids = {"offering": an_offering(coach).id, "schedule": weekly_hours.add_schedule(coach.user, name="Evenings").id}
    path, seen = path.format(**ids), seen and seen.format(**ids)
    browser = browser_of(coach.user)
    page = browser.get(seen or path).text
    loaded = version_in(page, path)
    assert loaded, "its form carries a version"
    saved = browser.submit(path, first, seen=seen)
    assert saved.status_code in {302, 303}, saved.text
    refused = browser.submit(path, second | loaded, seen=seen)
    assert refused.status_code == 412
    assert "changed meanwhile" in refused.text
    assert told in refused.text
    typed = next(value for name, value in second.items() if first[name] != value)
    assert str(typed) in refused.text
    again = browser.submit(path, second | version_in(refused.text, path), seen=seen)
    assert again.status_code in {302, 303}


def test_a_form_without_its_version_changes_nothing(coach, browser_of):
    browser = browser_of(coach.user)
    answer = browser.submit("/account", {"name": "Eve", "timezone": "UTC", "version": ""})
    assert answer.status_code == 412
    assert "Eve" in answer.text
    assert "Ada" in browser.get("/account").text


def test_what_was_typed_wrong_does_not_forget_which_version_it_was(browser_of):
    browser = browser_of(a_person("Mia"))
    loaded = version_in(browser.get("/account").text, "/account")
    browser.submit("/account", {"name": "Maria", "timezone": "UTC"})
    wrong = browser.submit("/account", {"name": "", "timezone": "UTC"} | loaded)
    assert wrong.status_code == 422
    assert version_in(wrong.text, "/account") == loaded


# They begin with a proposal, and make something new.
MAKING = {
    "/account/tokens",
    "/account/passkeys",
    "/dashboard/offerings/new",
    "/dashboard/coupons",
    "/dashboard/licence",
    "/dashboard/shelf",
}
# What stands there is how one connects, and not what is kept.
CONNECTING = {"/dashboard/bank", "/dashboard/calendars"}
FILLED = re.compile(
    r"<input(?![^>]*type=\"(?:hidden|password|radio|checkbox)\")[^>]* value=\"[^\"]+\""
    r"|<input[^>]*type=\"(?:radio|checkbox)\"[^>]* checked|<option[^>]* selected|<textarea[^>]*>\s*[^<\s]"
)


def test_every_form_that_shows_what_is_kept_carries_its_version(app, coach, browser_of):
    browser = browser_of(coach.user)
    offering, schedule = an_offering(coach), weekly_hours.add_schedule(coach.user, name="Evenings")
    pages = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    pages = [page for page in pages if page.startswith(("/account", "/dashboard")) and not page.endswith(".png")]
    pages += [f"/dashboard/offerings/{offering.id}", f"/dashboard/hours/{schedule.id}"]
    edits, without = set(), set()
    for page in pages:
        for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", browser.get(page).text, re.DOTALL):
            if 'method="post"' in attributes and FILLED.search(inside):
                action = re.search(r'action="([^"]*)"', attributes).group(1)
                (edits if 'name="version"' in inside else without).add(action)
    assert len(edits) >= 8
    assert without - MAKING - CONNECTING == set()
