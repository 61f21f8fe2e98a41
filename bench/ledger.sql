-- Three years of a busy marketplace: sessions that were paid, their fees, some refunds, releases, weekly payouts.
-- Indexes and keys are made after the rows, which is several times faster. Statements end with two semicolons.
create temporary table made_later as
    select conname as name, format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as definition,
           format('alter table %s drop constraint %I', conrelid::regclass, conname) as removal, contype = 'f' as last
    from pg_constraint where 'ledger_entries'::regclass in (conrelid, confrelid) and contype in ('p', 'u', 'f')
    union all
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid), format('drop index %s', indexrelid::regclass), false
    from pg_index where indrelid = 'ledger_entries'::regclass and not indisunique;;
do $$
declare
    statement text;
begin
    for statement in select removal from made_later order by last desc loop
        execute statement;
    end loop;
end $$;;
create temporary table coaches_made as
    select n, 'coach:' || gen_random_uuid() as name,
        (array['usd', 'usd', 'usd', 'usd', 'usd', 'usd', 'eur', 'eur', 'gbp', 'jpy'])[1 + n % 10] as currency
    from generate_series(0, cast(:coaches as int) - 1) n;;
insert into ledger_accounts (id, name, currency)
    select gen_random_uuid(), name, currency
    from unnest(array['stripe', 'stripe_fees', 'revenue', 'sessions_owed', 'in_transit', 'disputes']) name,
        unnest(array['usd', 'eur', 'gbp', 'jpy']) currency
    union all
    select gen_random_uuid(), name, currency from coaches_made;;
-- A quarter of the coaches hold most sessions, as anywhere: the square of a random number says whose it is.
create temporary table sessions_made as
    select n, gen_random_uuid() as id, (random() ^ 2 * (cast(:coaches as int) - 1))::int as coach,
        3000 + (random() * 17000)::int as cents, random() < 0.05 as refunded,
        cast(:last_day as timestamptz) - (1 - n::float / greatest(1, cast(:rows as int) / 4)) * make_interval(months => cast(:months as int)) as paid_at
    from generate_series(1, cast(:rows as int) / 4) n;;
create temporary table facts_made as
    select s.id as subject_id, c.currency, f.*
    from sessions_made s join coaches_made c on c.n = s.coach
    cross join lateral (values
        ('paid:' || s.id, 'stripe', 'sessions_owed', s.cents, 'ch_' || s.n, s.paid_at),
        ('stripe-fee:' || s.id, 'stripe_fees', 'stripe', s.cents * 29 / 1000 + 30, 'ch_' || s.n, s.paid_at + interval '1 second'),
        (case when s.refunded then 'refund:' else 'release-coach:' end || s.id, 'sessions_owed',
            case when s.refunded then 'stripe' else c.name end, s.cents - s.cents / 10, 're_' || s.n, s.paid_at + interval '5 days'),
        ('release-fee:' || s.id, 'sessions_owed', 'revenue', s.cents / 10, null, s.paid_at + interval '5 days')
    ) as f (key, debit, credit, cents, source, booked_at);;
-- One transfer in four weeks for each coach, of most of what was earned in them.
insert into facts_made
    select gen_random_uuid(), p.currency, f.*
    from (
        select credit as coach, currency, date_bin('28 days', booked_at, '2020-01-06') + interval '28 days' as sent_at,
            sum(cents) * 9 / 10 as cents, min(subject_id::text) as first
        from facts_made where credit like 'coach:%' group by 1, 2, 3
    ) p
    cross join lateral (values
        ('payout-sent:' || p.first, p.coach, 'in_transit', p.cents, null, p.sent_at),
        ('payout-arrived:' || p.first, 'in_transit', 'stripe', p.cents, 'tr_' || p.first, p.sent_at + interval '1 second')
    ) as f (key, debit, credit, cents, source, booked_at);;
analyze facts_made;;
insert into ledger_entries (id, key, debit_id, credit_id, cents, currency, subject_id, source, booked_at)
    select (lpad(to_hex((extract(epoch from f.booked_at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid,
        f.key, d.id, c.id, f.cents, f.currency, f.subject_id, f.source, f.booked_at
    from facts_made f
    join ledger_accounts d on d.name = f.debit and d.currency = f.currency
    join ledger_accounts c on c.name = f.credit and c.currency = f.currency
    cross join lateral md5(f.key) as h
    order by f.booked_at limit cast(:rows as int);;
do $$
declare
    statement text;
begin
    for statement in select definition from made_later order by last loop
        execute statement;
    end loop;
end $$;;
drop table made_later, coaches_made, sessions_made, facts_made
