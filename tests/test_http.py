"""Where the web meets the domains, when things go wrong: no database, a bug, a proxy, somebody else's request id."""

from dataclasses import replace
from urllib.parse import urlsplit

import click
import pytest
from flask import g, url_for
from sqlalchemy import text

from marketplace.app import create_app
from marketplace.db import be_patient, db, session
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Declined, FairhourError, NotAllowed, NotFound, Unavailable
from marketplace.http import actor, viewer
from tests.factories import a_person
from tests.settings import change
from tests.smtp import free_port


@pytest.fixture
def app_with(settings):
    """An application of its own under other settings."""

    def made(**changes):
        app = create_app(replace(settings, **changes))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return app

    return made


@pytest.mark.real
class TestWithoutADatabase:
    @pytest.fixture
    def client(self, app_with):
        return app_with(database_url=f"postgresql://127.0.0.1:{free_port()}/nothing").test_client()

    def test_health_says_so(self, client):
        answer = client.get("/health")
        assert answer.status_code == 503
        assert answer.json["detail"] == "We cannot reach our database right now."

    def test_pages_and_api_say_that_nothing_was_lost(self, client):
        page, api = client.get("/coaches"), client.get("/api/v1/coaches")
        assert (page.status_code, api.status_code) == (503, 503)
        assert "Nothing was lost" in page.get_data(as_text=True)
        assert "Nothing was lost" in api.json["detail"]


@pytest.mark.real
class TestABug:
    @pytest.fixture
    def client(self, app_with):
        app = app_with(database_url=f"postgresql://127.0.0.1:{free_port()}/nothing")
        app.config["TESTING"] = False

        def broken():
            raise ZeroDivisionError("a secret detail")

        app.add_url_rule("/broken", view_func=broken)
        app.add_url_rule("/api/v1/broken", endpoint="api_broken", view_func=broken)
        return app.test_client()

    @pytest.mark.parametrize("path", ["/broken", "/api/v1/broken"])
    def test_it_is_answered_with_the_requests_id_and_without_its_details(self, client, path):
        answer = client.get(path, headers={"X-Request-Id": "abcdef-123456"})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] == "abcdef-123456"
        assert "abcdef-123456" in text
        assert "secret detail" not in text


@pytest.mark.real
class TestAStatementThatTakesTooLong:
    @pytest.fixture
    def stopping(self, app_with, real_app):
        app = app_with(database_url=real_app.extensions["settings"].database_url, statement_timeout_seconds=1)

        def slow():
            return str(session().scalar(text("select pg_sleep(60)")))

        app.add_url_rule("/slow", view_func=slow)
        app.add_url_rule("/api/v1/slow", endpoint="api_slow", view_func=slow)
        yield app
        with app.app_context():
            db.engine.dispose()

    @pytest.mark.parametrize("path", ["/slow", "/api/v1/slow"])
    def test_it_is_stopped_and_told_so_and_the_next_one_is_answered(self, stopping, path):
        client = stopping.test_client()
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "Ask for less at once" in answer.get_data(as_text=True)
        assert client.get("/health").status_code == 200

    def test_a_command_may_take_as_long_as_it_likes(self, stopping):
        @stopping.cli.command("patience")
        def patience():
            click.echo(session().scalar(text("show statement_timeout")))

        assert stopping.test_cli_runner().invoke(args=["patience"]).output == "0\n"

    def test_a_worker_has_its_own_patience_and_the_operators_options_stay(self, app_with, real_app):
        address = f"{real_app.extensions['settings'].database_url}&options=-c%20work_mem%3D5MB"
        app = app_with(database_url=address if "?" in address else address.replace("&", "?"))
        be_patient(app, 7)
        with app.app_context():
            found = session().execute(text("select current_setting('statement_timeout'), current_setting('work_mem')"))
            assert found.one() == ("7s", "5MB")
            session().close()
            db.engine.dispose()


@pytest.mark.real
def test_behind_a_proxy_the_person_is_who_the_proxy_says(app_with):
    app = app_with(database_url=f"postgresql://127.0.0.1:{free_port()}/nothing", trusted_proxies=1)
    seen = {}

    def look():
        from flask import request

        seen.update(address=request.remote_addr, secure=request.is_secure)
        return "ok"

    app.add_url_rule("/look", view_func=look)
    answer = app.test_client().get("/look", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    assert seen == {"address": "203.0.113.9", "secure": True}
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


FORGED = [
    {"X-Forwarded-Host": "evil.example"},
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"},
]


@pytest.mark.real
@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("headers", FORGED)
def test_a_forged_host_is_in_no_address_that_we_build(app_with, proxies, headers):
    nowhere = f"postgresql://127.0.0.1:{free_port()}/nothing"
    app = app_with(database_url=nowhere, trusted_proxies=proxies, public_url="https://fairhour.example")
    app.add_url_rule("/look", view_func=lambda: url_for("home.front", _external=True))
    answer = app.test_client().get("/look", headers=headers)
    assert urlsplit(answer.get_data(as_text=True)).netloc == "fairhour.example"
    sent_on = app.test_client().get("/account/tokens", headers=headers)
    assert sent_on.headers["Location"] == "/login?next=/account/tokens"
    assert "evil" not in str(sent_on.headers)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed(), 403),
        (Conflict(), 409),
        (Declined(), 402),
        (Unavailable(), 503),
        (FairhourError(), 500),
    ],
)
def test_each_kind_of_error_has_its_status(error, status):
    assert status_of(error) == status


@pytest.mark.parametrize("given", ["short", "x" * 65, "with\ttabs in it", "ünlautt-id"])
def test_a_request_id_that_is_none_is_replaced(client, given):
    answer = client.get("/health", headers={"X-Request-Id": given})
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_passer_by_is_nobody_and_a_door_that_forgot_to_ask_is_a_bug(app):
    with app.test_request_context("/"):
        g.pop("token_user", None)
        assert viewer() is None
        with pytest.raises(RuntimeError, match="before it checked"):
            actor()


def test_a_page_that_is_not_there_and_a_method_that_is_not_offered(client):
    assert client.get("/nothing/here").status_code == 404
    wrong = client.get("/logout")
    assert wrong.status_code in {302, 405}
    api = client.get("/api/v1/nothing")
    assert (api.status_code, api.content_type) == (404, "application/problem+json")


def test_every_answer_carries_its_security_headers(client):
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_nothing_inline_is_run_and_forms_leave_only_for_stripes_pages(client):
    change(stripe_api_base="https://api.stripe.com", stripe_custom_domain="https://pay.example.org")
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "form-action 'self' https://*.stripe.com https://pay.example.org" in policy
    assert "unsafe" not in policy


def test_in_development_forms_leave_for_the_sandbox(client):
    change(stripe_api_base="http://127.0.0.1:12111", stripe_custom_domain="")
    assert client.get("/").headers["Content-Security-Policy"].endswith("form-action 'self' http://127.0.0.1:12111")


@pytest.mark.parametrize(
    "path", ["/", "/coaches", "/login", "/register", "/reset", "/nothing", "/api/v1/coaches", "/api/v1/me", "/sessions"]
)
def test_no_cache_keeps_a_page_or_an_answer(client, path):
    assert client.get(path).headers.getlist("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("path", ["/account", "/sessions", "/change", "/dashboard", "/account/tokens", "/verify"])
def test_no_cache_keeps_the_page_of_somebody_who_signed_in(browser_of, path):
    assert browser_of(a_person("Mia")).get(path).headers.getlist("Cache-Control") == ["no-store"]


def test_a_file_that_is_everybodys_may_be_kept(client):
    assert client.get("/static/fairhour.css").headers["Cache-Control"] != "no-store"


def test_an_address_without_end_is_refused(client):
    assert client.get(f"/coaches?{'weekdays=0&' * 1000}").status_code == 414
    assert client.get(f"/api/v1/search?{'weekdays=0&' * 1000}").json["status"] == 414


def test_a_zero_byte_is_refused_wherever_it_stands(api):
    answer = api(a_person("Mia")).patch("/me", {"name": "Mia\0"})
    assert answer.status_code == 422
    page = api(a_person("Noor")).get("/coaches?text=%00")
    assert page.status_code in {200, 422}


@pytest.mark.parametrize(
    "path", ["/@ada%00", "/api/v1/coaches/ada%00", "/api/v1/coaches/%E2%80%AEada", "/calendar/%00.ics"]
)
def test_a_name_in_an_address_that_nobody_may_write_is_nobodys(client, path):
    assert client.get(path).status_code == 404
