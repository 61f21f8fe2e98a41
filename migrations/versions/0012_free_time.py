"""Hours with names and exceptions, limits, and free time as PostgreSQL keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MINUTES = (
    "0 <= start_minute and start_minute < 1440 and start_minute < end_minute and end_minute <= start_minute + 1440"
)
OLD_CHECK = "weekly_hours_weekly_hours_minutes_check_check"
LIMITS = {
    "max_per_day": ("max_per_day", "max_per_day between 1 and 24"),
    "max_per_week": ("max_per_week", "max_per_week between 1 and 100"),
    "max_minutes_per_week": ("max_minutes_per_week", "max_minutes_per_week between 10 and 10080"),
    "longest_streak_minutes": ("longest_streak", "longest_streak_minutes between 10 and 1440"),
}

# What claims a coach: the statuses stand in the exclusion constraint too.
CLAIMS = "('held', 'requested', 'confirmed')"

REFRESH = """
create function refresh_free_ranges(p_coach uuid, p_from timestamptz, p_to timestamptz) returns void
language plpgsql as $$
declare
    reach constant interval := '4 hours';
begin
    delete from free_ranges f
    using openings o
    where o.coach_id = p_coach and o.starts_at < p_to + reach and o.ends_at > p_from - reach
        and f.schedule_id = o.schedule_id and f.starts_at >= o.starts_at and f.starts_at < o.ends_at;

    insert into free_ranges (coach_id, schedule_id, starts_at, ends_at, clear_from, clear_until)
    select o.coach_id, o.schedule_id, lower(free), upper(free),
        greatest(lower(free) - reach, (select max(upper(x)) from unnest(t.taken) x where upper(x) <= lower(free))),
        least(upper(free) + reach, (select min(lower(x)) from unnest(t.taken) x where lower(x) >= upper(free)))
    from openings o
    cross join lateral (
        select coalesce(range_agg(claim), '{}') as taken
        from (
            select b.blocked as claim from bookings b
            where b.coach_id = p_coach and b.status in ('held', 'requested', 'confirmed')
                and b.blocked && tstzrange(o.starts_at - reach, o.ends_at + reach)
            union all
            select tstzrange(y.starts_at, y.ends_at) from busy_times y
            where y.coach_id = p_coach and y.ends_at > o.starts_at - reach and y.starts_at < o.ends_at + reach
            union all
            select tstzrange(v.starts_at, v.ends_at) from time_off v
            where v.coach_id = p_coach and v.ends_at > o.starts_at - reach and v.starts_at < o.ends_at + reach
        ) claims
    ) t
    cross join lateral unnest(tstzmultirange(tstzrange(o.starts_at, o.ends_at)) - t.taken) free
    where o.coach_id = p_coach and o.starts_at < p_to + reach and o.ends_at > p_from - reach;
end $$
"""

# The coach's row is locked first, in a statement of its own: those after it see what the one before us committed.
BOOKINGS = """
create function keep_free_ranges_of_bookings() returns trigger language plpgsql as $$
begin
    perform 1 from coaches where id = coalesce(new.coach_id, old.coach_id) for no key update;
    if tg_op <> 'INSERT' and old.status in ('held', 'requested', 'confirmed') then
        perform refresh_free_ranges(old.coach_id, lower(old.blocked), upper(old.blocked));
    end if;
    if tg_op <> 'DELETE' and new.status in ('held', 'requested', 'confirmed') then
        perform refresh_free_ranges(new.coach_id, lower(new.blocked), upper(new.blocked));
    end if;
    return null;
end $$
"""

# Calendars elsewhere change in bulk: each coach's free time is worked out once a statement.
INTERVALS = """
create function keep_free_ranges_of_{table}() returns trigger language plpgsql as $$
declare
    changed record;
begin
    for changed in
        select coach_id, min(starts_at) as starts_at, max(ends_at) as ends_at from {rows} c group by coach_id order by coach_id
    loop
        perform 1 from coaches where id = changed.coach_id for no key update;
        perform refresh_free_ranges(changed.coach_id, changed.starts_at, changed.ends_at);
    end loop;
    return null;
end $$
"""


def upgrade() -> None:
    _hours()
    _limits()
    _projection()
    op.execute(REFRESH)
    op.execute(BOOKINGS)
    op.execute(
        "create trigger bookings_free_ranges_insert after insert on bookings for each row "
        f"when (new.status in {CLAIMS}) execute function keep_free_ranges_of_bookings()"
    )
    op.execute(
        "create trigger bookings_free_ranges_delete after delete on bookings for each row "
        f"when (old.status in {CLAIMS}) execute function keep_free_ranges_of_bookings()"
    )
    op.execute(
        "create trigger bookings_free_ranges_update after update of status, blocked on bookings for each row "
        f"when ((old.status in {CLAIMS}) is distinct from (new.status in {CLAIMS}) "
        f"or (old.blocked is distinct from new.blocked and new.status in {CLAIMS})) "
        "execute function keep_free_ranges_of_bookings()"
    )
    for table in ("busy_times", "time_off"):
        _keep_intervals(table)


def _keep_intervals(table: str) -> None:
    """A trigger for each kind of statement, since one with both kinds of rows may serve only updates."""
    for what, rows, tables in (
        ("insert", "new_rows", "new table as new_rows"),
        ("delete", "old_rows", "old table as old_rows"),
        (
            "update",
            "(select * from new_rows union all select * from old_rows)",
            "new table as new_rows old table as old_rows",
        ),
    ):
        op.execute(INTERVALS.format(table=f"{table}_{what}", rows=rows))
        op.execute(
            f"create trigger {table}_free_ranges_{what} after {what} on {table} referencing {tables} "
            f"for each statement execute function keep_free_ranges_of_{table}_{what}()"
        )


def _hours() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="schedules_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="schedules_pkey"),
        sa.UniqueConstraint("coach_id", "name", name="schedules_coach_id_name_key"),
    )
    op.execute(
        "insert into schedules (id, coach_id, name) select distinct coach_id, coach_id, 'Usual week' from weekly_hours"
    )
    op.drop_index("weekly_hours_coach_idx", "weekly_hours")
    op.drop_constraint("weekly_hours_coach_id_fkey", "weekly_hours")
    op.alter_column("weekly_hours", "coach_id", new_column_name="schedule_id")
    op.create_foreign_key(
        "weekly_hours_schedule_id_fkey", "weekly_hours", "schedules", ["schedule_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(
        "weekly_hours_schedule_idx", "weekly_hours", ["schedule_id", "weekday", "start_minute"], unique=True
    )
    op.drop_constraint(op.f(OLD_CHECK), "weekly_hours")
    op.create_check_constraint(op.f("weekly_hours_minutes_check"), "weekly_hours", MINUTES)
    op.create_table(
        "date_overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('closed', 'hours', 'extra')", name=op.f("date_overrides_kind_check")),
        sa.CheckConstraint("(kind = 'closed') = (start_minute is null)", name=op.f("date_overrides_closed_check")),
        sa.CheckConstraint("(start_minute is null) = (end_minute is null)", name=op.f("date_overrides_whole_check")),
        sa.CheckConstraint(MINUTES, name=op.f("date_overrides_minutes_check")),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="date_overrides_schedule_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="date_overrides_pkey"),
    )
    op.create_index("date_overrides_schedule_idx", "date_overrides", ["schedule_id", "date"])
    op.create_table(
        "time_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("time_off_dates_check")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("time_off_interval_check")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="time_off_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="time_off_pkey"),
    )
    op.create_index("time_off_coach_idx", "time_off", ["coach_id", "ends_at"])


def _limits() -> None:
    op.add_column("offerings", sa.Column("start_step_minutes", sa.Integer(), nullable=False, server_default="15"))
    op.alter_column("offerings", "start_step_minutes", server_default=None)
    op.create_check_constraint(
        op.f("offerings_start_step_check"), "offerings", "start_step_minutes in (5, 10, 15, 20, 30, 60)"
    )
    for column, (name, check) in LIMITS.items():
        op.add_column("offerings", sa.Column(column, sa.Integer(), nullable=True))
        op.create_check_constraint(op.f(f"offerings_{name}_check"), "offerings", check)
    op.add_column("offerings", sa.Column("schedule_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "offerings_schedule_id_fkey", "offerings", "schedules", ["schedule_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_index("offerings_schedule_id_idx", "offerings", ["schedule_id"])
    op.create_table(
        "availability",
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("holiday_country", sa.Text(), nullable=True),
        sa.Column("holiday_region", sa.Text(), nullable=True),
        *[sa.Column(column, sa.Integer(), nullable=True) for column in LIMITS],
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("covered_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_until", sa.DateTime(timezone=True), nullable=True),
        *[sa.CheckConstraint(check, name=op.f(f"availability_{name}_check")) for name, check in LIMITS.values()],
        sa.CheckConstraint("(covered_from is null) = (covered_until is null)", name=op.f("availability_covered_check")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="availability_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("coach_id", name="availability_pkey"),
    )
    op.create_index("availability_covered_until_idx", "availability", ["covered_until"])


def _projection() -> None:
    op.create_table(
        "openings",
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("openings_interval_check")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="openings_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("coach_id", "schedule_id", "starts_at", name="openings_pkey"),
    )
    op.create_table(
        "free_ranges",
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clear_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clear_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", "starts_at", name="free_ranges_pkey"),
    )
    op.create_index(
        "free_ranges_starts_idx",
        "free_ranges",
        ["starts_at", "schedule_id"],
        postgresql_include=["coach_id", "ends_at", "clear_from", "clear_until"],
    )


def downgrade() -> None:
    for table in ("bookings", "busy_times", "time_off"):
        for what in ("insert", "delete", "update"):
            op.execute(f"drop trigger {table}_free_ranges_{what} on {table}")
            if table != "bookings":
                op.execute(f"drop function keep_free_ranges_of_{table}_{what}()")
    op.execute("drop function keep_free_ranges_of_bookings()")
    op.execute("drop function refresh_free_ranges(uuid, timestamptz, timestamptz)")
    for table in ("free_ranges", "openings", "availability", "time_off", "date_overrides"):
        op.drop_table(table)
    for column in ("schedule_id", *LIMITS, "start_step_minutes"):
        op.drop_column("offerings", column)
    op.execute("delete from weekly_hours h using schedules s where s.id = h.schedule_id and s.id <> s.coach_id")
    # What ran over midnight ends with its day.
    op.execute("update weekly_hours set end_minute = 1440 where end_minute > 1440")
    op.drop_index("weekly_hours_schedule_idx", "weekly_hours")
    op.drop_constraint("weekly_hours_schedule_id_fkey", "weekly_hours")
    op.drop_constraint(op.f("weekly_hours_minutes_check"), "weekly_hours")
    op.alter_column("weekly_hours", "schedule_id", new_column_name="coach_id")
    op.create_foreign_key(
        "weekly_hours_coach_id_fkey", "weekly_hours", "coaches", ["coach_id"], ["id"], ondelete="CASCADE"
    )
    op.create_check_constraint(
        op.f(OLD_CHECK),
        "weekly_hours",
        "0 <= start_minute and start_minute < end_minute and end_minute <= 1440",
    )
    op.create_index("weekly_hours_coach_idx", "weekly_hours", ["coach_id", "weekday", "start_minute"], unique=True)
    op.drop_table("schedules")
