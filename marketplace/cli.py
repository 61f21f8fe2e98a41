"""`flask …`: what an operator does by hand."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from flask import Flask

from marketplace import config

ROOT = Path(__file__).parent.parent


def init_app(app: Flask) -> None:
    """Register every command."""
    app.cli.add_command(migrate)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    upgrade_database(config.current().database_url)


def upgrade_database(url: str) -> None:
    """Run every migration that the database at `url` lacks."""
    alembic = Config(str(ROOT / "alembic.ini"))
    alembic.attributes["url"] = url
    command.upgrade(alembic, "head")
