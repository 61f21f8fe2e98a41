"""What the tables do not show: stale sessions, admins without a second factor, and methods that only look."""

import pytest

from marketplace.authentication import step_up_table
from tests.doors import ApiClient
from tests.permissions import people, table
from tests.permissions.probing import csrf_token, routes
from tests.permissions.table import PAGES, PEOPLE

FRESH_MINUTES = step_up_table.FRESH_FOR.seconds // 60
# Not there for this person, not as it stands, not with what was sent: whoever is let that far may be asked first.
DECIDED = {"yes", "same", "leads", "409", "422"}


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("who", ["mentee", "coach", "admin"])
def test_a_stale_session_is_asked_for_the_password_where_the_table_of_step_ups_says_so_and_nowhere_else(
    app, world, prober, moment, who
):
    rows = table.read(PAGES)
    browser = people.browser(app, getattr(world, who), moment)
    token = csrf_token(browser)
    moment.advance(minutes=FRESH_MINUTES + 1)
    # When somebody was last there is noted once a while.
    browser.get("/account")
    prober.begin()
    wrong = {}
    for method, rule in routes(app, api=False):
        cell = rows[method, rule.rule][PEOPLE.index(who)]
        with prober.from_the_same(rule.endpoint, prepared=False):
            said = prober.page(browser, token, method, rule)
        asked = said in {"password", "code"}
        # Where nothing is there for this person, either may come first.
        known = rule.endpoint in step_up_table.PAGES
        if (known and cell in DECIDED and not asked) or (asked and not known and rule.rule != "/verify"):
            wrong[method, rule.rule] = (cell, said)
    assert wrong == {}


@pytest.mark.timeout(600)
def test_an_admin_without_a_second_factor_sees_no_more_of_other_people_than_a_stranger(app, world, prober, moment):
    rows = table.read(PAGES)
    browser = people.browser(app, world.other_admin, moment)
    token = csrf_token(browser)
    prober.begin()
    seen = {}
    for method, rule in routes(app, api=False):
        stranger = rows[method, rule.rule][PEOPLE.index("other_mentee")]
        if rule.arguments and stranger == "404" and not rule.rule.startswith("/admin/"):
            with prober.from_the_same(rule.endpoint, prepared=False):
                said = prober.page(browser, token, method, rule)
            if said not in {"404", "set-up"}:
                seen[method, rule.rule] = said
    assert seen == {}


def clients(app, world, moment):
    """Nobody and a stranger, as they ask pages and the API."""
    browsers = [people.browser(app, person, moment) for person in (None, world.other_mentee)]
    return browsers, people.api_clients(app, world)[:2]


@pytest.mark.timeout(900)
def test_head_answers_as_get_does_and_options_tells_the_methods_alone_and_neither_changes_anything(
    app, world, prober, moment
):
    browsers, tokens = clients(app, world, moment)
    prober.begin()
    wrong = {}
    for api in (True, False):
        for rule in {rule.rule: rule for method, rule in routes(app, api=api) if rule.arguments}.values():
            for browser, client in zip(browsers, tokens, strict=True):
                ask = (
                    (lambda method, rule=rule, client=client: prober.api(client, method, rule))
                    if api
                    else (lambda method, rule=rule, browser=browser: prober.page(browser, "", method, rule))
                )
                with prober.from_the_same(rule.endpoint, prepared=False):
                    if "GET" in rule.methods and ask("HEAD") != (said := ask("GET")):
                        wrong["HEAD", rule.rule] = said
                    if (said := ask("OPTIONS")) not in {"yes", "401", "404"}:
                        wrong["OPTIONS", rule.rule] = said
    assert wrong == {}


def test_options_shows_nothing_but_the_methods(app, world, mia):
    client = ApiClient.of(app, world.other_mentee)
    answer = client.call("OPTIONS", f"/bookings/{world.things['booking_id']}")
    assert (answer.data, "GET" in answer.headers["Allow"]) == (b"", True)
