"""In which language a request is answered."""

import pytest

from marketplace import languages


def spoken(app, **headers) -> tuple[str, str]:
    """The language inside a page's request, and what its answer says it is in."""
    answer = app.test_client().get("/login", headers=headers)
    assert answer.status_code == 200
    return answer.headers["Content-Language"], answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ("", "en-GB"),
        ("de-AT,de;q=0.9", "de-AT"),
        ("fr;q=0.9,es;q=0.5", "es"),
        ("de;q=0,es-MX", "es-MX"),
        (",;q=,,", "en-GB"),
    ],
)
def test_a_visitor_reads_what_the_browser_says(app, accepted, told):
    language, vary = spoken(app, **{"Accept-Language": accepted})
    assert language == told
    assert "Accept-Language" in vary


def test_after_a_request_nobody_reads(app):
    spoken(app, **{"Accept-Language": "de"})
    assert languages.current().language == "en"


def test_a_program_is_answered_in_what_it_asks_for(app):
    client = app.test_client()
    assert client.get("/api/v1/nothing").headers["Content-Language"] == "en-GB"
    german = client.get("/api/v1/nothing", headers={"Accept-Language": "de-DE"})
    assert german.headers["Content-Language"] == "de-DE"
