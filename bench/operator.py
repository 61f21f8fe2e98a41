"""A hundred thousand of everything that an admin's tables show, beside the sessions of `bench.veteran`."""

import psycopg
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

import marketplace.app  # noqa: F401  every table
from marketplace.db import Base

EMAIL = "operator@bench.example"
MENTEE = "(select id from bench_mentees where number = n % (select count(*) from bench_mentees))"
COACH = "(select id from bench_coach)"
AGO = "now() - n * interval '4 minutes'"
# By the type of a column that must have a value and is given none.
USUAL = {
    "UUID": "gen_random_uuid()",
    "TEXT": "''",
    "BIGINT": "0",
    "INTEGER": "0",
    "BOOLEAN": "false",
    "TIMESTAMP WITH TIME ZONE": AGO,
    "JSONB": "'{}'",
    "JSON": "'{}'",
}
# What each table holds so many of; `n` counts them from 0.
MANY = {
    "users": {
        "id": "md5('user' || n)::uuid", "email": "'p' || n || '@bench.example'", "name": "'Person ' || n",
        "timezone": "'UTC'", "reminders": "'none'", "active": "true", "confirmed_at": "now()",
        "fs_uniquifier": "gen_random_uuid()",
    },
    "coaches": {
        "id": "md5('coach' || n)::uuid", "user_id": "md5('user' || n)::uuid", "handle": "'coach-' || n",
        "topics": "'{leadership}'", "languages": "'{en}'", "kinds": "'{mentor}'", "timezone": "'UTC'",
        "currency": "'usd'", "status": "case n % 1000 when 0 then 'applied' else 'approved' end",
    },
    "payments": {
        "id": "md5('payment' || n)::uuid", "payer_id": MENTEE, "description": "'One hour'", "amount_cents": "12000",
        "currency": "'usd'", "status": "'paid'", "stripe_payment_id": "'pi_' || n", "charge_id": "'ch_' || n",
    },
    "refunds": {
        "payment_id": "md5('payment' || n)::uuid", "key": "'refund:' || n", "amount_cents": "6000",
        "reason": "'cancelled'", "status": "case n % 1000 when 0 then 'held' when 1 then 'failed' else 'succeeded' end",
    },
    "disputes": {
        "payment_id": "md5('payment' || n)::uuid", "stripe_id": "'du_' || n", "amount_cents": "12000",
        "reason": "'fraudulent'", "status": "case n % 1000 when 0 then 'needs_response' else 'won' end",
    },
    "payouts": {
        "coach_id": "md5('coach' || n)::uuid", "amount_cents": "10800", "currency": "'usd'", "rail": "'stripe'",
        "run_id": "md5('run' || n / 100)::uuid",
        "status": "case n % 1000 when 1 then 'failed' else 'paid' end",
    },
    "payout_runs": {"id": "md5('run' || n)::uuid", "approved_at": "now()"},
    "invoices": {
        "key": "'invoice:' || n", "kind": "'invoice'", "number": "n + 1", "label": "'F-' || n", "buyer_id": MENTEE,
        "currency": "'usd'", "net_cents": "12000", "gross_cents": "12000",
        "content": "'{\"seller\": {\"name\": \"Fairhour\"}, \"buyer\": {\"name\": \"Mentee\"}}'",
    },
    "stripe_events": {"id": "'evt_' || n", "type": "'charge.updated'", "handled_at": "now()"},
    "audit_entries": {"action": "'booking.confirmed'", "subject_id": "md5('booking' || n)"},
    "messages": {
        "recipient": "'p' || n || '@bench.example'", "subject": "'Your session'",
        "status": "case n % 1000 when 0 then 'failed' else 'sent' end",
    },
    "no_show_reports": {
        "booking_id": "md5('booking' || n)::uuid", "status": "case n % 1000 when 0 then 'open' else 'upheld' end",
        "settled_at": "case n % 1000 when 0 then null else now() end",
    },
    "session_credits": {
        "offering_id": "(select offering_id from bench_coach)",
        "coach_id": COACH, "mentee_id": MENTEE, "status": "'lapsed'", "title": "'One hour'", "minutes": "60",
        "price_cents": "12000", "currency": "'usd'",
    },
}  # fmt: skip
ADMIN = (
    "insert into users (id, email, name, timezone, reminders, active, fs_uniquifier, confirmed_at, login_count, "
    "created_at, passkey_after_password, locale, hour_cycle) select md5('operator')::uuid, '"
    + EMAIL
    + "', 'Olga Operator', "
    "'UTC', 'none', true, gen_random_uuid(), now(), 0, now(), false, '', ''",
    "insert into roles (id, name, description) values (md5('admin')::uuid, 'admin', '') on conflict do nothing",
    "insert into roles_users (user_id, role_id) select md5('operator')::uuid, id from roles where name = 'admin'",
)
PAGES = (
    "/admin",
    "/admin/people",
    "/admin/people?name=person+99",
    "/admin/coaches",
    "/admin/bookings",
    "/admin/bookings?status=completed&sort=price",
    "/admin/record",
    "/admin/ledger",
    "/admin/ledger/accounts",
    "/admin/ledger/month",
    "/admin/events",
    "/admin/jobs",
    "/admin/invoices",
    "/admin/refunds",
    "/admin/disputes",
    "/admin/attendance",
    "/admin/payouts",
    "/admin/credits",
    "/admin/figures",
    "/admin/reconciliation",
    "/admin/unmet-demand",
)


def fill(connection: psycopg.Connection, rows: int) -> None:
    """Write `rows` into each table, and an admin who looks at them; triggers are not to wake."""
    for name, given in MANY.items():
        connection.execute(_insert(Base.metadata.tables[name], given, rows).encode())
    for statement in ADMIN:
        connection.execute(statement.encode())


def _insert(table: Table, given: dict[str, str], rows: int) -> str:
    columns = [column for column in table.columns if _needed(column, given)]
    names = ", ".join(column.name for column in columns)
    values = ", ".join(given.get(column.name) or _usual(column) for column in columns)
    return f"insert into {table.name} ({names}) select {values} from generate_series(0, {rows - 1}) n"


def _needed(column: Column[object], given: dict[str, str]) -> bool:
    return column.name in given or not (column.nullable or column.server_default is not None or column.computed)


def _usual(column: Column[object]) -> str:
    kind = column.type.compile(dialect=postgresql.dialect())
    return "'{}'" if kind.endswith("[]") else USUAL[kind]
