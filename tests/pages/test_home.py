import re

import pytest

from marketplace.pages.blueprints import exists
from tests.factories import a_person, an_admin
from tests.found import some


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def links_of(page: str) -> list[str]:
    navigation = re.search(r'<nav class="links wide-only".*?</nav>', page, re.DOTALL)
    assert navigation
    return re.findall(r"<a [^>]*>([^<]+)</a>", navigation.group())


def test_the_front_page_says_what_this_is(client):
    page = text_of(client.get("/"))
    assert "Mentoring is work, and work is paid." in page
    assert "Cancel 24 hours or more before: everything is refunded" in page
    assert "You keep 90 %" in page
    assert "Sign in" in page


@pytest.mark.parametrize("path", ["/", "/login", "/register", "/reset", "/confirm", "/nothing-here"])
def test_pages_have_one_heading_a_title_and_no_script_or_style_from_elsewhere(client, path):
    answer = client.get(path)
    page = text_of(answer)
    assert len(re.findall(r"<h1", page)) == 1
    assert re.search(r"<title>\S", page)
    assert not re.search(r"<script>|<script [^>]*src=\"(?!/)|<link [^>]*href=\"(?!/)| on\w+=\"", page)
    assert (
        "script-src" in answer.headers["Content-Security-Policy"]
        or "default-src 'self'" in answer.headers["Content-Security-Policy"]
    )


def test_what_the_pages_load_is_there(client):
    loaded = re.findall(r'(?:src|href)="(/(?:static|bootstrap|assets)[^"]+)"', text_of(client.get("/")))
    for address in some(loaded):
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()


def test_everybody_sees_her_own_links(client, browser_of, app):
    with app.test_request_context():
        has_admin = exists("admin.home")
    assert "Account" not in links_of(text_of(client.get("/")))
    mentee, admin = (links_of(text_of(browser_of(who).get("/"))) for who in (a_person(), an_admin()))
    assert "Account" in mentee
    assert "Admin" not in mentee
    assert ("Admin" in admin) is has_admin


def test_the_page_one_is_on_is_marked(browser_of):
    page = text_of(browser_of(a_person()).get("/account"))
    assert 'href="/account" aria-current="page"' in page
