-- The statements of a search: who has time when it suits, soonest first. `statements.py` says how this file is read.
--
-- Each criterion is a parameter that is null where anything will do; a line that ends in `-- if` its name then does not
-- stand, so that an index is looked into by those that are given. What a coach has in a free range `f` is decided by
-- two conditions that are written alike wherever they are needed:
--
-- fits    A session of the offering `l` lies in the range and in the window `w`, its buffers meet nothing, and notice
--         and horizon allow it.
-- later   The range comes after the cursor. Ranges are in the order of their `free_at`, the instant from which they can
--         be used; of one instant those that have begun before it come first, backwards (an index is read that way),
--         then those that begin at it, by schedule.

-- notices --
-- The notices, in hours, that listed offerings ask for, in order. Also sets up the transaction for the other statements.
--
-- It takes one step through the index for each notice, however many offerings there are. Plans are made once for what
-- criteria there are, whatever their values: making one takes as long as running it, and little depends on them.
with recursive step (hours) as (
    (select min(notice_hours) from listed_offerings)
    union all
    select (select min(notice_hours) from listed_offerings where notice_hours > step.hours)
    from step where step.hours is not null
)
select array(select hours from step where hours is not null) as notices,
       set_config('jit', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true);

-- walk --
-- The next free ranges in which an offering fits, each with a coach who offers it: at most `most`, in order, all of
-- them later than the cursor. A coach may come several times.
--
-- Where at most `few` offerings meet the criteria, each of them is asked for its first range. Otherwise the index of
-- free ranges is walked, and PostgreSQL stops once it has `most`; ranges of schedules that offer nothing of the kind are
-- passed over, unless `many` offerings or more meet the criteria, for then looking that up costs more than it saves.
with fitting as materialized (
    -- Offerings that meet the criteria and are no longer than the longest window, found by what leaves fewest: rare
    -- words, else a topic, else a language, else all of them. Of common words each is asked.
    -- A topic alone is answered by an index without its table.
    select l.coach_id, l.schedule_id, l.minutes, l.notice_hours, l.horizon_days, l.buffer_before_minutes,
           l.buffer_after_minutes
    from (
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_topics
        where :rare_text::text is null and :language::text is null and topic = :topic::text
        union all
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_topics
        where :rare_text is null and :language is not null and topic = :topic and languages @> array[:language]
        union all
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_offerings
        where :rare_text is null and :topic is null and languages @> array[:language]
        union all
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_offerings
        where :rare_text is not null and :topic is null and :language is null
              and coach_id in (select c.id from coaches c where c.words @@ to_tsquery('simple', :rare_text))
        union all
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_offerings
        where :rare_text is not null and coalesce(:topic, :language) is not null
              and topics @> array[:topic]  -- if topic
              and languages @> array[:language]  -- if language
              -- `is true` keeps the planner from joining: it knows nothing of how many have these words.
              and coach_id in (select c.id from coaches c where c.words @@ to_tsquery('simple', :rare_text)) is true
        union all
        select coach_id, schedule_id, kind, minutes, price_cents, currency, notice_hours, horizon_days,
               buffer_before_minutes, buffer_after_minutes
        from listed_offerings
        where coalesce(:rare_text, :topic, :language) is null
    ) l
    where l.minutes <= :longest
          and l.kind = :kind  -- if kind
          and l.minutes = :minutes  -- if minutes
          and l.currency = :currency  -- if currency
          and l.price_cents <= :max_price_cents  -- if max_price_cents
          and (select words @@ to_tsquery('simple', :common_text) from coaches where id = l.coach_id)  -- if common_text
    limit :many
),
size as materialized (
    -- Whether the criteria leave few offerings, and whether it is not worth while to know which they leave.
    select count(*) <= :few as few, count(*) = :many as many from fitting
)
(
    select f.* from (
        select distinct on (l.coach_id) f.*, l.coach_id
        from fitting l cross join lateral (
            select greatest(f.starts_at, w.opens, :now + make_interval(hours => l.notice_hours)) as free_at,
                   f.starts_at, f.ends_at, f.clear_from, f.clear_until, f.schedule_id
            from (
                -- Ranges of one schedule do not overlap: of those that have begun, only the last can go on.
                (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at <= :first
                 order by r.starts_at desc limit 1)
                union all
                (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at > :first
                 and r.starts_at < :last order by r.starts_at)
            ) f cross join lateral (
                select w.opens
                from unnest(:opens::timestamptz[], :closes::timestamptz[]) as w (opens, closes)
                where f.starts_at < w.closes and f.ends_at > w.opens
                      -- fits
                      and greatest(f.starts_at, f.clear_from + make_interval(mins => l.buffer_before_minutes),
                                   w.opens, :now + make_interval(hours => l.notice_hours))
                          <= least(f.ends_at, w.closes, f.clear_until - make_interval(mins => l.buffer_after_minutes))
                             - make_interval(mins => l.minutes)
                      and greatest(w.opens, f.starts_at) <= :now + make_interval(days => l.horizon_days)
                limit 1
            ) w limit 1
        ) f
        where (select few from size)
        order by l.coach_id, f.free_at, f.starts_at >= f.free_at, f.starts_at desc,
                 case when f.starts_at < f.free_at then f.schedule_id end desc, f.schedule_id
    ) f
    -- later
    where f.free_at > :after_free_at or f.free_at = :after_free_at and case when f.starts_at < f.free_at
        then :after_starts_at < :after_free_at and (f.starts_at, f.schedule_id) < (:after_starts_at, :after_schedule_id)
        else :after_starts_at < :after_free_at or f.schedule_id > :after_schedule_id end
    order by f.free_at, f.starts_at >= f.free_at, f.starts_at desc,
             case when f.starts_at < f.free_at then f.schedule_id end desc, f.schedule_id
    limit :most
)
union all
(
    select f.*
    from unnest(:window_starts::timestamptz[], :window_ends::timestamptz[], :window_opens::timestamptz[],
                :window_closes::timestamptz[], :min_notices::int[], :max_notices::int[])
         as w (starts_at, ends_at, opens, closes, min_notice, max_notice)
    cross join lateral (
        select greatest(f.starts_at, w.starts_at) as free_at, f.starts_at, f.ends_at, f.clear_from, f.clear_until,
               f.schedule_id, x.coach_id
        from (
            -- What has begun before the window comes first, then what begins in it. Long ranges, which began long
            -- before, have indexes of their own, so that no others are read that far back.
            -- `is true` keeps the planner from joining: the set is hashed once and looked into at each range.
            (
                select * from free_ranges f
                where f.starts_at < w.starts_at and f.ends_at > w.starts_at
                      and f.starts_at > w.starts_at - interval '4 hours'
                      and (w.starts_at > :after_free_at
                           or w.starts_at = :after_free_at and :after_starts_at < :after_free_at
                              and (f.starts_at, f.schedule_id) < (:after_starts_at, :after_schedule_id))
                      and ((select many from size) or f.schedule_id in (select schedule_id from fitting) is true)
                order by f.starts_at desc, f.schedule_id desc
            )
            union all
            (
                select * from free_ranges f
                where f.starts_at < w.starts_at and f.ends_at > w.starts_at
                      and f.starts_at <= w.starts_at - interval '4 hours'
                      and f.starts_at > w.starts_at - interval '1 day'
                      and f.ends_at - f.starts_at > interval '4 hours'
                      and (w.starts_at > :after_free_at
                           or w.starts_at = :after_free_at and :after_starts_at < :after_free_at
                              and (f.starts_at, f.schedule_id) < (:after_starts_at, :after_schedule_id))
                      and ((select many from size) or f.schedule_id in (select schedule_id from fitting) is true)
                order by f.starts_at desc, f.schedule_id desc
            )
            union all
            (
                select * from free_ranges f
                where f.starts_at < w.starts_at and f.ends_at > w.starts_at
                      and f.starts_at <= w.starts_at - interval '1 day'
                      and f.ends_at - f.starts_at > interval '1 day'
                      and (w.starts_at > :after_free_at
                           or w.starts_at = :after_free_at and :after_starts_at < :after_free_at
                              and (f.starts_at, f.schedule_id) < (:after_starts_at, :after_schedule_id))
                      and ((select many from size) or f.schedule_id in (select schedule_id from fitting) is true)
                order by f.starts_at desc, f.schedule_id desc
            )
            union all
            (
                select * from free_ranges f
                where f.starts_at >= w.starts_at and f.starts_at < w.ends_at
                      and f.starts_at >= :after_free_at
                      and (f.starts_at > :after_free_at or :after_starts_at < :after_free_at
                           or f.schedule_id > :after_schedule_id)
                      and ((select many from size) or f.schedule_id in (select schedule_id from fitting) is true)
                order by f.starts_at, f.schedule_id
            )
        ) f cross join lateral (
            select l.coach_id from listed_offerings l
            where l.schedule_id = f.schedule_id and l.notice_hours <= w.max_notice
                  -- What could begin in an earlier window has been found in it, unless its range begins later.
                  and (l.notice_hours >= w.min_notice or f.starts_at >= w.starts_at)
                  -- fits
                  and greatest(f.starts_at, f.clear_from + make_interval(mins => l.buffer_before_minutes),
                               w.opens, :now + make_interval(hours => l.notice_hours))
                      <= least(f.ends_at, w.closes, f.clear_until - make_interval(mins => l.buffer_after_minutes))
                         - make_interval(mins => l.minutes)
                  and greatest(w.opens, f.starts_at) <= :now + make_interval(days => l.horizon_days)
                  and l.kind = :kind  -- if kind
                  and l.minutes = :minutes  -- if minutes
                  and l.currency = :currency  -- if currency
                  and l.price_cents <= :max_price_cents  -- if max_price_cents
                  and (:topic is null or :topic = any(l.topics))
                  and (:language is null or :language = any(l.languages))
                  and (:text::text is null or l.coach_id = (
                      select c.id from coaches c
                      where c.id = l.coach_id
                            and c.words @@ to_tsquery('simple', :text)
                  ))
            limit 1
        ) x
        limit :most
    ) f
    where not (select few from size)
    limit :most
);

-- met_before --
-- Which of these coaches have been met at the cursor or before it, that is on an earlier page.
select distinct l.coach_id
from listed_offerings l
join free_ranges f on f.schedule_id = l.schedule_id
join unnest(:opens::timestamptz[], :closes::timestamptz[]) as w (opens, closes)
     on f.starts_at < w.closes and f.ends_at > w.opens
cross join lateral (
    select greatest(f.starts_at, w.opens, :now + make_interval(hours => l.notice_hours)) as free_at
) met
where l.coach_id = any(:coach_ids)
      -- fits
      and greatest(f.starts_at, f.clear_from + make_interval(mins => l.buffer_before_minutes),
                   w.opens, :now + make_interval(hours => l.notice_hours))
          <= least(f.ends_at, w.closes, f.clear_until - make_interval(mins => l.buffer_after_minutes))
             - make_interval(mins => l.minutes)
      and greatest(w.opens, f.starts_at) <= :now + make_interval(days => l.horizon_days)
      and l.kind = :kind  -- if kind
      and l.minutes = :minutes  -- if minutes
      and l.currency = :currency  -- if currency
      and l.price_cents <= :max_price_cents  -- if max_price_cents
      and (:topic::text is null or :topic = any(l.topics))
      and (:language::text is null or :language = any(l.languages))
      and (:text::text is null or l.coach_id = (
          select c.id from coaches c
          where c.id = l.coach_id
                and c.words @@ to_tsquery('simple', :text)
      ))
      -- not later
      and not (met.free_at > :after_free_at or met.free_at = :after_free_at and case when f.starts_at < met.free_at
          then :after_starts_at < :after_free_at
               and (f.starts_at, f.schedule_id) < (:after_starts_at, :after_schedule_id)
          else :after_starts_at < :after_free_at or f.schedule_id > :after_schedule_id end);

-- offerings --
-- What these coaches offer that meets the criteria, the cheapest first, with all that is shown of both.
select o.id, o.title, o.kind, o.minutes, o.price_cents, o.currency, o.buffer_before_minutes, o.buffer_after_minutes,
       o.notice_hours, o.horizon_days, o.start_step_minutes, coalesce(o.schedule_id, o.coach_id),
       o.max_per_day, o.max_per_week, o.max_minutes_per_week, o.longest_streak_minutes,
       c.id, c.handle, u.name, c.headline, c.topics, c.languages, c.kinds, c.timezone, c.portrait_id,
       a.max_per_day, a.max_per_week, a.max_minutes_per_week, a.longest_streak_minutes
from offerings o
join coaches c on c.id = o.coach_id
join users u on u.id = c.user_id
join availability a on a.coach_id = c.id
where o.active and o.coach_id = any(:coach_ids)
      and o.kind = :kind  -- if kind
      and o.minutes = :minutes  -- if minutes
      and o.currency = :currency  -- if currency
      and o.price_cents <= :max_price_cents  -- if max_price_cents
order by o.price_cents, o.id;

-- next_ranges --
-- Of each schedule at most `most` free ranges, the next ones that are not over at the instant given with it.
select s.id, f.starts_at, f.ends_at, f.clear_from, f.clear_until
from unnest(:schedule_ids::uuid[], :since::timestamptz[]) as s (id, since)
cross join lateral (
    select * from free_ranges f
    where f.schedule_id = s.id and f.ends_at > s.since
    order by f.starts_at limit :most
) f
order by f.starts_at;
