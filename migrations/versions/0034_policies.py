"""Policies by name, with their versions. The house's first one says what the settings have said until now."""

import json
import os
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The settings that they replace, and what these were by default.
BEFORE = {
    "FULL_REFUND_HOURS": 24,
    "HALF_REFUND_HOURS": 4,
    "GRACE_MINUTES": 60,
    "RESCHEDULES": 1,
    "RESCHEDULE_HOURS": 4,
}


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", CITEXT(), nullable=False),
        sa.Column("is_house", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="policies_pkey"),
        sa.UniqueConstraint("name", name="policies_name_key"),
        sa.CheckConstraint("not (is_house and retired_at is not null)", name="policies_house_stays_check"),
    )
    op.create_index(
        "policies_one_house_idx", "policies", ["is_house"], unique=True, postgresql_where=sa.text("is_house")
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tiers", JSONB(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("reschedules", sa.Integer(), nullable=False),
        sa.Column("reschedule_hours", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="policy_versions_pkey"),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name="policy_versions_policy_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name="policy_versions_made_by_fkey", ondelete="RESTRICT"),
        sa.UniqueConstraint("policy_id", "number", name="policy_versions_policy_id_number_key"),
        sa.CheckConstraint("number > 0", name="policy_versions_number_check"),
        sa.CheckConstraint("grace_minutes between 0 and 1440", name="policy_versions_grace_check"),
        sa.CheckConstraint(
            "reschedules between 0 and 10 and reschedule_hours between 0 and 720", name="policy_versions_moves_check"
        ),
        sa.CheckConstraint("tiers -> 0 ->> 1 = '100'", name="policy_versions_all_back_once_check"),
    )
    op.execute(
        "create trigger policy_versions_append_only before update or delete or truncate on policy_versions "
        "for each statement execute function refuse_change()"
    )
    _write_house()
    op.add_column("offerings", sa.Column("policy_id", sa.Uuid()))
    op.create_foreign_key(
        "offerings_policy_id_fkey", "offerings", "policies", ["policy_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_index("offerings_policy_id_idx", "offerings", ["policy_id"])


def _write_house() -> None:
    said = {name: int(os.environ.get(name) or usual) for name, usual in BEFORE.items()}
    tiers = [[said["FULL_REFUND_HOURS"], 100]]
    if said["HALF_REFUND_HOURS"] < said["FULL_REFUND_HOURS"]:
        tiers.append([said["HALF_REFUND_HOURS"], 50])
    policy = {"id": uuid.uuid4(), "name": "Standard"}
    op.get_bind().execute(
        sa.text("insert into policies (id, name, is_house, created_at) values (:id, :name, true, now())"), policy
    )
    op.get_bind().execute(
        sa.text(
            "insert into policy_versions (id, policy_id, number, tiers, grace_minutes, reschedules, reschedule_hours, "
            "made_at) values (:id, :policy_id, 1, cast(:tiers as jsonb), :grace, :reschedules, :hours, now())"
        ),
        {
            "id": uuid.uuid4(),
            "policy_id": policy["id"],
            "tiers": json.dumps(tiers),
            "grace": said["GRACE_MINUTES"],
            "reschedules": said["RESCHEDULES"],
            "hours": said["RESCHEDULE_HOURS"],
        },
    )


def downgrade() -> None:
    op.drop_column("offerings", "policy_id")
    op.drop_table("policy_versions")
    op.drop_table("policies")
