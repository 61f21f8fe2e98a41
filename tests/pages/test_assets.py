"""What a browser loads beside a page: reduced, packed, kept for good; and whole where nothing was built."""

import gzip
import json
import os
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from marketplace.app import create_app
from marketplace.pages.assets import build, serving
from marketplace.pages.assets.stylesheets import Words, logical, reduced
from tests.conftest import CLOCK
from tests.doors import PageClient
from tests.found import some
from tests.pages.test_home import text_of

WORDS = Words(frozenset({"btn", "card"}), ("btn-",))


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build.build_assets(folder)
    return folder


@pytest.fixture
def browser(shared_app, built):
    return with_assets(shared_app, built).test_client()


def with_assets(shared_app: Flask, built: Path) -> Flask:
    app = create_app(shared_app.extensions["settings"], CLOCK)
    serving.init_app(app, built)
    app.test_client_class = PageClient
    return app


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".btn{color:red}.carousel{color:red}", ".btn{color:red}"),
        (".btn-danger,.carousel{a:b}", ".btn-danger{a:b}"),
        (".card>.carousel{a:b}.card .btn:hover{a:b}", ".card .btn:hover{a:b}"),
        (".btn:not(.carousel){a:b}", ".btn:not(.carousel){a:b}"),
        ("h1,a[href]{a:b}", "h1,a[href]{a:b}"),
        ("@media (min-width:1px){.btn{a:b}.carousel{a:b}}", "@media (min-width:1px){.btn{a:b}}"),
        ("@media print{.carousel{a:b}}", ""),
        ("@keyframes spin{to{a:b}}", "@keyframes spin{to{a:b}}"),
        (":root{--a:1;--b:var(--a);--c:2}.btn{x:var(--b)}", ":root{--a:1;--b:var(--a);}.btn{x:var(--b)}"),
        (":root{--a:1;--b:var(--a)}", ""),
        ('@charset "UTF-8";.btn{a:b}', ".btn{a:b}"),
    ],
)
def test_a_sheet_keeps_what_a_page_can_use(sheet, kept):
    assert reduced(sheet, WORDS) == kept


@pytest.mark.pure
@pytest.mark.parametrize(
    ("sheet", "mirrors"),
    [
        (".a{margin-left:auto;padding-right:1px}", ".a{margin-inline-start:auto;padding-inline-end:1px}"),
        (".a{border-left:0;border-right-width:1px}", ".a{border-inline-start:0;border-inline-end-width:1px}"),
        (".a{text-align:right!important}", ".a{text-align:end!important}"),
        (".a{float:left}", ".a{float:inline-start}"),
        (".a{--b-margin-left:1px}.margin-left{color:red}", ".a{--b-margin-left:1px}.margin-left{color:red}"),
    ],
)
def test_a_sheet_mirrors_where_lines_run_from_right_to_left(sheet, mirrors):
    assert logical(sheet) == mirrors


@pytest.mark.pure
def test_a_variable_that_another_sheet_asks_for_stays():
    assert reduced(":root{--a:1;--b:2}", WORDS, beside="p{color:var(--b)}") == ":root{--b:2}"


def test_a_page_loads_little_and_only_once(browser):
    page = browser.get("/")
    loaded = addresses(text_of(page))
    assert len(loaded) == 4
    answers = [browser.get(address, headers={"Accept-Encoding": "gzip, br"}) for address in loaded]
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)
    assert all(answer.headers["X-Content-Type-Options"] == "nosniff" for answer in answers)
    assert sum(len(answer.data) for answer in answers) < 16_000


@pytest.mark.parametrize(("accepted", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
def test_packed_for_whoever_takes_it_packed(browser, accepted, unpack):
    address = next(each for each in addresses(text_of(browser.get("/"))) if "/fairhour-" in each and "css" in each)
    answer = browser.get(address, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding", "") == accepted
    assert unpack(answer.data) == (build.PAGES / "static" / "fairhour.css").read_bytes()


def test_nothing_beside_the_assets_is_served(browser):
    assert browser.get("/assets/../build.py").status_code == 404
    assert browser.get("/assets/bootstrap-0000000000000000.css").status_code == 404


def test_what_was_built_of_other_sources_is_not_used(built, tmp_path):
    for path in built.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert build.built_assets(tmp_path)
    manifest = tmp_path / build.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"made_of": "other sources"}))
    assert build.built_assets(tmp_path) == {}


def test_files_of_the_last_build_stay_for_open_pages_and_go_after_a_month(tmp_path):
    build.build_assets(tmp_path)
    recent, old = tmp_path / "fairhour-1111111111111111.css", tmp_path / "fairhour-2222222222222222.css"
    for path in (recent, old):
        path.write_text("p{}")
    os.utime(old, (0, 0))
    current = build.build_assets(tmp_path)
    assert recent.exists()
    assert not old.exists()
    assert all((tmp_path / file).exists() for file in current.values())


def test_without_a_build_pages_load_the_packages_own_files(shared_app, tmp_path):
    client = with_assets(shared_app, tmp_path).test_client()
    loaded = re.findall(r'(?:src|href)="(/(?:static|bootstrap)[^"]+)"', text_of(client.get("/")))
    for address in some(loaded):
        assert client.get(address).status_code == 200, address


def test_the_command_builds(app, monkeypatch, tmp_path):
    monkeypatch.setattr("marketplace.cli.build_assets", lambda: build.build_assets(tmp_path))
    answer = app.test_cli_runner().invoke(args=["build-assets"])
    assert answer.exit_code == 0
    assert (tmp_path / build.MANIFEST).exists()
