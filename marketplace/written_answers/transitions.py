"""The one place where a written answer, or a report of one, changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.written_answers import rules
from marketplace.written_answers.models import AnswerReport, WrittenAnswer


def transition_answer(
    answer: WrittenAnswer, to: str, *, by: uuid.UUID | None = None, reason: str | None = None, **facts: Any
) -> None:
    """Move a locked answer to `to`; raises TransitionRefused. `by` did it, None for the application."""
    rules.STATES.check(answer.status, to)
    now = clock.now()
    answer.status = to
    if to == rules.ORDERED:
        answer.ordered_at = now
    if to == rules.SUBMITTED:
        answer.submitted_at = now
    if to == rules.DELIVERED:
        answer.delivered_at = now
    ended = to in rules.CALLED_OFF or to == rules.REFUNDED
    answer.ended_at, answer.end_reason = (now, reason) if ended else (None, None)
    if reason is not None:
        facts["reason"] = reason
    record(by, f"written_answer.{to}", answer.id, **facts)


def transition_report(
    report: AnswerReport, to: str, *, by: uuid.UUID | None = None, reason: str | None = None, **facts: Any
) -> None:
    """Move a locked report to `to`; settled, it keeps who settled it and why. Raises TransitionRefused."""
    rules.REPORTS.check(report.status, to)
    report.status = to
    if to in rules.REPORTS.final:
        report.settled_at = clock.now()
        report.settled_by = by
        report.settled_why = reason or ""
    record(by, f"written_answer.report_{to}", report.answer_id, **facts)
