"""Coaches whose currency the settings offer no more are not listed for searches."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TO_LIST = """
create or replace view offerings_to_list as
select o.id as offering_id, o.coach_id, o.follows_id as schedule_id, o.kind, o.minutes, o.price_cents, o.currency,
    o.buffer_before_minutes, o.buffer_after_minutes, o.notice_hours, o.horizon_days, c.topics, c.languages
from offerings o
join coaches c on c.id = o.coach_id and c.status = 'approved'{condition}
join users u on u.id = c.user_id and u.active
join availability v on v.coach_id = c.id and v.zone = c.timezone
where o.active
"""
FOLLOWED = ("status", "timezone", "topics", "languages")


def _keep(*columns: str) -> None:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    op.execute("drop trigger coaches_listed_update on coaches")
    op.execute(
        f"create trigger coaches_listed_update after update on coaches for each row "
        f"when (({old}) is distinct from ({new})) execute function keep_listed_offerings_of_coaches()"
    )


def upgrade() -> None:
    op.add_column("coaches", sa.Column("currency_withdrawn_at", sa.DateTime(timezone=True)))
    op.execute(TO_LIST.format(condition=" and c.currency_withdrawn_at is null"))
    _keep(*FOLLOWED, "currency_withdrawn_at")


def downgrade() -> None:
    _keep(*FOLLOWED)
    op.execute(TO_LIST.format(condition=""))
    op.execute("delete from listed_offerings")
    op.execute("insert into listed_offerings select * from offerings_to_list")
    op.drop_column("coaches", "currency_withdrawn_at")
