"""The store, in SQLite: objects as JSON, timers, idempotency keys, deliveries."""

import json
import sqlite3
from typing import Any

from .shapes import Obj

SCHEMA = """
create table if not exists objects (
    seq integer primary key autoincrement, id text unique not null, kind text not null,
    account text not null, created integer not null, body text not null
);
create index if not exists objects_by_kind on objects (kind, account, seq);
create table if not exists timers (due_at integer not null, action text not null, object_id text not null);
create index if not exists timers_by_due on timers (due_at);
create table if not exists idempotency_keys (
    key text primary key, fingerprint text not null, status integer not null,
    body text not null, expires integer not null
);
create table if not exists deliveries (
    id integer primary key autoincrement, event_id text not null, endpoint_id text not null,
    status text not null, due_at real not null, attempts integer not null default 0,
    response_status integer, error text, delivered_at real
);
create index if not exists deliveries_by_status on deliveries (status, due_at);
create index if not exists deliveries_by_event on deliveries (event_id);
"""
TABLES = ("objects", "timers", "idempotency_keys", "deliveries")


class Store:
    """One SQLite connection; whoever calls holds the sandbox's lock."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        if path != ":memory:":
            self.db.execute("pragma journal_mode = wal")
            # A process that is killed loses nothing; only a machine that loses power might.
            self.db.execute("pragma synchronous = normal")
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the connection; nothing may be asked afterwards."""
        self.db.close()

    def keep(self) -> bytes:
        """Everything, as SQLite writes it; of a store in memory."""
        return self.db.serialize()

    def restore(self, kept: bytes) -> None:
        """Remember that and nothing else."""
        self.db.deserialize(kept)

    def wipe(self) -> None:
        """Forget everything."""
        for table in TABLES:
            self.db.execute(f"delete from {table}")  # noqa: S608

    def add(self, obj: Obj, created: int, account: str = "") -> Obj:
        """Keep a new object; `account` is empty for the platform's own. Names starting with `_` stay inside."""
        self.db.execute(
            "insert into objects (id, kind, account, created, body) values (?, ?, ?, ?, ?)",
            (obj["id"], obj["object"], account, created, json.dumps(obj)),
        )
        return obj

    def save(self, obj: Obj) -> None:
        """Write a changed object back."""
        self.db.execute("update objects set body = ? where id = ?", (json.dumps(obj), obj["id"]))

    def delete(self, object_id: str) -> None:
        """Forget one object."""
        self.db.execute("delete from objects where id = ?", (object_id,))

    def get(self, kind: str, object_id: str, account: str | None = None) -> Obj | None:
        """The object of that kind and id; with `account`, only if it belongs there."""
        row = self.db.execute(
            "select account, body from objects where id = ? and kind = ?", (object_id, kind)
        ).fetchone()
        if row is None or (account is not None and row["account"] != account):
            return None
        return self.read(row)

    def any(self, object_id: str) -> Obj | None:
        """Whatever object has that id."""
        row = self.db.execute("select body from objects where id = ?", (object_id,)).fetchone()
        return self.read(row) if row else None

    def find(
        self,
        kind: str,
        *,
        account: str | None = "",
        where: dict[str, Any] | None = None,
        created: dict[str, int] | None = None,
        after: str | None = None,
        before: str | None = None,
        limit: int | None = None,
        clause: str = "",
    ) -> list[Obj]:
        """Objects of a kind, newest first. `where` maps dotted paths to a value or a tuple of allowed values,
        `created` maps gt, gte, lt, lte to seconds, `after` and `before` are ids to page from,
        `clause` is more SQL of our own."""
        sql = f"select body from objects where kind = ?{clause}"  # noqa: S608
        values: list[Any] = [kind]
        if account is not None:
            sql, values = sql + " and account = ?", [*values, account]
        for path, wanted in (where or {}).items():
            allowed = wanted if isinstance(wanted, tuple) else (wanted,)
            sql += f" and json_extract(body, ?) in ({', '.join('?' * len(allowed))})"
            values += [f"$.{path}", *allowed]
        for name, sign in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")):
            if created and name in created:
                sql, values = f"{sql} and created {sign} ?", [*values, created[name]]
        for cursor, sign in ((after, "<"), (before, ">")):
            if cursor:
                sql += f" and seq {sign} (select seq from objects where id = ?)"  # noqa: S608
                values.append(cursor)
        sql += f" order by seq {'asc' if before else 'desc'}"
        if limit is not None:
            sql += f" limit {int(limit)}"
        found = [self.read(row) for row in self.db.execute(sql, values)]
        return found[::-1] if before else found

    @staticmethod
    def read(row: sqlite3.Row) -> Obj:
        """The object that a row keeps."""
        return dict(json.loads(row["body"]))

    def at(self, due_at: int, action: str, object_id: str) -> None:
        """Have `action` done to the object when the simulated time reaches `due_at`."""
        self.db.execute("insert into timers values (?, ?, ?)", (due_at, action, object_id))

    def next_timer(self, now: int) -> sqlite3.Row | None:
        """Take the earliest timer that is due, or nothing."""
        row: sqlite3.Row | None = self.db.execute(
            "select rowid, * from timers where due_at <= ? order by due_at, rowid limit 1", (now,)
        ).fetchone()
        if row is not None:
            self.db.execute("delete from timers where rowid = ?", (row["rowid"],))
        return row
