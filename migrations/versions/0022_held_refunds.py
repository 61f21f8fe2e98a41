"""Refunds wait for the end of a dispute; what a lost dispute took of each session, so that an appeal gives it back."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATUS = "refunds_status_check"
# A session that was released before its dispute was lost had its coach's part set aside.
BACKFILL = """
insert into booking_losses (id, dispute_id, booking_id, cents, coach_cents, was_released, booked_at)
select gen_random_uuid(), d.id, b.id, (a.details ->> 'cents')::bigint, coalesce(r.cents, 0), r.key is not null, a.at
from audit_entries a
join disputes d on d.stripe_id = a.details ->> 'dispute'
join bookings b on b.id::text = a.subject_id
left join ledger_entries r on r.key = 'dispute-reserve:' || d.id || ':' || b.id
where a.action = 'booking.dispute_lost' and (a.details ->> 'cents')::bigint > 0
on conflict do nothing
"""


def upgrade() -> None:
    op.add_column("disputes", sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refunds", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("refunds", "attempt", server_default=None)
    op.add_column("refunds", sa.Column("covered_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("refunds_covered_by_fkey", "refunds", "disputes", ["covered_by"], ["id"], ondelete="RESTRICT")
    op.drop_constraint(STATUS, "refunds", type_="check")
    op.create_check_constraint(
        STATUS, "refunds", "status in ('intended', 'held', 'covered', 'pending', 'succeeded', 'failed')"
    )
    op.create_check_constraint("refunds_covered_check", "refunds", "(status = 'covered') = (covered_by is not null)")
    op.create_table(
        "booking_losses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("coach_cents", sa.BigInteger(), nullable=False),
        sa.Column("was_released", sa.Boolean(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cents > 0 and coach_cents between 0 and cents", name="booking_losses_amounts_check"),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name="booking_losses_dispute_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="booking_losses_booking_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="booking_losses_pkey"),
        sa.UniqueConstraint("dispute_id", "booking_id", name="booking_losses_once"),
    )
    op.create_index("booking_losses_booking_id_idx", "booking_losses", ["booking_id"])
    op.execute(BACKFILL)
    op.execute("update disputes set followed_at = closed_at where status = 'lost'")
    op.execute(
        "update payments p set disputed_at = null where disputed_at is not null and not exists "
        "(select from disputes d where d.payment_id = p.id and d.status in ('needs_response', 'under_review'))"
    )


def downgrade() -> None:
    op.drop_table("booking_losses")
    op.execute("update refunds set status = 'failed' where status in ('held', 'covered')")
    op.drop_constraint("refunds_covered_check", "refunds", type_="check")
    op.drop_constraint(STATUS, "refunds", type_="check")
    op.create_check_constraint(STATUS, "refunds", "status in ('intended', 'pending', 'succeeded', 'failed')")
    op.drop_column("refunds", "covered_by")
    op.drop_column("refunds", "attempt")
    op.drop_column("disputes", "followed_at")
