"""Coupons of coaches, and what they took off each booking."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# What a coupon says is what somebody was promised: it only ends, once.
ONLY_ENDS = """
create function coupons_only_end() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.ended_at is null and (to_jsonb(new) - 'ended_at') = (to_jsonb(old) - 'ended_at') then
        return new;
    end if;
    raise exception 'a coupon is never changed: end it and make another' using errcode = 'restrict_violation';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("code", CITEXT(), nullable=False),
        sa.Column("percent", sa.Integer()),
        sa.Column("amount_cents", sa.BigInteger()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("uses_at_most", sa.Integer()),
        sa.Column("uses_each_at_most", sa.Integer()),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("offering_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="coupons_pkey"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="coupons_coach_id_fkey", ondelete="RESTRICT"),
        sa.UniqueConstraint("coach_id", "code", name="coupons_coach_id_code_key"),
        sa.CheckConstraint("(percent is null) <> (amount_cents is null)", name="coupons_one_kind_check"),
        sa.CheckConstraint("percent between 1 and 90", name="coupons_percent_check"),
        sa.CheckConstraint("amount_cents > 0", name="coupons_amount_check"),
        sa.CheckConstraint("uses_at_most > 0 and uses_each_at_most > 0", name="coupons_uses_check"),
        sa.CheckConstraint("valid_from < valid_until", name="coupons_validity_check"),
    )
    op.execute(ONLY_ENDS)
    op.execute(
        "create trigger coupons_only_end before update or delete on coupons "
        "for each row execute function coupons_only_end()"
    )
    op.add_column("bookings", sa.Column("coupon_id", sa.Uuid()))
    op.add_column("bookings", sa.Column("coupon_code", sa.Text()))
    op.add_column("bookings", sa.Column("discount_cents", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_foreign_key("bookings_coupon_id_fkey", "bookings", "coupons", ["coupon_id"], ["id"], ondelete="RESTRICT")
    op.create_check_constraint(
        "bookings_discount_check",
        "bookings",
        "discount_cents >= 0 and (discount_cents > 0) = (coupon_id is not null) "
        "and (coupon_id is null) = (coupon_code is null)",
    )
    op.create_index(
        "bookings_coupon_idx", "bookings", ["coupon_id", "mentee_id"], postgresql_where=sa.text("coupon_id is not null")
    )


def downgrade() -> None:
    op.drop_index("bookings_coupon_idx", "bookings")
    for column in ("discount_cents", "coupon_code", "coupon_id"):
        op.drop_column("bookings", column)
    op.drop_table("coupons")
    op.execute("drop function coupons_only_end()")
