"""Other settings for the rest of a test."""

from dataclasses import replace
from typing import Any

from flask import current_app

from marketplace import config


def change(**changes: Any) -> None:
    """Let the application in whose context the test is go by other settings, in every context until the test ends."""
    changed = replace(config.current(), **changes)
    current_app.extensions["settings"] = changed
    config.use(changed)
