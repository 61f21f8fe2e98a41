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
    Invariant(
        "documents_name_who_paid",
        _l("The documents of a payment name whoever paid in its owner's stead, and belong to its owner."),
        """
with named as (
    select i.label, i.issued_at, i.buyer_id, p.payer_id, b.subject_id,
        coalesce(i.content #>> '{buyer,name}', '') as name, coalesce(i.content #>> '{buyer,address}', '') as address,
        coalesce(i.content #>> '{buyer,tax_id}', '') as tax_id,
        coalesce(i.content #>> '{buyer,reference}', '') as reference,
        b.name as payer, b.address as payers_address, b.tax_id as payers_tax_id, b.reference as payers_reference
    from invoices i join payments p on p.id = i.payment_id left join billing_parties b on b.subject_id = p.subject_id
)
select 'document' as kind, label as id, format('is made out to %s, and %s has paid', name, payer) as said,
    issued_at as since
from named where subject_id is not null
    and (name, address, tax_id, reference) <> (payer, payers_address, payers_tax_id, payers_reference)
union all
-- Accounts have no order numbers: only who pays in their stead has.
select 'document', label, format('has the order number %s, and nobody is named for it', reference), issued_at
from named where subject_id is null and reference <> ''
union all
select 'document', label, 'belongs to another than its payment', issued_at from named where buyer_id <> payer_id
""",
        whole=True,
    ),
)
