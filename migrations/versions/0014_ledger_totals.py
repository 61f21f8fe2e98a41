"""The ledger stays fast: sums of what is closed, the order of insertion, and accounts that never change either."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SIDES = ("debit", "credit")
APPEND_ONLY = ("ledger_accounts", "ledger_closings")


def upgrade() -> None:
    op.add_column(
        "ledger_accounts",
        sa.Column("kind", sa.Text(), sa.Computed("split_part(name, ':', 1)", persisted=True), nullable=False),
    )
    op.create_index("ledger_accounts_kind_idx", "ledger_accounts", ["kind", "currency"])
    op.add_column("ledger_entries", sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_index("ledger_entries_seq_idx", "ledger_entries", ["seq"])
    for side in SIDES:
        op.drop_index(f"ledger_entries_{side}_idx", "ledger_entries")
        op.create_index(
            f"ledger_entries_{side}_idx",
            "ledger_entries",
            [f"{side}_id", "booked_at", "seq"],
            postgresql_include=["cents"],
        )
    op.create_table(
        "ledger_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("through_seq", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_closings_pkey"),
        sa.UniqueConstraint("through_seq", name="ledger_closings_through_seq_key"),
    )
    _sums("ledger_closed_balances", _account("ledger_closed_balances"))
    _sums(
        "ledger_closed_days",
        _account("ledger_closed_days"),
        sa.Column("day", sa.Date(), nullable=False, primary_key=True),
    )
    _sums(
        "ledger_closed_months",
        sa.Column("month", sa.Date(), nullable=False, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False, primary_key=True),
        sa.Column("currency", sa.Text(), nullable=False, primary_key=True),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _account(table: str) -> sa.Column:
    to_account = sa.ForeignKey("ledger_accounts.id", name=f"{table}_account_id_fkey", ondelete="RESTRICT")
    return sa.Column("account_id", sa.Uuid(), to_account, nullable=False, primary_key=True)


def _sums(table: str, *keys: sa.Column) -> None:
    op.create_table(
        table,
        *keys,
        sa.Column("debit_cents", sa.BigInteger(), nullable=False),
        sa.Column("credit_cents", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*[key.name for key in keys], name=f"{table}_pkey"),
    )


def downgrade() -> None:
    for table in ("ledger_closed_months", "ledger_closed_days", "ledger_closed_balances", "ledger_closings"):
        op.drop_table(table)
    op.execute("drop trigger ledger_accounts_append_only on ledger_accounts")
    for side in SIDES:
        op.drop_index(f"ledger_entries_{side}_idx", "ledger_entries")
        op.create_index(f"ledger_entries_{side}_idx", "ledger_entries", [f"{side}_id"], postgresql_include=["cents"])
    op.drop_index("ledger_entries_seq_idx", "ledger_entries")
    op.drop_column("ledger_entries", "seq")
    op.drop_index("ledger_accounts_kind_idx", "ledger_accounts")
    op.drop_column("ledger_accounts", "kind")
