"""What is found by a topic, narrow enough to be read from its index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COLUMNS = (
    "offering_id, coach_id, schedule_id, kind, minutes, price_cents, currency, buffer_before_minutes, "
    "buffer_after_minutes, notice_hours, horizon_days, languages"
)
FILL = f"insert into listed_topics (topic, {COLUMNS}) select distinct unnest(topics), {COLUMNS} from listed_offerings"
# Topics go with what they are of. What lost it behind the triggers' back is listed anew all the same.
LIST = """
create or replace function list_offerings(p_coach uuid) returns void language plpgsql as $$
begin
    perform 1 from coaches where id = p_coach for no key update;
    delete from listed_offerings where coach_id = p_coach;
    insert into listed_offerings select * from offerings_to_list where coach_id = p_coach;
    {fill}
end $$
"""


def upgrade() -> None:
    op.create_table(
        "listed_topics",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["listed_offerings.offering_id"],
            name="listed_topics_offering_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offering_id", "topic", name="listed_topics_pkey"),
    )
    op.create_index(
        "listed_topics_found_idx",
        "listed_topics",
        ["topic", "currency", "minutes", "price_cents"],
        postgresql_include=[
            "coach_id", "schedule_id", "kind", "notice_hours", "horizon_days", "buffer_before_minutes",
            "buffer_after_minutes",
        ],
    )  # fmt: skip
    op.execute(FILL)
    strays = "delete from listed_topics where offering_id in (select id from offerings where coach_id = p_coach);"
    op.execute(LIST.format(fill=f"{strays} {FILL} where coach_id = p_coach;"))
    op.drop_index("listed_offerings_topics_idx", "listed_offerings")


def downgrade() -> None:
    op.execute(LIST.format(fill=""))
    op.drop_table("listed_topics")
    op.create_index("listed_offerings_topics_idx", "listed_offerings", ["topics"], postgresql_using="gin")
