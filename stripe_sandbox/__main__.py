"""`python -m stripe_sandbox --port 12111 --webhook platform=http://…/hooks=whsec_x`."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from .box import Config, Endpoint
from .exchange import A_DOLLAR
from .server import Server


def endpoint(text: str) -> Endpoint:
    """Read `KIND=URL=SECRET`; the URL may itself hold equals signs."""
    kind, _, rest = text.partition("=")
    url, _, secret = rest.rpartition("=")
    if kind not in ("platform", "connect", "thin") or not url.startswith("http") or not secret:
        raise argparse.ArgumentTypeError(f"{text!r} is not platform|connect|thin=URL=SECRET")
    return Endpoint(kind, url, secret)


def currencies(text: str) -> tuple[str, ...]:
    """Read `usd,eur`; each must be one that the sandbox can convert."""
    codes = tuple(code.strip().lower() for code in text.split(",") if code.strip())
    for code in codes:
        if code not in A_DOLLAR:
            raise argparse.ArgumentTypeError(f"{code} is none of {', '.join(A_DOLLAR)}")
    return codes


def parser() -> argparse.ArgumentParser:
    """Every option, with its environment variable as default."""
    env = os.environ
    options = argparse.ArgumentParser(prog="python -m stripe_sandbox", description="A local, stateful Stripe.")
    options.add_argument("--host", default=env.get("STRIPE_SANDBOX_HOST") or "127.0.0.1")
    options.add_argument("--port", type=int, default=int(env.get("STRIPE_SANDBOX_PORT") or "12111"))
    options.add_argument(
        "--db",
        default=env.get("STRIPE_SANDBOX_DB") or ":memory:",
        help="a SQLite file, or :memory: (STRIPE_SANDBOX_DB)",
    )
    options.add_argument(
        "--clock-file",
        default=env.get("STRIPE_SANDBOX_CLOCK_FILE"),
        help='holds {"offset_seconds": N}; beside the database when not given (STRIPE_SANDBOX_CLOCK_FILE)',
    )
    options.add_argument(
        "--webhook",
        action="append",
        type=endpoint,
        metavar="KIND=URL=SECRET",
        help="KIND is platform, connect or thin; may be repeated (STRIPE_SANDBOX_WEBHOOKS, separated by spaces)",
    )
    options.add_argument(
        "--public-url",
        default=env.get("STRIPE_SANDBOX_PUBLIC_URL"),
        help="where browsers find the hosted pages, if not where the API was called (STRIPE_SANDBOX_PUBLIC_URL)",
    )
    options.add_argument(
        "--settles",
        type=currencies,
        default=env.get("STRIPE_SANDBOX_SETTLES") or "",
        metavar="CURRENCIES",
        help="as usd,eur: the account holds these and converts all else into the first; all (STRIPE_SANDBOX_SETTLES)",
    )
    return options


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    given = parser().parse_args(arguments)
    webhooks = given.webhook or [endpoint(text) for text in os.environ.get("STRIPE_SANDBOX_WEBHOOKS", "").split()]
    server = Server(
        Config(
            db=given.db,
            clock_file=Path(given.clock_file) if given.clock_file else None,
            webhooks=tuple(webhooks),
            public_url=given.public_url,
            settles=given.settles,
        ),
        given.host,
        given.port,
    )

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    sys.stdout.write(f"Stripe sandbox at {server.url} (see {server.url}/_sandbox/)\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
