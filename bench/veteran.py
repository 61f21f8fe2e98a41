"""A coach of many years: 100,000 sessions with some hundred mentees, each booked in the ledger, made by PostgreSQL."""

from dataclasses import dataclass
from string import Template

import psycopg

EMAIL = "veteran@bench.example"


@dataclass(frozen=True)
class Veteran:
    """How much there is."""

    sessions: int
    mentees: int

    @property
    def recipe(self) -> str:
        """What the database is filled with, changed whenever the filling is."""
        return f"veteran 4: {self.sessions} sessions, {self.mentees} mentees"

    def fill(self, connection: psycopg.Connection) -> None:
        """Write all of it; triggers are not to wake."""
        for statement in STATEMENTS:
            made = Template(statement).substitute(sessions=self.sessions, mentees=self.mentees, email=EMAIL)
            connection.execute(made.encode())


PERSON = (
    "insert into users (id, email, name, timezone, reminders, active, fs_uniquifier, confirmed_at, login_count, "
    "created_at, passkey_after_password, locale, hour_cycle) "
)
STATEMENTS = [
    "create table bench_coach as select gen_random_uuid() as id, gen_random_uuid() as user_id, "
    "gen_random_uuid() as offering_id, gen_random_uuid() as account_id, gen_random_uuid() as owed_id, "
    "gen_random_uuid() as fees_id",
    PERSON + "select user_id, '$email', 'Vera Veteran', 'Europe/Berlin', 'none', true, user_id, now(), 0, now(), "
    "false, '', '' from bench_coach",
    "create table bench_mentees as select n as number, gen_random_uuid() as id from generate_series(0, $mentees - 1) n",
    PERSON + "select id, 'm' || number || '@bench.example', 'Mentee ' || number, 'UTC', 'none', true, id, now(), 0, "
    "now(), false, '', '' from bench_mentees",
    "insert into coaches (id, user_id, handle, headline, about, topics, languages, kinds, timezone, currency, status, "
    "applied_at) select id, user_id, 'veteran', 'Many years', 'Of work.', '{leadership}', '{en}', '{mentor}', "
    "'Europe/Berlin', 'usd', 'approved', now() from bench_coach",
    "insert into schedules (id, coach_id, name) select id, id, 'Usual week' from bench_coach",
    "insert into offerings (id, coach_id, title, description, kind, minutes, price_cents, currency, by_approval, "
    "buffer_before_minutes, buffer_after_minutes, notice_hours, horizon_days, start_step_minutes, active, created_at) "
    "select offering_id, id, 'One hour', '', 'mentor', 60, 12000, 'usd', false, 0, 15, 12, 60, 15, true, now() "
    "from bench_coach",
    # A session each quarter of an hour, back from now: completed ones claim no time.
    "insert into bookings (id, coach_id, mentee_id, offering_id, offered, status, outcome, starts_at, ends_at, "
    "blocked, hold_expires_at, brief, title, kind, by_approval, price_cents, currency, fee_basis_points, policy, "
    "sequence, meeting_room, created_at, changed_at, confirmed_at, ended_at, released_at, refunded_cents, "
    "platform_paid_cents, coach_paid_cents, payment_id) "
    "select md5('booking' || s.n)::uuid, c.id, m.id, c.offering_id, false, 'completed', 'took_place', s.at, "
    "s.at + interval '1 hour', tstzrange(s.at, s.at + interval '75 minutes'), s.at, 'A brief.', 'One hour', 'mentor', "
    "false, 12000, 'usd', 1000, '{}', 0, md5(s.n::text), s.at - interval '5 days', s.at, s.at - interval '5 days', "
    "s.at + interval '1 hour', s.at + interval '3 days', 0, 0, 0, "
    "md5('payment' || s.n)::uuid from (select n, now() - interval '4 days' - n * interval '15 minutes' as at "
    "from generate_series(0, $sessions - 1) n) s cross join bench_coach c "
    "join bench_mentees m on m.number = s.n % $mentees",
    "insert into ledger_accounts (id, name, currency) "
    "select account_id, 'coach:' || id, 'usd' from bench_coach union all "
    "select owed_id, 'bench_owed', 'usd' from bench_coach union all "
    "select fees_id, 'bench_fees', 'usd' from bench_coach",
    "insert into ledger_entries (id, key, debit_id, credit_id, cents, currency, subject_id, booked_at) "
    "select gen_random_uuid(), e.fact || b.id, c.owed_id, case e.fact when 'release-fee:' then c.fees_id "
    "else c.account_id end, e.cents, 'usd', b.id, b.released_at from bookings b cross join bench_coach c "
    "cross join (values ('release-coach:', 10800), ('release-fee:', 1200)) e (fact, cents) order by b.released_at",
]
