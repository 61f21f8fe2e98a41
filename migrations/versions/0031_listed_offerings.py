"""What can be searched, in one table: each offering of a public coach with what people look for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# The coach's row is locked first, in a statement of its own: what comes after it sees what the one before us committed.
LIST = """
create function list_offerings(p_coach uuid) returns void language plpgsql as $$
begin
    perform 1 from coaches where id = p_coach for no key update;
    delete from listed_offerings where coach_id = p_coach;
    insert into listed_offerings select * from offerings_to_list where coach_id = p_coach;
end $$
"""
# Where her zone has just changed her hours are not expanded anew yet.
TO_LIST = """
create view offerings_to_list as
select o.id as offering_id, o.coach_id, o.follows_id as schedule_id, o.kind, o.minutes, o.price_cents, o.currency,
    o.buffer_before_minutes, o.buffer_after_minutes, o.notice_hours, o.horizon_days, c.topics, c.languages
from offerings o
join coaches c on c.id = o.coach_id and c.status = 'approved'
join users u on u.id = c.user_id and u.active
join availability v on v.coach_id = c.id and v.zone = c.timezone
where o.active
"""
COACH_OF = {
    "offerings": "coalesce(new.coach_id, old.coach_id)",
    "coaches": "new.id",
    "users": "(select id from coaches where user_id = new.id)",
    "availability": "coalesce(new.coach_id, old.coach_id)",
}
KEEP = """
create function keep_listed_offerings_of_{table}() returns trigger language plpgsql as $$
begin
    perform list_offerings({coach});
    return null;
end $$
"""
CHANGES = {
    "offerings": {
        "insert or delete": "",
        "update": "when (old.* is distinct from new.*)",
    },
    "coaches": {
        "update": "when ((old.status, old.timezone, old.topics, old.languages) "
        "is distinct from (new.status, new.timezone, new.topics, new.languages))",
    },
    "users": {"update": "when (old.active is distinct from new.active)"},
    "availability": {
        "insert or delete": "",
        "update": "when (old.zone is distinct from new.zone)",
    },
}
LONG = {"free_ranges_longer_idx": "4 hours", "free_ranges_long_idx": "1 day"}


def upgrade() -> None:
    op.create_table(
        "listed_offerings",
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
        sa.Column("topics", ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", name="listed_offerings_pkey"),
    )
    op.create_index("listed_offerings_coach_idx", "listed_offerings", ["coach_id"])
    op.create_index("listed_offerings_schedule_idx", "listed_offerings", ["schedule_id"])
    op.create_index("listed_offerings_notice_idx", "listed_offerings", ["notice_hours"])
    for words in ("topics", "languages"):
        op.create_index(f"listed_offerings_{words}_idx", "listed_offerings", [words], postgresql_using="gin")
    op.execute(TO_LIST)
    op.execute(LIST)
    op.execute("insert into listed_offerings select * from offerings_to_list")
    for table, changes in CHANGES.items():
        op.execute(KEEP.format(table=table, coach=COACH_OF[table]))
        for change, condition in changes.items():
            name = f"{table}_listed_{change.split()[0]}"
            op.execute(
                f"create trigger {name} after {change} on {table} for each row {condition} "
                f"execute function keep_listed_offerings_of_{table}()"
            )
    op.drop_index("offerings_follows_idx", "offerings")
    op.drop_index("offerings_notice_idx", "offerings")
    op.drop_index("free_ranges_long_idx", "free_ranges")
    for name, length in LONG.items():
        op.create_index(
            name,
            "free_ranges",
            ["starts_at", "schedule_id"],
            postgresql_include=["coach_id", "ends_at", "clear_from", "clear_until"],
            postgresql_where=sa.text(f"ends_at - starts_at > interval '{length}'"),
        )


def downgrade() -> None:
    for name in LONG:
        op.drop_index(name, "free_ranges")
    op.create_index(
        "free_ranges_long_idx",
        "free_ranges",
        ["starts_at"],
        postgresql_where=sa.text("ends_at - starts_at > interval '1 day'"),
    )
    op.create_index("offerings_follows_idx", "offerings", ["follows_id"], postgresql_where=sa.text("active"))
    op.create_index("offerings_notice_idx", "offerings", ["notice_hours"], postgresql_where=sa.text("active"))
    for table, changes in CHANGES.items():
        for change in changes:
            op.execute(f"drop trigger {table}_listed_{change.split()[0]} on {table}")
        op.execute(f"drop function keep_listed_offerings_of_{table}()")
    op.execute("drop function list_offerings(uuid)")
    op.execute("drop view offerings_to_list")
    op.drop_table("listed_offerings")
