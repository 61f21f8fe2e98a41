"""Tokens end within a year, know which one made them, and do what an admin does by scopes of their own."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

IS_ADMIN = """exists (
    select from roles_users join roles on roles.id = roles_users.role_id
    where roles_users.user_id = access_tokens.user_id and roles.name = 'admin'
)"""


def upgrade() -> None:
    """Tokens keep what they could do, under the new scopes; those of nobody's admin lose that one."""
    op.execute("alter table access_tokens add made_by_id uuid references access_tokens (id) on delete cascade")
    op.execute("create index access_tokens_made_by_id_idx on access_tokens (made_by_id)")
    op.execute(
        "update access_tokens set expires_at = least(coalesce(expires_at, 'infinity'), now() + interval '365 days')"
    )
    op.execute("alter table access_tokens alter expires_at set not null")
    op.execute("update access_tokens set scopes = scopes || '{payouts}' where 'money' = any(scopes)")
    op.execute(
        "update access_tokens set scopes = scopes || '{admin:read,admin:critical}' "
        f"where 'admin' = any(scopes) and {IS_ADMIN}"
    )
    op.execute(
        f"update access_tokens set scopes = array_remove(scopes, 'admin') where 'admin' = any(scopes) and not {IS_ADMIN}"
    )


def downgrade() -> None:
    """Back to one scope for everything that an admin does."""
    op.execute(
        "update access_tokens set scopes = "
        "array_remove(array_remove(array_remove(array_remove(scopes, 'payouts'), 'tokens'), 'admin:read'), "
        "'admin:critical')"
    )
    op.execute("alter table access_tokens alter expires_at drop not null")
    op.execute("alter table access_tokens drop column made_by_id")
