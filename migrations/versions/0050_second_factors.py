"""People may have a second factor: an authenticator and recovery codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

COLUMNS = {
    "tf_primary_method": sa.Text(),
    "tf_totp_secret": sa.Text(),
    "mf_recovery_codes": ARRAY(sa.Text()),
    "totp_counter": sa.BigInteger(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("users", sa.Column(name, kind))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("users", name)
