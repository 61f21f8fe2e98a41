"""Accounts that are to be deleted, and copies of what is kept of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

OPEN = "withdrawn_at is null and refused_at is null and made_at is null"


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "account_deletions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
        instant("asked_at", nullable=False),
        instant("due_at", nullable=False),
        instant("withdrawn_at"),
        instant("refused_at"),
        sa.Column("refusal", sa.Text()),
        instant("made_at"),
        sa.CheckConstraint("num_nonnulls(withdrawn_at, refused_at, made_at) <= 1", name="ended_once"),
        sa.CheckConstraint("(refused_at is null) = (refusal is null)", name="refusal"),
    )
    op.create_index("account_deletions_user_id_idx", "account_deletions", ["user_id"])
    op.create_index(
        "account_deletions_one_open_idx", "account_deletions", ["user_id"], unique=True, postgresql_where=sa.text(OPEN)
    )
    op.create_index("account_deletions_due_idx", "account_deletions", ["due_at"], postgresql_where=sa.text(OPEN))
    op.create_table(
        "account_exports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        instant("asked_at", nullable=False),
        instant("made_at"),
        instant("expires_at"),
        sa.Column("file_id", sa.Uuid(), sa.ForeignKey("stored_files.id", ondelete="RESTRICT")),
        sa.CheckConstraint("(made_at is null) = (file_id is null)", name="made"),
    )
    for column in ("user_id", "file_id"):
        op.create_index(f"account_exports_{column}_idx", "account_exports", [column])
    op.create_index(
        "account_exports_one_open_idx",
        "account_exports",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("made_at is null"),
    )


def downgrade() -> None:
    op.drop_table("account_exports")
    op.drop_table("account_deletions")
