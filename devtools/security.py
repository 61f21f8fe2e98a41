"""`make security`: call everything that the API offers as nobody, mentee, coach and admin, in ways nobody would.

Schemathesis makes the calls up from the OpenAPI document of a site of its own: valid and invalid bodies, missing and
repeated parameters, unknown methods, sequences along links. Then every text that is sent or asked for is each of
`ugly_texts`. Whatever is answered has to be as the document says, and nothing may be answered with 500. First without
limits of calls, then with those of a server, which answer 429.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from passlib.totp import TOTP

from devtools import env, people, ugly_texts
from devtools.known_ids import Known, as_dictionaries, known_ids
from devtools.outside import Browser, StoryBroke, Stripe
from devtools.story import site_of_its_own
from marketplace.accounts.tokens.rules import ADMIN_SCOPES, SCOPES

NOBODY, ADMIN = "nobody", "admin"
ADDRESSES = {"mentee": "mia@demo.example", "coach": "ada@demo.example", ADMIN: "admin@demo.example"}
WITHOUT_LIMITS = {"API_CALLS_PER_MINUTE": "100000000", "READ_UNITS_PER_MINUTE": "100000000"}
# A call that is refused by a rule which JSON Schema cannot tell (a zone that exists, a time that is free) is no fault.
# Whoever calls too often is told so before a token is looked at, where these two checks know of 401 alone.
LEFT_OUT = {
    "off": "positive_data_acceptance",
    "on": "positive_data_acceptance,missing_required_header,ignored_auth",
}
# Beside what is usual: without `If-Match` 428, with an old one 412 (RFC 9110, RFC 6585), and what is not there is 404.
# Whoever calls too often is told so before anything else is looked at (RFC 6585).
SETTINGS = """
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 404, 406, 409, 415, 422, 428, 429]
negative_data_rejection.expected-statuses = ["4xx", "5xx"]
"""


@dataclass
class Outcome:
    """What came of the calls of one person: how many were answered with each status, and what was found."""

    who: str
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        classes = Counter({f"{status // 100}xx": 0 for status in self.statuses})
        for status, times in self.statuses.items():
            classes[f"{status // 100}xx"] += times
        told = ", ".join(f"{times:,} × {name}" for name, times in sorted(classes.items()))
        broken = sum(times for status, times in self.statuses.items() if status == 500)
        calls = self.statuses.total()
        return f"{self.who}: {calls:,} calls ({told}), {broken} × 500, {len(self.faults)} faults"


def token_of(note: Mapping[str, str], who: str) -> str | None:
    """An access token with every scope that `who` may have; None for nobody.

    An admin sets up an authenticator first and shows it: without, no page gives an admin's scopes out.
    """
    if who == NOBODY:
        return None
    browser = Browser(note["web"])
    browser.sign_in(ADDRESSES[who], people.PASSWORD)
    if who == ADMIN:
        _show_factor(browser, Stripe(note["sandbox"]).now())
    return browser.token(*(scope for scope in SCOPES if who == ADMIN or scope not in ADMIN_SCOPES))


def _show_factor(browser: Browser, now: float) -> None:
    page = browser.submit("/tf-setup", {"setup": "authenticator"}).text
    key, action, csrf = (
        re.search(pattern, page)
        for pattern in (
            r'id="authenticator-key">([^<]+)<',
            r'action="(/tf-setup/[^"]+)"',
            r'name="csrf_token"[^>]*value="([^"]+)"',
        )
    )
    if key is None or action is None or csrf is None:
        raise StoryBroke("the page to set up an authenticator showed no key")
    code = TOTP(key=key[1], format="base32").generate(time=int(now)).token
    browser.session.post(f"{browser.site}{action[1]}", data={"csrf_token": csrf[1], "code": code}, timeout=30)
    browser.open("/admin")


def attack(
    note: Mapping[str, str],
    who: str,
    token: str | None,
    *,
    known: Known,
    only: str,
    examples: int,
    seed: int | None,
    phases: str,
    limits: str,
) -> Outcome:
    """Have Schemathesis call the site as `who`, with at most `examples` calls for each operation and random phase.

    `known` are ids of what is there, `only` a pattern of the paths to call.
    """
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{note['web']}/api/v1/openapi.json"]
    command += ["--url", note["web"], "--phases", phases, "--checks", "all", "--exclude-checks", LEFT_OUT[limits]]
    command += ["--continue-on-failure", "--no-color", "--warnings", "off"]
    command += ["--max-examples", str(examples), "--request-timeout", "60", "--workers", "2"]
    command += ["--report", "ndjson", "--report-ndjson-path", "calls.ndjson"]
    if only:
        command += ["--include-path-regex", only]
    if seed is not None:
        command += ["--seed", str(seed)]
    if token is not None:
        command += ["--header", f"Authorization: Bearer {token}"]
    with tempfile.TemporaryDirectory() as folder:
        # It keeps what it found beside itself.
        (Path(folder) / "schemathesis.toml").write_text(as_dictionaries(known) + SETTINGS)
        status = subprocess.run(command, cwd=folder, check=False).returncode
        statuses = Counter(_statuses(Path(folder) / "calls.ndjson"))
    return Outcome(who, statuses, ["Schemathesis found faults, named above"] if status else [])


def _statuses(report: Path) -> Iterator[int]:
    """The status of each answer that Schemathesis was given."""
    with report.open() as lines:
        for line in lines:
            yield from _answered(json.loads(line))


def _answered(part: object) -> Iterator[int]:
    if isinstance(part, dict):
        if isinstance(part.get("status_code"), int):
            yield part["status_code"]
        for inner in part.values():
            yield from _answered(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _answered(inner)


def call_with_ugly_texts(note: Mapping[str, str], who: str, token: str | None, every: int) -> Outcome:
    """Send each ugly text in each place where the API takes a text, as `who`; or one call in `every`."""
    outcome = Outcome(f"{who}, ugly texts")
    for call, status, fault in ugly_texts.answers(note["web"], token, every):
        outcome.statuses[status] += 1
        if fault:
            outcome.faults.append(f"{call}: {fault}")
    return outcome


def main() -> int:
    """Attack sites of its own as each of them; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m devtools.security", description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="calls for each operation in each phase, at most")
    parser.add_argument("--seed", type=int, help="of the calls that are made up")
    parser.add_argument("--as", dest="who", action="append", choices=[NOBODY, *ADDRESSES], help="only as this one")
    parser.add_argument("--limits", choices=["off", "on", "both"], default="both", help="the limits of calls")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful", help="of Schemathesis")
    parser.add_argument("--only", default="", help="a pattern of the paths that Schemathesis calls")
    parser.add_argument("--every", type=int, default=1, help="of the calls with ugly texts one in so many")
    options = parser.parse_args()
    outcomes = []
    for limits in ["off", "on"] if options.limits == "both" else [options.limits]:
        environ = env.given() | {"ADMIN_SECOND_FACTOR": "required"} | (WITHOUT_LIMITS if limits == "off" else {})
        with site_of_its_own(environ) as note:
            tokens = {who: token_of(note, who) for who in options.who or [NOBODY, *ADDRESSES]}
            known = known_ids(note["web"], [token for token in tokens.values() if token])
            for who, token in tokens.items():
                made = {"examples": options.examples, "seed": options.seed, "phases": options.phases, "limits": limits}
                for outcome in (
                    attack(note, who, token, known=known, only=options.only, **made),
                    call_with_ugly_texts(note, who, token, options.every),
                ):
                    outcome.who += f", limits {limits}"
                    outcomes.append(outcome)
    for outcome in outcomes:
        print("\n".join([str(outcome), *(f"    {fault}" for fault in outcome.faults)]))
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    print(Outcome("all", sum((outcome.statuses for outcome in outcomes), Counter()), faults))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
