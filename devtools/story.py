"""`make story`: drive a running Fairhour over HTTP only, from sign-up to payout."""

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from devtools import env
from devtools.journey import Journey
from devtools.outside import StoryBroke
from devtools.run import free_port

START_SECONDS = 120


@contextmanager
def site_of_its_own(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start everything on free ports with an empty database, and stop it afterwards; where its parts are."""
    with tempfile.TemporaryDirectory(prefix="fairhour-story-") as folder:
        instance = Path(folder).resolve()
        with env.database(environ, instance, scratch=True) as database_url:
            chosen = {**environ, "DATABASE_URL": database_url, "PORT": str(free_port(0))}
            command = [sys.executable, "-m", "devtools.run", "--instance", str(instance)]
            log = instance / "run.log"
            with (
                log.open("w") as output,
                subprocess.Popen(
                    command, env=chosen, cwd=env.ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
                ) as process,
            ):
                try:
                    yield _started(process, instance, log)
                except Exception:
                    print(f"\nWhat the site printed:\n{log.read_text()}")
                    raise
                finally:
                    process.send_signal(signal.SIGTERM)


def _started(process: "subprocess.Popen[bytes]", instance: Path, log: Path) -> dict[str, str]:
    for _ in range(START_SECONDS * 2):
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            note = env.where(instance)
            if note and _answers(note["web"]):
                return note
        else:
            raise StoryBroke(f"the site did not start:\n{log.read_text()}")
    raise StoryBroke(f"the site did not answer within {START_SECONDS} seconds")


def _answers(site: str) -> bool:
    try:
        return requests.get(f"{site}/health", timeout=5).ok
    except requests.RequestException:
        return False


def tell(note: Mapping[str, str], journey: type[Journey] = Journey) -> None:
    """Tell a story on the site that `note` describes."""
    missing = journey.NEEDS - note.keys()
    if missing:
        raise StoryBroke(f"it needs a {' and a '.join(sorted(missing))} of make run's own, which this site has not")
    journey(note["web"], **{name: note[name] for name in journey.NEEDS}).tell()


def main(
    journey: type[Journey] = Journey, *, program: str = "python -m devtools.story", told: str | None = __doc__
) -> int:
    """Tell it on the site that runs here, or on one of its own; 1 where it broke."""
    parser = argparse.ArgumentParser(prog=program, description=told)
    parser.add_argument("--fresh", action="store_true", help="on a site of its own even if one is running")
    parser.add_argument("--instance", type=Path, default=env.INSTANCE, help="whose running site (default: instance/)")
    options = parser.parse_args()
    running = {} if options.fresh else env.where(options.instance.resolve())
    environ = {name: value for name, value in env.given().items() if not name.startswith(("STRIPE_", "SMTP_"))}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        env.refuse_production(environ)
        if running:
            print(f"On the site running at {running['web']}; its clock will move on by some days.")
            tell(running, journey)
        else:
            print("Starting a site for the story…", flush=True)
            with site_of_its_own(environ) as note:
                tell(note, journey)
    except (StoryBroke, env.CannotRun, requests.RequestException) as broke:
        sys.stderr.write(f"\nThe story broke: {broke}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
