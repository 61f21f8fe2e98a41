"""The decisions about the tables as statements: rows handed out, deleted, or blanked."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from marketplace.accounts.models import User
from marketplace.db import Base, session
from marketplace.personal_data import queries
from marketplace.personal_data.rules.catalog import DECISIONS
from marketplace.personal_data.rules.decisions import TableDecision

TYPES: dict[str, Any] = {"person": Uuid(), "coach": Uuid(), "emails": ARRAY(Text), "name": Text()}


@dataclass(frozen=True)
class Whose:
    """The person whom it is about: their key, their profile's as a coach, every address they had, their name."""

    person: uuid.UUID
    coach: uuid.UUID | None
    emails: list[str]
    name: str


def whose_of(person: User) -> Whose:
    """Everything by which a person's rows are found."""
    return Whose(person.id, queries.coach_id_of(person.id), queries.addresses_of(person), person.name)


def rows_of(whose: Whose) -> Iterator[tuple[TableDecision, list[dict[str, Any]]]]:
    """Every table with something of that person, and the rows as JSON has them, without what is secret."""
    for decision in DECISIONS.values():
        if not decision.mine:
            continue
        columns = [column.name for column in Base.metadata.tables[decision.table].columns]
        shown = ", ".join(f'"{name}"' for name in columns if name not in decision.secrets)
        statement = f"select row_to_json(r)::text from (select {shown} from {decision.table} where {decision.mine}) r"  # noqa: S608  from our own table of decisions
        rows = [json.loads(row) for row in session().scalars(_bound(statement, whose))]
        if rows:
            yield decision, rows


def take_away(whose: Whose) -> None:
    """Delete and blank what the decisions say, children before those that they refer to."""
    for table in reversed(Base.metadata.sorted_tables):
        decision = DECISIONS[table.name]
        if decision.delete:
            session().execute(_bound(f"delete from {table.name} where {decision.delete}", whose))  # noqa: S608
        for erasure in decision.erase:
            blanks = ", ".join(f'"{name}" = {value}' for name, value in erasure.columns.items())
            session().execute(_bound(f"update {table.name} set {blanks} where {erasure.where}", whose))  # noqa: S608
    session().expire_all()


def _bound(statement: str, whose: Whose) -> TextClause:
    """The statement with the values that it names."""
    # A cast is no name of a value.
    escaped = statement.replace("::", r"\:\:")
    named = [name for name in TYPES if f":{name}" in statement]
    values: list[BindParameter[Any]] = [bindparam(name, getattr(whose, name), type_=TYPES[name]) for name in named]
    return text(escaped).bindparams(*values)
