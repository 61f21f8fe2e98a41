"""Search: words with their weight, names and topics however they are spelt, free ranges by when they begin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Names stand with people, the rest with coaches, so both tables keep the words in step.
WORDS = """
create function coach_words(p_name text, c coaches) returns tsvector language sql stable as $$
    select setweight(to_tsvector('simple', coalesce(p_name, '') || ' ' || c.handle::text), 'A')
        || setweight(to_tsvector('simple', array_to_string(c.topics, ' ')), 'B')
        || setweight(to_tsvector('simple', c.headline), 'C')
        || setweight(to_tsvector('simple', c.about), 'D')
$$
"""
NAMES = """
create function coach_names(p_name text, c coaches) returns text language sql stable as $$
    select lower(coalesce(p_name, '') || ' ' || c.handle::text || ' ' || array_to_string(c.topics, ' '))
$$
"""
OF_COACHES = """
create function keep_words_of_coaches() returns trigger language plpgsql as $$
declare
    called text := (select name from users where id = new.user_id);
begin
    new.words := coach_words(called, new);
    new.names := coach_names(called, new);
    return new;
end $$
"""
OF_USERS = """
create function keep_words_of_users() returns trigger language plpgsql as $$
begin
    update coaches c set words = coach_words(new.name, c), names = coach_names(new.name, c) where c.user_id = new.id;
    return null;
end $$
"""


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute(WORDS)
    op.execute(NAMES)
    op.add_column("coaches", sa.Column("words", TSVECTOR(), nullable=True))
    op.add_column("coaches", sa.Column("names", sa.Text(), nullable=True))
    op.execute(OF_COACHES)
    op.execute(OF_USERS)
    op.execute(
        "create trigger coaches_words before insert or update of handle, headline, about, topics, user_id on coaches "
        "for each row execute function keep_words_of_coaches()"
    )
    op.execute(
        "create trigger users_words after update of name on users for each row when (old.name is distinct from new.name) "
        "execute function keep_words_of_users()"
    )
    op.execute("update coaches set headline = headline")
    op.create_index("coaches_words_idx", "coaches", ["words"], postgresql_using="gin")
    op.create_index(
        "coaches_names_idx", "coaches", ["names"], postgresql_using="gin", postgresql_ops={"names": "gin_trgm_ops"}
    )
    op.add_column(
        "offerings",
        sa.Column(
            "follows_id", sa.Uuid(), sa.Computed("coalesce(schedule_id, coach_id)", persisted=True), nullable=True
        ),
    )
    op.create_index("offerings_follows_idx", "offerings", ["follows_id"], postgresql_where=sa.text("active"))
    op.create_index("offerings_notice_idx", "offerings", ["notice_hours"], postgresql_where=sa.text("active"))
    op.create_index(
        "free_ranges_long_idx",
        "free_ranges",
        ["starts_at"],
        postgresql_where=sa.text("ends_at - starts_at > interval '1 day'"),
    )


def downgrade() -> None:
    op.drop_index("free_ranges_long_idx", "free_ranges")
    op.drop_index("offerings_notice_idx", "offerings")
    op.drop_index("offerings_follows_idx", "offerings")
    op.drop_column("offerings", "follows_id")
    op.execute("drop trigger users_words on users")
    op.execute("drop trigger coaches_words on coaches")
    for function in ("keep_words_of_users()", "keep_words_of_coaches()"):
        op.execute(f"drop function {function}")
    op.execute("drop function coach_words(text, coaches)")
    op.execute("drop function coach_names(text, coaches)")
    op.drop_column("coaches", "names")
    op.drop_column("coaches", "words")
    op.execute("drop extension pg_trgm")
