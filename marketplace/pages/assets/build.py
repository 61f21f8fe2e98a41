"""Make what browsers load: reduced, named by what is in it, and packed."""

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from whitenoise.compress import Compressor

from marketplace.pages.assets.stylesheets import logical, reduced, words_of

PAGES = Path(__file__).parent.parent
BUILT = Path(__file__).parent / "built"
MANIFEST = "manifest.json"
BOOTSTRAP = "bootstrap.css"
# Pages of an earlier version are open in browsers, and an update takes turns between servers.
KEPT_SECONDS = 30 * 24 * 3600


def build_assets(built: Path = BUILT) -> dict[str, str]:
    """Write every asset to the folder `built`; the file of each by its name. Harmless to run again."""
    built.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    for name, content in _assets().items():
        path = Path(name)
        file = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:16]}{path.suffix}"
        (built / file).write_bytes(content)
        Compressor(quiet=True).compress(str(built / file))
        manifest[name] = file
    part = built / f"{MANIFEST}.part"
    part.write_text(json.dumps({"made_of": _made_of(), "files": manifest}, indent=1))
    since = part.stat().st_mtime - KEPT_SECONDS
    part.replace(built / MANIFEST)
    for path in built.iterdir():
        if path.stat().st_mtime < since and not path.name.startswith(tuple(manifest.values())):
            path.unlink()
    return manifest


def built_assets(built: Path = BUILT) -> dict[str, str]:
    """The file of each asset by its name, as built of the sources as they are now; empty where that was not done."""
    try:
        manifest = json.loads((built / MANIFEST).read_text())
    except FileNotFoundError:
        return {}
    return dict(manifest["files"]) if manifest["made_of"] == _made_of() else {}


def _own() -> list[Path]:
    return sorted((PAGES / "static").iterdir())


def bootstrap() -> str:
    """Bootstrap's whole style sheet."""
    return (files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css").read_text()


def speaking_of_classes() -> list[Path]:
    """Whatever may name a class of an element."""
    return sorted([*PAGES.glob("templates/**/*.html"), *PAGES.glob("static/*.js"), *PAGES.glob("**/*.py")])


def _made_of() -> str:
    """Tells one state of all sources from another."""
    sum_of_all = hashlib.sha256(version("bootstrap-flask").encode())
    for path in (*_own(), *speaking_of_classes()):
        sum_of_all.update(hashlib.sha256(path.read_bytes()).digest())
    return sum_of_all.hexdigest()


def _assets() -> dict[str, bytes]:
    own = {path.name: path.read_bytes() for path in _own()}
    beside = "".join(content.decode() for name, content in own.items() if name.endswith(".css"))
    return own | {BOOTSTRAP: logical(reduced(bootstrap(), words_of(speaking_of_classes()), beside)).encode()}
