"""Serve what was built; without that, the packages' own files."""

from collections.abc import Callable
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, url_for
from whitenoise import WhiteNoise

from marketplace.pages.assets.build import BOOTSTRAP, BUILT, MANIFEST, built_assets

PREFIX = "/assets/"


def init_app(app: Flask, built: Path = BUILT) -> None:
    """Give templates `asset(name)`, the address of a file, and answer these addresses before anything else does."""
    manifest = built_assets(built)
    if manifest:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            str(built),
            PREFIX,
            allow_all_origins=False,
            add_headers_function=_guarded,
            immutable_file_test=lambda _path, address: not address.endswith(MANIFEST),
        )
    app.jinja_env.globals["asset"] = _addresses(manifest)


def _addresses(manifest: dict[str, str]) -> Callable[[str], str]:
    def asset(name: str) -> str:
        if name in manifest:
            return f"{PREFIX}{manifest[name]}"
        if name == BOOTSTRAP:
            return url_for("bootstrap.static", filename="css/bootstrap.min.css")
        return url_for("static", filename=name)

    return asset


def _guarded(headers: Headers, _path: str, _address: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
