"""Payouts by a transfer that a person makes, beside those through Stripe."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_details",
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="bank_details_coach_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("coach_id", name="bank_details_pkey"),
    )
    op.add_column("payouts", sa.Column("rail", sa.Text(), nullable=False, server_default="stripe"))
    op.alter_column("payouts", "rail", server_default=None)
    op.add_column("payouts", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("payouts", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("payouts", sa.Column("transferred_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        "payouts_rail_check", "payouts", "rail in ('stripe', 'by_hand') and (rail = 'by_hand') = (sealed is not null)"
    )
    op.create_check_constraint(
        "payouts_transferred_check",
        "payouts",
        "(reference is null) = (transferred_on is null) and (reference is null or rail = 'by_hand')",
    )


def downgrade() -> None:
    for name in ("payouts_transferred_check", "payouts_rail_check"):
        op.drop_constraint(name, "payouts", type_="check")
    for name in ("transferred_on", "reference", "sealed", "rail"):
        op.drop_column("payouts", name)
    op.drop_table("bank_details")
