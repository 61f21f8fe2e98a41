"""C++, C# and .net are words of a profile that can be searched for."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# As `marketplace.coaches.rules.searched` spells the words of a search.
SIGNED = r"""
create function signed_words(said text) returns text language sql immutable as $$
    select coalesce(string_agg(
        replace(replace(replace(coalesce(found[1], found[2]), '+', 'xplus'), '#', 'xsharp'), '.', 'xdot') || 'xend', ' '
    ), '')
    from regexp_matches(
        lower(said), '([[:alnum:]]+[+#]+)|(?:^|[^[:alnum:].])(\.[[:alpha:]][[:alnum:]]*)', 'g'
    ) as found
$$
"""
WORDS = """
create or replace function coach_words(p_name text, c coaches) returns tsvector language sql stable as $$
    select setweight(to_tsvector('simple', coalesce(p_name, '') || ' ' || c.handle::text), 'A')
        || setweight(to_tsvector('simple', array_to_string(c.topics, ' ')), 'B')
        || setweight(to_tsvector('simple', c.headline), 'C')
        || setweight(to_tsvector('simple', c.about), 'D')
        {signed}
$$
"""
OF_SIGNS = """|| setweight(to_tsvector('simple', signed_words(
            array_to_string(c.topics, ' ') || ' ' || c.headline || ' ' || c.about
        )), 'D')"""


def upgrade() -> None:
    op.execute(SIGNED)
    op.execute(WORDS.format(signed=OF_SIGNS))
    op.execute("update coaches set headline = headline")


def downgrade() -> None:
    op.execute(WORDS.format(signed=""))
    op.execute("drop function signed_words(text)")
    op.execute("update coaches set headline = headline")
