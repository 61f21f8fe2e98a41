"""Minutes that coaches give away, and the timers that run."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

KINDS = "'answer', 'preparation', 'overrun', 'coffee', 'talk', 'no_show', 'pro_bono', 'other'"
BY_HAND = "'answer', 'preparation', 'overrun', 'coffee', 'talk', 'no_show', 'other'"


def upgrade() -> None:
    op.create_table(
        "unpaid_entries",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("receiver_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("reverses_id", sa.Uuid(), sa.ForeignKey("unpaid_entries.id", ondelete="RESTRICT")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("key", name="unpaid_entries_key_key"),
        sa.UniqueConstraint("reverses_id", name="unpaid_entries_reverses_id_key"),
        sa.CheckConstraint(f"kind in ({KINDS})", name="unpaid_entries_kind_check"),
        sa.CheckConstraint("source in ('system', 'hand', 'timer')", name="unpaid_entries_source_check"),
        sa.CheckConstraint(
            "case when reverses_id is null then minutes > 0 and value_cents >= 0 "
            "else minutes < 0 and value_cents <= 0 end",
            name="unpaid_entries_sign_check",
        ),
        sa.CheckConstraint("length(note) <= 200", name="unpaid_entries_note_check"),
    )
    op.create_index("unpaid_entries_day_idx", "unpaid_entries", ["coach_id", "day"])
    op.create_index("unpaid_entries_list_idx", "unpaid_entries", ["coach_id", "id"])
    op.create_index(
        "unpaid_entries_received_idx",
        "unpaid_entries",
        ["receiver_id", "day"],
        postgresql_where=sa.text("receiver_id is not null"),
    )
    op.execute("""
        create function refuse_change_but_of_note() returns trigger language plpgsql as $$
        begin
            if new.note = '' and to_jsonb(new) - 'note' = to_jsonb(old) - 'note' then
                return new;
            end if;
            raise exception '% is append-only: write a new row instead', tg_table_name using errcode = 'restrict_violation';
        end $$
    """)
    op.execute(
        "create trigger unpaid_entries_append_only before delete or truncate on unpaid_entries "
        "for each statement execute function refuse_change()"
    )
    op.execute(
        "create trigger unpaid_entries_unchanged before update on unpaid_entries "
        "for each row execute function refuse_change_but_of_note()"
    )
    op.create_table(
        "unpaid_timers",
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind in ({BY_HAND})", name="unpaid_timers_kind_check"),
    )
    op.create_index("unpaid_timers_started_at_idx", "unpaid_timers", ["started_at"])
    # By which the job finds answers of late.
    op.create_index(
        "asks_answered_idx",
        "asks",
        ["ended_at"],
        postgresql_where=sa.text("status = 'answered' and answer_minutes > 0"),
    )


def downgrade() -> None:
    op.drop_index("asks_answered_idx", "asks")
    op.drop_table("unpaid_timers")
    op.drop_table("unpaid_entries")
    op.execute("drop function refuse_change_but_of_note()")
