"""Accounts are found by the front of their name: 'coach:', 'coach:<id>'."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ledger_accounts_front_idx", "ledger_accounts", ["name"], postgresql_ops={"name": "text_pattern_ops"}
    )


def downgrade() -> None:
    op.drop_index("ledger_accounts_front_idx", "ledger_accounts")
