"""Kinds of help are counted as topics and languages are; prices for an hour are found in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

OF_ONE = """
create or replace function directory_terms_of(c coaches) returns table (kind text, term text) language sql immutable as $$
    select 'topic', unnest(c.topics) where c.status = 'approved'
    union all select 'language', unnest(c.languages) where c.status = 'approved'
    {kinds}
    union all select 'word', unnest(tsvector_to_array(to_tsvector('simple', coalesce(c.names, ''))))
        where c.status = 'approved'
$$
"""
KINDS = "union all select 'kind', unnest(c.kinds) where c.status = 'approved'"
CHANGED = """
create trigger coaches_counted_anew after update on coaches for each row
when (({old}) is distinct from ({new})) execute function count_directory_terms()
"""
FILL = """
insert into directory_terms (kind, term, coaches)
select 'kind', k, count(*) from coaches cross join lateral unnest(kinds) k where status = 'approved' group by k
"""


def _count_when_changed(*columns: str) -> None:
    op.execute("drop trigger coaches_counted_anew on coaches")
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    op.execute(CHANGED.format(old=old, new=new))


def upgrade() -> None:
    op.execute(OF_ONE.format(kinds=KINDS))
    _count_when_changed("status", "topics", "languages", "kinds", "names")
    op.execute(FILL)
    op.create_index(
        "offerings_hourly_idx",
        "offerings",
        ["currency", sa.text("(price_cents * 60 / minutes)"), "coach_id"],
        postgresql_where=sa.text("active"),
    )


def downgrade() -> None:
    op.drop_index("offerings_hourly_idx", "offerings")
    op.execute("delete from directory_terms where kind = 'kind'")
    _count_when_changed("status", "topics", "languages", "names")
    op.execute(OF_ONE.format(kinds=""))
