"""The page that shows every component, for whoever builds pages."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import marketplace.pages

COMPONENTS = Path(marketplace.pages.__file__).parent / "templates" / "components"


def test_every_component_is_shown_in_both_colours(client):
    page = client.get("/styleguide")
    assert page.status_code == 200
    assert page.text.count('data-bs-theme="light"') == page.text.count('data-bs-theme="dark"') > 10


@pytest.mark.pure
def test_no_component_is_left_out():
    shown = (COMPONENTS.parent / "styleguide" / "_samples.html").read_text()
    named = {name for file in COMPONENTS.iterdir() for name in re.findall(r"macro ([a-z]\w*)\(", file.read_text())}
    assert {name for name in named if not re.search(rf"\b{name}\b", shown)} == {"flashes", "links"}


def test_production_has_no_such_page(client, app):
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, app_env="production")
    try:
        assert client.get("/styleguide").status_code == 404
    finally:
        app.extensions["settings"] = settings
