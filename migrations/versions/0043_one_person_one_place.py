"""What a person has bought claims that person's time as a coach, and the reverse: PostgreSQL refuses the second."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# What claims a time: the statuses stand in the exclusion constraint too.
CLAIMS = "('held', 'requested', 'confirmed')"

# All coaches whose free time what follows may change: those named, those that the named mentees are themselves, and the
# others of holds that have lapsed by then and may stand in the way. Always in order of id, so that two who book one
# another at one moment wait for one another and never both.
LOCK = """
create function lock_coaches(p_coaches uuid[], p_mentees uuid[], p_lapsed_by timestamptz) returns void
language plpgsql as $$
declare
    v_people uuid[];
begin
    v_people := array(
        select user_id from coaches where id = any(p_coaches) union select unnest(p_mentees)
    );
    perform 1 from coaches where id in (
        select unnest(p_coaches)
        union select id from coaches where user_id = any(p_mentees)
        union select unnest(array[b.coach_id, mentee.id])
            from bookings b
            join coaches coach on coach.id = b.coach_id
            left join coaches mentee on mentee.user_id = b.mentee_id
            where b.status = 'held' and b.hold_expires_at <= p_lapsed_by
                and (coach.user_id = any(v_people) or b.mentee_id = any(v_people))
    ) order by id for no key update;
end $$
"""

# A BEFORE trigger that answers no row is to an INSERT what ON CONFLICT DO NOTHING is: the time is taken. The statements
# after the lock see what its last holder has committed.
REFUSE = """
create function refuse_two_places() returns trigger language plpgsql as $$
begin
    perform lock_coaches(array[new.coach_id], array[new.mentee_id], null);
    if exists (
        select 1 from coaches c join bookings b on b.mentee_id = c.user_id
        where c.id = new.coach_id and b.id <> new.id and b.status in ('held', 'requested', 'confirmed')
            and b.starts_at < upper(new.blocked) and b.starts_at > lower(new.blocked) - interval '1 day'
            and b.ends_at > lower(new.blocked)
    ) or exists (
        select 1 from coaches c join bookings b on b.coach_id = c.id
        where c.user_id = new.mentee_id and b.id <> new.id and b.status in ('held', 'requested', 'confirmed')
            and b.blocked && tstzrange(new.starts_at, new.ends_at)
    ) then
        if tg_op = 'INSERT' then
            return null;
        end if;
        raise exception 'this person is in another session then' using
            errcode = 'exclusion_violation', constraint = 'bookings_nobody_in_two_places', table = 'bookings';
    end if;
    return new;
end $$
"""

REFRESH = """
create or replace function refresh_free_ranges(p_coach uuid, p_from timestamptz, p_to timestamptz) returns void
language plpgsql as $$
declare
    reach constant interval := '4 hours';{person_declared}
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
        select coalesce(range_agg(claim), '{{}}') as taken
        from (
            select b.blocked as claim from bookings b
            where b.coach_id = p_coach and b.status in ('held', 'requested', 'confirmed')
                and b.blocked && tstzrange(o.starts_at - reach, o.ends_at + reach){bought}
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
PERSON = "\n    v_person constant uuid := (select user_id from coaches where id = p_coach);"
BOUGHT = """
            union all
            select tstzrange(m.starts_at, m.ends_at) from bookings m
            where m.mentee_id = v_person and m.status in ('held', 'requested', 'confirmed')
                and m.starts_at < o.ends_at + reach and m.starts_at > o.starts_at - reach - interval '1 day'
                and m.ends_at > o.starts_at - reach"""

KEEP = """
create or replace function keep_free_ranges_of_bookings() returns trigger language plpgsql as $$
begin
    perform lock_coaches(
        array[coalesce(new.coach_id, old.coach_id)], array[coalesce(new.mentee_id, old.mentee_id)], null
    );
    if tg_op <> 'INSERT' and old.status in ('held', 'requested', 'confirmed') then
        perform refresh_free_ranges(old.coach_id, lower(old.blocked), upper(old.blocked));
        perform refresh_free_ranges(id, old.starts_at, old.ends_at) from coaches where user_id = old.mentee_id;
    end if;
    if tg_op <> 'DELETE' and new.status in ('held', 'requested', 'confirmed') then
        perform refresh_free_ranges(new.coach_id, lower(new.blocked), upper(new.blocked));
        perform refresh_free_ranges(id, new.starts_at, new.ends_at) from coaches where user_id = new.mentee_id;
    end if;
    return null;
end $$
"""
KEEP_OF_COACH_ALONE = """
create or replace function keep_free_ranges_of_bookings() returns trigger language plpgsql as $$
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

# What coaches have bought already leaves their free time once.
BOUGHT_ALREADY = """
select refresh_free_ranges(c.id, b.starts_at, b.ends_at)
from bookings b join coaches c on c.user_id = b.mentee_id
where b.status in ('held', 'requested', 'confirmed')
order by c.id
"""


def upgrade() -> None:
    op.execute(LOCK)
    op.execute(REFUSE)
    op.execute(
        "create trigger bookings_two_places_insert before insert on bookings for each row "
        f"when (new.status in {CLAIMS}) execute function refuse_two_places()"
    )
    op.execute(
        "create trigger bookings_two_places_update before update of status, blocked, starts_at, ends_at on bookings "
        f"for each row when (new.status in {CLAIMS} and (old.status not in {CLAIMS} "
        "or old.blocked is distinct from new.blocked or old.starts_at <> new.starts_at or old.ends_at <> new.ends_at)) "
        "execute function refuse_two_places()"
    )
    op.execute(REFRESH.format(person_declared=PERSON, bought=BOUGHT))
    op.execute(KEEP)
    op.execute(BOUGHT_ALREADY)


def downgrade() -> None:
    op.execute("drop trigger bookings_two_places_update on bookings")
    op.execute("drop trigger bookings_two_places_insert on bookings")
    op.execute("drop function refuse_two_places()")
    op.execute(KEEP_OF_COACH_ALONE)
    op.execute(REFRESH.format(person_declared="", bought=""))
    op.execute("drop function lock_coaches(uuid[], uuid[], timestamptz)")
    op.execute(BOUGHT_ALREADY)
