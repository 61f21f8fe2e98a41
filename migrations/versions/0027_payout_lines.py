"""What each payout is made of: entries of its coach's account, fixed when it is proposed.

Payouts that were proposed before get the entries of which each was made: those that were booked between it and the one
before. What these leave of an amount is a line without an entry.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COUNTED = "('proposed', 'approved', 'sending', 'paid', 'reversed')"

BACKFILL = (
    f"""
insert into payout_lines (payout_id, position, entry_id, cents, live)
select payout_id, row_number() over (partition by payout_id order by entry_id), entry_id, cents, true
from (
    select e.id as entry_id, case when e.credit_id = a.id then e.cents else -e.cents end as cents,
        (
            -- Keys are made in the order of time, by the machine's clock.
            select p.id from payouts p
            where 'coach:' || p.coach_id = a.name and p.currency = a.currency
                and p.status in {COUNTED} and p.id > e.id
            order by p.id limit 1
        ) as payout_id
    from ledger_accounts a join ledger_entries e on a.id in (e.credit_id, e.debit_id)
    where a.kind = 'coach' and split_part(e.key, ':', 1) not in ('payout-sent', 'payout-returned')
) as taken
where payout_id is not null
""",
    f"""
insert into payout_lines (payout_id, position, entry_id, cents, live)
select p.id, count(l.position) + 1, null, p.amount_cents - coalesce(sum(l.cents), 0), true
from payouts p left join payout_lines l on l.payout_id = p.id
where p.status in {COUNTED}
group by p.id having p.amount_cents <> coalesce(sum(l.cents), 0)
""",
)


def upgrade() -> None:
    op.create_table(
        "payout_lines",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("cents <> 0", name="payout_lines_cents_check"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="payout_lines_payout_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name="payout_lines_entry_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("payout_id", "position", name="payout_lines_pkey"),
        sa.UniqueConstraint("payout_id", "entry_id", name="payout_lines_payout_id_entry_id_key"),
    )
    for statement in BACKFILL:
        op.execute(statement)
    op.create_index(
        "payout_lines_once_idx", "payout_lines", ["entry_id"], unique=True, postgresql_where=sa.text("live")
    )


def downgrade() -> None:
    op.drop_table("payout_lines")
