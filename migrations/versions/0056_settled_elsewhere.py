"""What Stripe made of payments, refunds and payouts that it converted into another currency."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

SETTLED = {
    "payments": ("settled_cents", "settled_currency"),
    "refunds": ("settled_cents", "settled_currency"),
    "payouts": ("sent_cents", "sent_currency"),
}


def upgrade() -> None:
    for table, (cents, currency) in SETTLED.items():
        op.add_column(table, sa.Column(cents, sa.BigInteger()))
        op.add_column(table, sa.Column(currency, sa.Text()))
        name = cents.removesuffix("_cents")
        op.create_check_constraint(op.f(f"{table}_{name}_check"), table, f"({cents} is null) = ({currency} is null)")
    op.add_column("payout_reversals", sa.Column("sent_cents", sa.BigInteger()))
    op.execute(
        "update payments set settled_cents = amount_cents + tax_cents, settled_currency = currency "
        "where fee_cents is not null"
    )


def downgrade() -> None:
    op.drop_column("payout_reversals", "sent_cents")
    for table, (cents, currency) in SETTLED.items():
        op.drop_constraint(op.f(f"{table}_{cents.removesuffix('_cents')}_check"), table, type_="check")
        op.drop_column(table, currency)
        op.drop_column(table, cents)
