"""The register of sponsorship."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sponsorships",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("email", CITEXT(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("sponsor_agrees", sa.Boolean(), nullable=False),
        sa.Column("person_agrees", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status in ('recorded', 'confirmed', 'refused', 'withdrawn')", name="sponsorships_status_check"
        ),
        sa.CheckConstraint(
            "act in ('introduced', 'nominated', 'vouched_for', 'put_forward')", name="sponsorships_act_check"
        ),
        sa.CheckConstraint(
            "status <> 'confirmed' or person_id is not null", name="sponsorships_confirmed_by_somebody_check"
        ),
    )
    op.create_index("sponsorships_coach_idx", "sponsorships", ["coach_id", "id"])
    op.create_index("sponsorships_person_idx", "sponsorships", ["person_id", "id"])
    op.create_index("sponsorships_email_idx", "sponsorships", ["email", "id"])


def downgrade() -> None:
    op.drop_table("sponsorships")
