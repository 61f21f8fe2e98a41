"""Who pays a quote, the link by which somebody else does, and whom the documents of a payment name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "billing_parties",
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("email", CITEXT(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("named_at", instant, nullable=False),
        sa.CheckConstraint("name <> ''", name="billing_parties_name_check"),
    )
    op.create_table(
        "quote_payers",
        sa.Column("quote_id", sa.Uuid(), sa.ForeignKey("quotes.id", ondelete="RESTRICT"), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("email", CITEXT(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text()),
        sa.Column("changed_at", instant, nullable=False),
        sa.UniqueConstraint("digest", name="quote_payers_digest_key"),
        sa.CheckConstraint("generation >= 0", name="quote_payers_generation_check"),
        sa.CheckConstraint("digest is null or purpose <> '' and generation > 0", name="quote_payers_link_check"),
    )


def downgrade() -> None:
    op.drop_table("quote_payers")
    op.drop_table("billing_parties")
