"""Alembic's environment: the address comes from the caller or DATABASE_URL, the models from the application."""

import os
from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

from marketplace.models import Base

# A migration that cannot get its lock gives way within seconds instead of queueing the whole site behind it.
LOCK_TIMEOUT = "5s"


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the job queue's tables to the job queue."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    """Migrate in one transaction."""
    url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    engine = create_engine("postgresql+psycopg://" + url.split("://", 1)[1], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=ours,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
