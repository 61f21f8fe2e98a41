"""For whom an earlier answer was enough, and drafts of asks that say so."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deflections",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("published_answer_id", sa.Uuid(), sa.ForeignKey("published_answers.id", ondelete="CASCADE")),
        sa.Column("shelf_item_id", sa.Uuid(), sa.ForeignKey("shelf_items.id", ondelete="CASCADE")),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("address_digest", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(published_answer_id is null) <> (shelf_item_id is null)", name="deflections_source_check"),
        *(
            sa.UniqueConstraint(item, person, name=f"deflections_{item}_{person}_key")
            for person in ("address_digest", "user_id")
            for item in ("published_answer_id", "shelf_item_id")
        ),
    )
    op.create_index("deflections_user_id_idx", "deflections", ["user_id"])
    op.add_column("ask_drafts", sa.Column("answered_by", sa.Text()))
    _seek("lower(title)")


def _seek(expression: str) -> None:
    """Look for misspelt words there: in long texts that takes seconds."""
    op.drop_column("published_answers", "sought")
    op.add_column(
        "published_answers", sa.Column("sought", sa.Text(), sa.Computed(expression, persisted=True), nullable=False)
    )
    op.create_index(
        "published_answers_sought_idx",
        "published_answers",
        ["sought"],
        postgresql_using="gin",
        postgresql_ops={"sought": "gin_trgm_ops"},
    )


def downgrade() -> None:
    _seek("lower(title || ' ' || question)")
    op.drop_column("ask_drafts", "answered_by")
    op.drop_table("deflections")
