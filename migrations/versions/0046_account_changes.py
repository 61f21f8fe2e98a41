"""Changes of accounts, which a second admin confirms where they are an admin's."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_changes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind in ('remove_admin', 'deactivate', 'reactivate')", name="account_changes_kind_check"),
        sa.CheckConstraint("made_at is null or withdrawn_at is null", name="account_changes_ended_once_check"),
        sa.CheckConstraint(
            "confirmed_by is null or confirmed_by <> proposed_by", name="account_changes_four_eyes_check"
        ),
    )
    op.create_index("account_changes_user_id_idx", "account_changes", ["user_id"])
    op.create_index(
        "account_changes_one_open_idx",
        "account_changes",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("made_at is null and withdrawn_at is null"),
    )


def downgrade() -> None:
    op.drop_table("account_changes")
