"""Answers that coaches publish, and their shelves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

PUBLIC = sa.text("status = 'published'")
CONFIGURATION = (
    "case language when 'en' then 'english'::regconfig when 'de' then 'german'::regconfig "
    "when 'es' then 'spanish'::regconfig else 'simple'::regconfig end"
)


def _searched(words: str, sought: str) -> list[sa.Column]:
    return [
        sa.Column(
            "words", TSVECTOR(), sa.Computed(f"to_tsvector({CONFIGURATION}, {words})", persisted=True), nullable=False
        ),
        sa.Column("sought", sa.Text(), sa.Computed(f"lower({sought})", persisted=True), nullable=False),
    ]


def _indexes(table: str) -> None:
    op.create_index(f"{table}_words_idx", table, ["words"], postgresql_using="gin")
    op.create_index(
        f"{table}_sought_idx", table, ["sought"], postgresql_using="gin", postgresql_ops={"sought": "gin_trgm_ops"}
    )


def upgrade() -> None:
    op.create_table(
        "published_answers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("ask_id", sa.Uuid(), sa.ForeignKey("asks.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("released", sa.Text()),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("helped", sa.Integer(), nullable=False),
        *_searched("title || ' ' || question || ' ' || answer", "title || ' ' || question"),
        sa.UniqueConstraint("ask_id", name="published_answers_ask_id_key"),
        sa.CheckConstraint(
            "status in ('allowed', 'prepared', 'published', 'withdrawn')", name="published_answers_status_check"
        ),
        sa.CheckConstraint(
            "status <> 'published' or released is not null "
            "and released = title || chr(31) || question || chr(31) || answer",
            name="published_answers_released_check",
        ),
        sa.CheckConstraint(
            "(status = 'published') = (published_at is not null)", name="published_answers_published_check"
        ),
        sa.CheckConstraint(
            "not (status in ('prepared', 'published')) or title <> '' and answer <> ''",
            name="published_answers_written_check",
        ),
        sa.CheckConstraint("helped >= 0", name="published_answers_helped_check"),
    )
    op.create_index("published_answers_coach_id_idx", "published_answers", ["coach_id"])
    op.create_index(
        "published_answers_public_idx", "published_answers", ["coach_id", "published_at"], postgresql_where=PUBLIC
    )
    _indexes("published_answers")
    op.create_table(
        "shelf_items",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        *_searched("title || ' ' || line", "title || ' ' || line"),
        sa.UniqueConstraint(
            "coach_id", "position", name="shelf_items_coach_id_position_key", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("kind in ('book', 'talk', 'post')", name="shelf_items_kind_check"),
        sa.CheckConstraint("url ~ '^https?://'", name="shelf_items_url_check"),
        sa.CheckConstraint("helped >= 0", name="shelf_items_helped_check"),
    )
    _indexes("shelf_items")


def downgrade() -> None:
    op.drop_table("shelf_items")
    op.drop_table("published_answers")
