"""Files that people upload: pictures in their sizes, coaches' portraits, the site's logo, the files of a brief."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def instant(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def file_of(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("stored_files.id", ondelete="RESTRICT"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sha256", sa.Text(), nullable=False, unique=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        instant("kept_at", nullable=True),
        instant("used_at"),
        instant("created_at"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint("size_bytes > 0", name="size"),
        sa.CheckConstraint("store in ('postgresql', 'folder', 's3')", name="store"),
        sa.CheckConstraint("(store = 'postgresql') = (data is not null)", name="data"),
    )
    # WebP and PDF are compressed already.
    op.execute("alter table stored_files alter column data set storage external")
    op.create_index("stored_files_used_at_idx", "stored_files", ["used_at"])
    op.create_table(
        "pictures",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("form", sa.Text(), nullable=False),
        file_of("small_id"),
        file_of("medium_id"),
        file_of("large_id"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        instant("used_at"),
        instant("created_at"),
        sa.UniqueConstraint("small_id", "medium_id", "large_id"),
        sa.CheckConstraint("form in ('attachment', 'logo', 'portrait')", name="form"),
    )
    for column in ("medium_id", "large_id", "used_at"):
        op.create_index(f"pictures_{column}_idx", "pictures", [column])
    op.add_column("coaches", sa.Column("portrait_id", sa.Uuid()))
    op.create_foreign_key(
        "coaches_portrait_id_fkey", "coaches", "pictures", ["portrait_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_index("coaches_portrait_id_idx", "coaches", ["portrait_id"])
    op.create_table(
        "site_logos",
        sa.Column("single", sa.Boolean(), primary_key=True),
        sa.Column("picture_id", sa.Uuid(), sa.ForeignKey("pictures.id", ondelete="RESTRICT"), nullable=False),
        instant("set_at"),
        sa.CheckConstraint("single", name="single"),
    )
    op.create_table(
        "booking_attachments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT"), nullable=False),
        file_of("file_id"),
        sa.Column("name", sa.Text(), nullable=False),
        instant("added_at"),
        sa.UniqueConstraint("booking_id", "file_id"),
    )
    op.create_index("booking_attachments_file_id_idx", "booking_attachments", ["file_id"])


def downgrade() -> None:
    op.drop_table("booking_attachments")
    op.drop_table("site_logos")
    op.drop_column("coaches", "portrait_id")
    op.drop_table("pictures")
    op.drop_table("stored_files")
