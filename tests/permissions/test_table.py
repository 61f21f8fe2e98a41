"""Who may what: every route as everybody, with every scope, stale and without a second factor; nothing is missing.

What the tables do not show stands at the end: stale sessions, admins without a second factor, methods that only look.
The scene takes seconds to build, and is built once for a module and process.

The cells of `api.txt` and `pages.txt` are tried for real, each from the same state. A call that is refused, and one
that only reads, changes nothing in the database. What one may not see does not exist (404), what one may see and not
do is refused (403).
"""

import pytest

from marketplace.accounts.tokens.rules import SCOPES
from marketplace.authentication import step_up_table
from tests.doors import ApiClient
from tests.found import some
from tests.permissions import people, table
from tests.permissions.probing import csrf_token, routes
from tests.permissions.table import API, LETTERS, PAGES, PEOPLE

LET_IN = {"yes", "same", "leads"}
FRESH_MINUTES = step_up_table.FRESH_FOR.seconds // 60
# Not there for this person, not as it stands, not with what was sent: whoever is let that far may be asked first.
DECIDED = LET_IN | {"409", "422"}
# A token cannot type a password: what asks a person for a fresh one asks a token for one of these.
STEP_UP_SCOPES = {"payouts", "tokens", "admin:critical"}
API_COMMANDS = {endpoint for command in step_up_table.COMMANDS for endpoint in command.api}
STRANGERS = ("nobody", "other_mentee", "other_coach")


def of_the_api(app):
    return list(routes(app, api=True))


def of_pages(app):
    return list(routes(app, api=False))


def differing(observed, written, columns):
    """What was found otherwise than the table says, as rows and their cells."""
    found = {}
    for route, cells in observed.items():
        expected = dict(zip(columns, (written[route][n] for n in range(len(columns))), strict=True))
        wrong = {name: f"{cell}, not {expected[name]}" for name, cell in cells.items() if cell != expected[name]}
        if wrong:
            found[" ".join(route)] = wrong
    return found


def people_in_the_api(app, world, prober, wanted=PEOPLE, only=lambda rule: True):
    clients = dict(zip(PEOPLE, people.api_clients(app, world), strict=True))
    prober.begin()
    observed = {}
    for method, rule in of_the_api(app):
        if only(rule):
            with prober.from_the_same(rule.endpoint):
                observed[method, rule.rule] = {who: prober.api(clients[who], method, rule) for who in wanted}
    return observed


def people_on_pages(app, world, prober, moment, wanted=PEOPLE, only=lambda rule: True):
    everybody = (None, world.other_mentee, world.mentee, world.other_coach, world.coach, world.admin)
    browsers = {
        who: people.browser(app, person, moment) for who, person in zip(PEOPLE, everybody, strict=True) if who in wanted
    }
    tokens = {who: csrf_token(browser) for who, browser in browsers.items()}
    prober.begin()
    observed = {}
    for method, rule in of_pages(app):
        if only(rule):
            with prober.from_the_same(rule.endpoint):
                observed[method, rule.rule] = {
                    who: prober.page(browsers[who], tokens[who], method, rule) for who in wanted
                }
    return observed


def test_every_route_has_its_row_and_every_row_its_route(app):
    for file, known in ((API, of_the_api(app)), (PAGES, of_pages(app))):
        assert list(table.read(file)) == [(method, rule.rule) for method, rule in known], file.name


def test_no_cell_is_an_answer_of_500_nor_a_refusal_that_changes_something():
    for file in (API, PAGES):
        for route, cells in some(table.read(file).items()):
            assert not [cell for cell in cells if cell.startswith("5") or "changes" in cell], route


def test_what_is_not_there_for_strangers_is_there_for_somebody():
    """A row that nobody is let in by would tell nothing of permissions."""
    for file in (API, PAGES):
        for route, cells in some(table.read(file).items()):
            if route not in table.FOR_NOBODY_HERE:
                assert LET_IN & set(cells[: len(PEOPLE)]), route


def test_what_is_refused_to_a_stranger_to_somebody_elses_things_says_that_they_do_not_exist(app):
    for file, known in ((API, of_the_api(app)), (PAGES, of_pages(app))):
        rows = table.read(file)
        of_somebody = [each for each in known if any(name.endswith("_id") for name in each[1].arguments)]
        for method, rule in some(of_somebody):
            cells = dict(zip(PEOPLE, rows[method, rule.rule], strict=False))
            assert {cells["other_mentee"], cells["other_coach"]} <= LET_IN | {"404", "415"}, (method, rule.rule)


def test_the_api_asks_each_route_for_one_scope_and_for_one_of_its_own_where_a_page_asks_for_the_password(app):
    rows = table.read(API)
    for method, rule in some(of_the_api(app)):
        *_, own, others, fresh = rows[method, rule.rule]
        manual = getattr(app.view_functions[rule.endpoint], "_apidoc", {}).get("manual_doc", {})
        needed = [scope for scope in SCOPES for asked in manual.get("security", []) if scope in asked["bearer"]]
        for letters in (own, others):
            opens = {scope for scope, letter in zip(SCOPES, letters, strict=True) if letter not in ".-"}
            assert not needed or opens <= set(needed), (method, rule.rule)
        assert fresh == ("scope" if rule.endpoint in API_COMMANDS else "-")
        assert (fresh == "scope") == bool(STEP_UP_SCOPES & set(needed)), (method, rule.rule)


def test_pages_ask_for_the_password_where_the_table_of_step_ups_says_so(app):
    rows = table.read(PAGES)
    asked = {rule.endpoint for method, rule in of_pages(app) if rows[method, rule.rule][6] == "password"}
    assert asked == set(step_up_table.PAGES)


@pytest.mark.timeout(600)
def test_no_stranger_gets_at_anything_of_somebody_elses_through_the_api(app, world, prober):
    observed = people_in_the_api(
        app, world, prober, STRANGERS, lambda rule: rule.arguments and "/admin/" not in rule.rule
    )
    assert differing(observed, table.read(API), PEOPLE) == {}


@pytest.mark.timeout(600)
def test_no_stranger_gets_at_anything_of_somebody_elses_on_pages(app, world, prober, moment):
    only = lambda rule: rule.arguments and not rule.rule.startswith("/admin/")  # noqa: E731
    observed = people_on_pages(app, world, prober, moment, STRANGERS, only)
    assert differing(observed, table.read(PAGES), PEOPLE) == {}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_everybody_may_in_the_api_what_the_table_says(app, world, prober):
    assert differing(people_in_the_api(app, world, prober), table.read(API), PEOPLE) == {}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_everybody_may_on_pages_what_the_table_says(app, world, prober, moment):
    assert differing(people_on_pages(app, world, prober, moment), table.read(PAGES), PEOPLE) == {}


def scopes_in_the_api(app, world, prober):
    """Own: a mentee's or a coach's things, by that person, who has become an admin too. Others': by an admin."""
    rows = table.read(API)
    theirs = people.of_each_scope(app, world.admin)
    own = {"mentee": people.of_each_scope(app, world.mentee), "coach": people.of_each_scope(app, world.coach)}
    prober.begin()
    observed = {}
    for method, rule in of_the_api(app):
        cells = dict(zip(PEOPLE, rows.get((method, rule.rule), ()), strict=False))
        clients = own["mentee" if cells.get("mentee") in LET_IN else "coach"]
        with prober.from_the_same(rule.endpoint):
            observed[method, rule.rule] = {
                name: "".join(LETTERS.get(word := prober.api(client, method, rule), f"[{word}]") for client in tokens)
                for name, tokens in (("own", clients), ("others", theirs))
            }
    return observed


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_each_scope_opens_what_the_table_says(app, world, prober):
    assert differing(scopes_in_the_api(app, world, prober), table.read(API), (*PEOPLE, "own", "others")) == {}


def test_an_admin_without_a_second_factor_is_led_to_set_one_up_wherever_the_table_says_so(app, world, prober, moment):
    rows = table.read(PAGES)
    browser = people.browser(app, world.other_admin, moment)
    token = csrf_token(browser)
    prober.begin()
    observed = {}
    for method, rule in of_pages(app):
        if rule.rule == "/admin" or rule.rule.startswith("/admin/"):
            with prober.from_the_same(rule.endpoint):
                observed[method, rule.rule] = prober.page(browser, token, method, rule)
    assert set(observed.values()) == {"set-up"}, observed
    assert set(observed) == {route for route, cells in rows.items() if cells[7] == "set-up"}


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
