"""Invariants of invoices, credit notes and the fee's invoices."""

from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "numbers_have_no_gap",
        _l("Each seller's documents are numbered from 1 on, none is missing and none is there twice."),
        """
with numbered as (
    select series_id, count(*) as documents, count(distinct number) as numbers, min(number) as first,
        max(number) as last
    from invoices group by series_id
)
select 'seller' as kind, s.prefix as id,
    format('%s documents with %s numbers from %s to %s, the last given out is %s',
        coalesce(n.documents, 0), coalesce(n.numbers, 0), n.first, n.last, s.last_number) as said,
    null::timestamptz as since
from invoice_series s left join numbered n on n.series_id = s.id
where (coalesce(n.documents, 0), coalesce(n.numbers, 0), coalesce(n.last, 0)) is distinct from
        (s.last_number::bigint, s.last_number::bigint, s.last_number)
    or n.first <> 1
union all
select 'seller', coalesce(s.prefix, 'nobody'), format('%s is numbered as another seller''s', i.label), i.issued_at
from invoices i left join invoice_series s on s.id = i.series_id
where s.id is null or s.seller_id is distinct from i.seller_id
""",
        whole=True,
    ),
)
