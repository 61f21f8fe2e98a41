"""Why something ended or was refunded is a code; what people wrote stays, as do the entries of the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None

REFUNDS = {
    "no-show": "no_show",
    "no answer": "no_answer",
    "not scheduled in time": "not_scheduled",
    "paid too late": "paid_late",
    "the coach left": "coach_left",
    "refunded by the coach": "by_coach",
    "the bank took the rest": "bank_took_rest",
    "a part was refunded before": "partly_refunded",
}
ENDS = {
    "not paid in time": "not_paid",
    "the coach did not answer in time": "not_answered",
    "the card could not be charged in time": "not_captured",
    "the card's authorisation has gone": "authorisation_gone",
    "the bank did not send the money": "debit_failed",
    "the coach cannot answer": "coach_cannot_answer",
}
BY_COACH = "status = 'cancelled' and ended_by = (select user_id from coaches where coaches.id = coach_id)"
# Whether a row may carry a sentence of the site, beside what people wrote. An admin's refund has a key of its own.
CONVERTED = (
    ("refunds", "reason", "key not like '%beyond:%'", REFUNDS),
    ("session_credits", "end_reason", "true", REFUNDS | ENDS),
    ("written_answers", "end_reason", "true", REFUNDS | ENDS),
    ("bookings", "end_reason", "status = 'expired'", ENDS),
    # It ended in the coach's name; a mentee may have written the same.
    ("bookings", "end_reason", BY_COACH, {"the coach did not come": "coach_no_show"}),
)


def _rewrite(table: str, column: str, where: str, words: dict[str, str]) -> None:
    statement = f"update {table} set {column} = :becomes where {column} = :was and {where}"
    for was, becomes in words.items():
        op.get_bind().execute(sa.text(statement), {"was": was, "becomes": becomes})


def upgrade() -> None:
    for table, column, where, words in CONVERTED:
        _rewrite(table, column, where, words)


def downgrade() -> None:
    for table, column, where, words in CONVERTED:
        _rewrite(table, column, where, {code: sentence for sentence, code in words.items()})
