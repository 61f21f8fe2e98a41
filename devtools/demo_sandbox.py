"""The sandbox while the demo is written: on the data that `make run` serves afterwards, with a clock of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from devtools.env import SANDBOX_KEY
from devtools.run import is_free
from marketplace import config
from stripe_sandbox.box import Config
from stripe_sandbox.server import Server
from stripe_sandbox.testing import RunningSandbox


@contextmanager
def running_alone() -> Iterator[RunningSandbox | None]:
    """A sandbox where the settings look for one; None where one runs already, or they name Stripe itself."""
    settings = config.current()
    port = urlsplit(settings.stripe_api_base or "").port
    if settings.stripe_secret_key != SANDBOX_KEY or port is None or not settings.clock_file or not is_free(port):
        yield None
        return
    data = Path(settings.clock_file).parent / "sandbox.db"
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Config(db=str(data), clock_file=Path(folder) / "clock.json"), port=port)
        server.start()
        sandbox = RunningSandbox(server)
        try:
            yield sandbox
        finally:
            sandbox.close()
