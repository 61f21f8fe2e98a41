"""A town of coaches with their hours and bookings, made by PostgreSQL itself in a minute or two.

Everybody lives in one of eight zones and is open on forty days for three hours, from eight, ten … or eighteen on by
their own clock. One opening in four has a session in its second hour. Free ranges are written as what is left of the
openings; that they are what the application would keep is checked on a sample.
"""

from dataclasses import dataclass
from string import Template

import psycopg

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo",
    "Australia/Sydney", "Africa/Nairobi",
)  # fmt: skip
TOKEN = "fh_bench_%s"
OPENINGS, DAYS = 40, 56


@dataclass(frozen=True)
class Town:
    """How many there are of each."""

    coaches: int
    bookings: int
    mentees: int

    @property
    def recipe(self) -> str:
        """What the database is filled with, changed whenever the filling is."""
        return f"town 10: {self.coaches} coaches, {self.bookings} bookings, {self.mentees} mentees"

    def fill(self, connection: psycopg.Connection) -> None:
        """Write all of them, without waking a trigger for each."""
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute("alter table bookings drop constraint bookings_one_session_at_a_time")
        numbers = {"coaches": self.coaches, "mentees": self.mentees, "bookings": self.bookings}
        zones = ", ".join(f"'{zone}'" for zone in ZONES)
        for statement in STATEMENTS:
            made = Template(statement).substitute(numbers, zones=zones, openings=OPENINGS, days=DAYS)
            connection.execute(made.encode())
        connection.execute("set session_replication_role = default")


STATEMENTS = [
    # `a`, `b` and `c` are as good as random, and have nothing to do with each other.
    "create table bench_coaches as select n as number, gen_random_uuid() as id, gen_random_uuid() as user_id, "
    "gen_random_uuid() as offering_id, abs(hashint4(n)) as a, abs(hashint4(n + 1000000)) as b, "
    "abs(hashint4(n + 2000000)) as c from generate_series(0, $coaches - 1) n",
    "create table bench_mentees as select n as number, gen_random_uuid() as id from generate_series(0, $mentees - 1) n",
    "alter table bench_coaches add primary key (number)",
    "alter table bench_mentees add primary key (number)",
    "insert into users (id, email, name, timezone, reminders, active, fs_uniquifier, confirmed_at, login_count, created_at, "
    "passkey_after_password, locale, hour_cycle) "
    "select user_id, 'c' || number || '@bench.example', 'Coach ' || number, 'UTC', 'none', true, user_id, now(), 0, now(), false, '', '' "
    "from bench_coaches",
    "insert into users (id, email, name, timezone, reminders, active, fs_uniquifier, confirmed_at, login_count, created_at, "
    "passkey_after_password, locale, hour_cycle) "
    "select id, 'm' || number || '@bench.example', 'Mentee ' || number, 'UTC', 'none', true, id, now(), 0, now(), false, '', '' "
    "from bench_mentees",
    "insert into access_tokens (id, user_id, name, hint, digest, scopes, created_at, expires_at, last_used_at) "
    "select gen_random_uuid(), id, 'bench', 'x', encode(sha256(('fh_bench_' || number)::bytea), 'hex'), "
    "'{read,write,money}', now(), now() + interval '300 days', now() + interval '1 day' from bench_mentees",
    "insert into coaches (id, user_id, handle, headline, about, topics, languages, kinds, timezone, currency, status, "
    "applied_at, words, names) "
    "select id, user_id, 'coach-' || number, 'Leads teams of ' || number % 50, 'Years of work.', "
    "array['topic ' || a % 40, 'topic ' || 40 + a % 7], "
    "array[(array['en', 'de', 'fr', 'es'])[1 + b % 4]], array['mentor'], "
    "(array[$zones])[1 + c % 8], 'usd', 'approved', now(), "
    "to_tsvector('simple', 'coach ' || number || ' topic ' || a % 40), 'coach ' || number || ' topic ' || a % 40 "
    "from bench_coaches",
    "insert into schedules (id, coach_id, name) select id, id, 'Usual week' from bench_coaches",
    "insert into availability (coach_id, zone, covered_from, covered_until) "
    "select id, timezone, now() - interval '1 day', now() + interval '62 days' from coaches",
    "insert into offerings (id, coach_id, title, description, kind, minutes, price_cents, currency, by_approval, "
    "buffer_before_minutes, buffer_after_minutes, notice_hours, horizon_days, start_step_minutes, active, created_at) "
    "select offering_id, id, 'One hour', '', 'mentor', 60, 3000 + b % 200 * 100, 'usd', false, 0, 15, "
    "(array[12, 12, 12, 2, 24, 48, 12, 0])[1 + a / 64 % 8], 60, 15, true, now() from bench_coaches",
    "insert into listed_offerings select * from offerings_to_list",
    "insert into listed_topics (topic, offering_id, coach_id, schedule_id, kind, minutes, price_cents, currency, "
    "buffer_before_minutes, buffer_after_minutes, notice_hours, horizon_days, languages) "
    "select unnest(topics), offering_id, coach_id, schedule_id, kind, minutes, price_cents, currency, "
    "buffer_before_minutes, buffer_after_minutes, notice_hours, horizon_days, languages from listed_offerings",
    "insert into directory_terms (kind, term, coaches) select t.kind, t.term, count(*) "
    "from coaches c cross join lateral directory_terms_of(c) t group by t.kind, t.term",
    # Forty of the next eight weeks' days, from yesterday on, each coach at an hour of their own.
    "insert into openings (coach_id, schedule_id, starts_at, ends_at) "
    "select id, id, starts_at, starts_at + interval '3 hours' from bench_coaches c cross join lateral ("
    "select (date_trunc('day', now() at time zone 'utc') + make_interval(days => d * $days / $openings - 1, "
    "hours => 8 + b % 6 * 2, mins => a / 8 % 4 * 15)) at time zone (array[$zones])[1 + c % 8] as starts_at "
    "from generate_series(0, $openings - 1) d) o",
    "create table bench_sessions as select o.coach_id, o.starts_at as opens, o.ends_at as closes, "
    "o.starts_at + interval '1 hour' as starts_at, "
    "row_number() over (order by md5(o.coach_id::text || o.starts_at)) as n "
    "from openings o",
    "delete from bench_sessions where n > $bookings",
    "insert into bookings (id, coach_id, mentee_id, offering_id, offered, status, starts_at, ends_at, blocked, "
    "hold_expires_at, brief, title, kind, by_approval, price_cents, currency, fee_basis_points, policy, sequence, "
    "meeting_room, created_at, changed_at, confirmed_at, refunded_cents, platform_paid_cents, coach_paid_cents) "
    "select gen_random_uuid(), s.coach_id, m.id, c.offering_id, false, 'confirmed', s.starts_at, "
    "s.starts_at + interval '1 hour', tstzrange(s.starts_at, s.starts_at + interval '75 minutes'), now(), 'A brief.', "
    "'One hour', 'mentor', false, 12000, 'usd', 1000, '{}', 0, md5(s.n::text), now(), now(), now(), 0, 0, 0 "
    "from bench_sessions s join bench_coaches c on c.id = s.coach_id "
    "join bench_mentees m on m.number = s.n % $mentees",
    # What is left: the whole opening, or its first hour and what follows the session and its buffer.
    "insert into free_ranges (coach_id, schedule_id, starts_at, ends_at, clear_from, clear_until) "
    "select o.coach_id, o.schedule_id, o.starts_at, coalesce(s.starts_at, o.ends_at), "
    "o.starts_at - interval '4 hours', "
    "coalesce(s.starts_at, o.ends_at + interval '4 hours') "
    "from openings o left join bench_sessions s on s.coach_id = o.coach_id and s.opens = o.starts_at",
    "insert into free_ranges (coach_id, schedule_id, starts_at, ends_at, clear_from, clear_until) "
    "select coach_id, coach_id, starts_at + interval '75 minutes', closes, starts_at + interval '75 minutes', "
    "closes + interval '4 hours' from bench_sessions",
    # Of each coach one opening that is whole, three weeks ahead: times to be claimed, in an order of their own. Mentees
    # come one after the other, since nobody may hold more than a few.
    "create table bench_targets as select t.*, m.id as mentee_id from (select row_number() over "
    "(order by md5(coach_id::text)) as number, * from (select distinct on (f.coach_id) f.coach_id, c.offering_id, c.user_id, f.starts_at "
    "from free_ranges f join bench_coaches c on c.id = f.coach_id where f.starts_at > now() + interval '21 days' "
    "and f.ends_at - f.starts_at >= interval '3 hours' order by f.coach_id, f.starts_at) firsts) t "
    "join bench_mentees m on m.number = t.number % $mentees",
    "alter table bench_targets add primary key (number)",
    "create sequence bench_numbers",
    "alter table bookings add constraint bookings_one_session_at_a_time exclude using gist "
    "(coach_id with =, blocked with &&) where (status in ('held', 'requested', 'confirmed'))",
]
