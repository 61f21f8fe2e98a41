"""What must be true of published answers, and of whom earlier answers were enough for."""

from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "published_answers_were_released",
        _l("Nothing is published that its asker did not release."),
        """
select 'published answer' as kind, p.id::text as id, 'its asker has not released this text' as said,
    p.published_at as since
from published_answers p join asks a on a.id = p.ask_id
where p.status = 'published' and (
    p.released is distinct from p.title || chr(31) || p.question || chr(31) || p.answer
    or not exists (
        select from audit_entries e
        where e.subject_id = p.id::text and e.action = 'published_answer.published' and e.actor_id = a.asker_id
            and e.details ->> 'version' = left(encode(sha256(convert_to(p.released, 'UTF8')), 'hex'), 32)
    )
)
""",
        whole=True,
    ),
    Invariant(
        "earlier_answers_count_once",
        _l("What a coach answered before has helped as many as have said so."),
        """
select 'published answer' as kind, p.id::text as id, format('counts %s of %s', p.helped, d.said) as said,
    p.allowed_at as since
from published_answers p
cross join lateral (select count(*) as said from deflections d where d.published_answer_id = p.id) d
where p.helped <> d.said
union all
select 'shelf item', i.id::text, format('counts %s of %s', i.helped, d.said), i.added_at
from shelf_items i cross join lateral (select count(*) as said from deflections d where d.shelf_item_id = i.id) d
where i.helped <> d.said
""",
        whole=True,
    ),
)
