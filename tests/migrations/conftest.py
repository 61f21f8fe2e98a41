"""A database of its own that is taken back to an earlier revision, filled as it was then, and migrated again."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import text

from marketplace.cli import ROOT, upgrade_database
from marketplace.config import Settings
from marketplace.db import db


class Schema:
    """The schema of an application's database; whoever changes it leaves no connection that knows the earlier one."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["settings"]
        self._app, self._url = app, settings.database_url

    def back_to(self, revision: str) -> None:
        alembic = Config(str(ROOT / "alembic.ini"))
        alembic.attributes["url"] = self._url
        self._changed(lambda: command.downgrade(alembic, revision))

    def forward(self) -> None:
        self._changed(lambda: upgrade_database(self._url))

    def migrate_again(self, revision: str) -> None:
        """Take `revision` back with all that came after it, and run them on the rows that there are."""
        self.back_to(f"{int(revision) - 1:04}")
        self.forward()

    def run(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Run and commit SQL, whatever the models say by now; its rows, none where it returns none."""
        with self._app.app_context(), db.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def _changed(self, change: Callable[[], None]) -> None:
        with self._app.app_context():
            db.engine.dispose()
            change()


@pytest.fixture
def schema(real_app: Flask) -> Schema:
    return Schema(real_app)
