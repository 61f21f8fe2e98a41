"""First sessions that count for the first full one; preparation as part of a price."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

IN_USE = "credit_for is not null and status in ('held', 'requested', 'confirmed', 'completed')"
OFFERING_CHECKS = {
    "preparation": "preparation_minutes between 0 and 240",
    "preparation_blocks": "not preparation_blocks or buffer_before_minutes >= preparation_minutes",
    "intro": "not intro or minutes <= 30",
}
CREDIT = (
    "credit_cents >= 0 and (credit_cents > 0) = (credit_for is not null) and (credit_cents = 0 or discount_cents = 0)"
)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _number(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False, server_default="0")


def upgrade() -> None:
    op.add_column("offerings", _number("preparation_minutes", sa.Integer()))
    for name in ("preparation_blocks", "intro"):
        op.add_column("offerings", _flag(name))
    for name, condition in OFFERING_CHECKS.items():
        op.create_check_constraint(op.f(f"offerings_{name}_check"), "offerings", condition)
    op.add_column("bookings", _flag("intro"))
    op.add_column("bookings", sa.Column("credit_for", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT")))
    op.add_column("bookings", _number("credit_cents", sa.BigInteger()))
    op.add_column("bookings", _number("preparation_minutes", sa.Integer()))
    op.create_check_constraint(op.f("bookings_credit_check"), "bookings", CREDIT)
    op.create_index("bookings_intro_counts_once", "bookings", ["credit_for"], unique=True, postgresql_where=IN_USE)


def downgrade() -> None:
    op.drop_index("bookings_intro_counts_once", "bookings")
    op.drop_constraint("bookings_credit_check", "bookings", type_="check")
    for name in ("preparation_minutes", "credit_cents", "credit_for", "intro"):
        op.drop_column("bookings", name)
    for name in OFFERING_CHECKS:
        op.drop_constraint(f"offerings_{name}_check", "offerings", type_="check")
    for name in ("intro", "preparation_blocks", "preparation_minutes"):
        op.drop_column("offerings", name)
