"""Extensions, the job queue's own tables, and the function that keeps a table append-only."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("citext", "btree_gist"):
        op.execute(f"create extension if not exists {extension}")
    # The queue ships its schema as one script; the driver runs it whole, where SQLAlchemy would look for parameters.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only: write a new row instead', tg_table_name using errcode = 'restrict_violation';
        end $$
    """)


def downgrade() -> None:
    raise RuntimeError("there is nothing before this; drop the database instead")
