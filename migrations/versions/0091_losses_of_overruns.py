"""What lost disputes took of overruns, so that an appeal gives it back."""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

# How much was lost stands in the audit trail alone: of what was released the coach bore a part, and of the rest the
# coach may have refunded what the bank had left.
BORNE = """
insert into overrun_losses (id, dispute_id, overrun_id, cents, coach_cents, was_released, booked_at)
select gen_random_uuid(), d.id, o.id, (said.details ->> 'cents')::bigint,
    case when a.name = 'sessions_owed' then 0 else e.cents end, a.name <> 'sessions_owed', e.booked_at
from overruns o
join disputes d on d.payment_id = o.payment_id
join ledger_entries e on e.key = 'dispute-lost:' || d.id || ':' || o.id
join ledger_accounts a on a.id = e.debit_id
join audit_entries said on said.subject_id = o.id::text and said.action = 'overrun.dispute_lost'
    and said.details ->> 'dispute' = d.stripe_id
"""


def upgrade() -> None:
    op.create_table(
        "overrun_losses",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dispute_id", sa.Uuid(), sa.ForeignKey("disputes.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("overrun_id", sa.Uuid(), sa.ForeignKey("overruns.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("coach_cents", sa.BigInteger(), nullable=False),
        sa.Column("was_released", sa.Boolean(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("dispute_id", "overrun_id", name="overrun_losses_once"),
        sa.CheckConstraint("cents > 0 and coach_cents between 0 and cents", name=op.f("overrun_losses_amounts_check")),
    )
    op.create_index("overrun_losses_overrun_id_idx", "overrun_losses", ["overrun_id"])
    op.execute(BORNE)


def downgrade() -> None:
    op.drop_table("overrun_losses")
