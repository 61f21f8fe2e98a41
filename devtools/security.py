"""`make security`: call everything that the API offers as nobody, mentee, coach and admin, in ways nobody would.

Schemathesis makes the calls up from the OpenAPI document of a site of its own: valid and invalid bodies, missing and
repeated parameters, unknown methods, sequences along links. Whatever is answered has to be as the document says, and
nothing may be answered with 500.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from devtools import env, people
from devtools.outside import Browser
from devtools.story import site_of_its_own

NOBODY = "nobody"
SCOPES = {
    "mentee": ("read", "write"),
    "coach": ("read", "write", "money"),
    "admin": ("read", "write", "money", "admin"),
}
ADDRESSES = {"mentee": "mia@demo.example", "coach": "ada@demo.example", "admin": "admin@demo.example"}
# A call that is refused by a rule which JSON Schema cannot tell (a zone that exists, a time that is free) is no fault.
LEFT_OUT = "positive_data_acceptance"
# Beside what is usual: without `If-Match` 428, with an old one 412 (RFC 9110, RFC 6585), and what is not there is 404.
SETTINGS = """
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 404, 406, 409, 415, 422, 428]
negative_data_rejection.expected-statuses = ["4xx", "5xx"]
"""


def attack(note: Mapping[str, str], who: str, *, examples: int, seed: int | None) -> int:
    """Call the site as `who`, with at most `examples` calls for each operation and phase; 0 where nothing was found."""
    document = f"{note['web']}/api/v1/openapi.json"
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", document, "--url", note["web"]]
    command += ["--checks", "all", "--exclude-checks", LEFT_OUT, "--continue-on-failure", "--no-color"]
    command += ["--max-examples", str(examples), "--request-timeout", "30", "--workers", "2"]
    if seed is not None:
        command += ["--seed", str(seed)]
    if who != NOBODY:
        browser = Browser(note["web"])
        browser.sign_in(ADDRESSES[who], people.PASSWORD)
        command += ["--header", f"Authorization: Bearer {browser.token(*SCOPES[who])}"]
    with tempfile.TemporaryDirectory() as folder:
        # It keeps what it found beside itself.
        (Path(folder) / "schemathesis.toml").write_text(SETTINGS)
        return subprocess.run(command, cwd=folder, check=False).returncode


def main() -> int:
    """Attack a site of its own as each of them; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m devtools.security", description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="calls for each operation in each phase, at most")
    parser.add_argument("--seed", type=int, help="of the calls that are made up")
    parser.add_argument("--as", dest="who", action="append", choices=[NOBODY, *SCOPES], help="only as this one")
    parser.add_argument("--limits", action="store_true", help="leave the limits of calls on")
    options = parser.parse_args()
    environ = env.given() if options.limits else env.given() | {"API_CALLS_PER_MINUTE": "1000000"}
    with site_of_its_own(environ) as note:
        found = {
            who: attack(note, who, examples=options.examples, seed=options.seed)
            for who in options.who or [NOBODY, *SCOPES]
        }
    for who, status in found.items():
        print(f"{who}: {'nothing found' if status == 0 else 'faults, named above'}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
