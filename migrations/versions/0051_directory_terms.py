"""How many approved coaches have each topic, language and word of a name, counted as it changes."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

# In order, so that two who change the same terms wait for one another and never for each other.
COUNT = """
create function count_directory_terms() returns trigger language plpgsql as $$
begin
    insert into directory_terms as t (kind, term, coaches)
    select kind, term, sum(change) from (
        select kind, term, 1 as change from directory_terms_of(new)
        union all select kind, term, -1 from directory_terms_of(old)
    ) changes group by kind, term having sum(change) <> 0 order by kind, term
    on conflict (kind, term) do update set coaches = t.coaches + excluded.coaches;
    return null;
end $$
"""
OF_ONE = """
create function directory_terms_of(c coaches) returns table (kind text, term text) language sql immutable as $$
    select 'topic', unnest(c.topics) where c.status = 'approved'
    union all select 'language', unnest(c.languages) where c.status = 'approved'
    union all select 'word', unnest(tsvector_to_array(to_tsvector('simple', coalesce(c.names, ''))))
        where c.status = 'approved'
$$
"""
FILL = """
insert into directory_terms (kind, term, coaches)
select t.kind, t.term, count(*) from coaches c cross join lateral directory_terms_of(c) t group by t.kind, t.term
"""


def upgrade() -> None:
    op.create_table(
        "directory_terms",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("coaches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "term", name="directory_terms_pkey"),
    )
    op.create_index("directory_terms_frequent_idx", "directory_terms", ["kind", sa.text("coaches desc"), "term"])
    op.create_index(
        "directory_terms_spelling_idx",
        "directory_terms",
        ["term"],
        postgresql_using="gin",
        postgresql_ops={"term": "gin_trgm_ops"},
        postgresql_where=sa.text("kind = 'word'"),
    )
    op.execute(OF_ONE)
    op.execute(COUNT)
    op.execute(
        "create trigger coaches_counted after insert or delete on coaches for each row "
        "execute function count_directory_terms()"
    )
    op.execute(
        "create trigger coaches_counted_anew after update on coaches for each row "
        "when ((old.status, old.topics, old.languages, old.names) "
        "is distinct from (new.status, new.topics, new.languages, new.names)) "
        "execute function count_directory_terms()"
    )
    op.execute(FILL)
    op.drop_index("coaches_names_idx", "coaches")
    op.create_index(
        "offerings_price_idx",
        "offerings",
        ["currency", "price_cents"],
        postgresql_include=["coach_id"],
        postgresql_where=sa.text("active"),
    )


def downgrade() -> None:
    op.drop_index("offerings_price_idx", "offerings")
    op.create_index(
        "coaches_names_idx", "coaches", ["names"], postgresql_using="gin", postgresql_ops={"names": "gin_trgm_ops"}
    )
    op.execute("drop trigger coaches_counted on coaches")
    op.execute("drop trigger coaches_counted_anew on coaches")
    op.execute("drop function count_directory_terms()")
    op.execute("drop function directory_terms_of(coaches)")
    op.drop_table("directory_terms")
