"""Commands: report that this is no answer, respond to that, withdraw it, decide."""

import uuid

from sqlalchemy.dialects.postgresql import insert

from marketplace import authority, clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import refunds
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import AnswerReport, WrittenAnswer
from marketplace.written_answers.notifications import mails
from marketplace.written_answers.service.deliveries import of_coach
from marketplace.written_answers.service.follow_ups import of_mentee
from marketplace.written_answers.transitions import transition_answer, transition_report


class AnswerNotReportable(Conflict):
    """One says so within seven days of the answer, or of the question after it, while its money is still here."""


class AnswerReportedAlready(Conflict):
    """You have said so already."""


class AnswerReportSettled(Conflict):
    """This has been settled already."""


@transactional
def report(mentee: User, *, answer_id: uuid.UUID, words: str) -> AnswerReport:
    """Report that this is no answer: the money waits, and the coach has 72 hours to respond, else it is refunded.

    Raises NotFound for everybody but the mentee, AnswerNotReportable, AnswerReportedAlready.
    """
    answer = of_mentee(mentee, answer_id)
    if not rules.may_report(
        answer.status,
        delivered_at=answer.delivered_at,
        follow_up_at=answer.follow_up_at,
        released=answer.released_at is not None,
        now=clock.now(),
    ):
        raise AnswerNotReportable
    now = clock.now()
    row = {
        "id": uuid7(),
        "answer_id": answer.id,
        "status": rules.OPEN,
        "words": words,
        "reported_at": now,
        "answer_by": now + rules.ANSWERABLE_FOR,
    }
    written = insert(AnswerReport).values(row).on_conflict_do_nothing(index_elements=["answer_id"])
    if session().scalar(written.returning(AnswerReport.id)) is None:
        raise AnswerReportedAlready
    answer.frozen_at = now
    record(mentee.id, "written_answer.reported", answer.id)
    made = queries.locked_report(answer.id)
    mails.tell_reported(answer, made)
    return made


@transactional
def respond(coach: User, *, answer_id: uuid.UUID, response: str, words: str) -> AnswerReport:
    """Respond as the coach: `agree` refunds everything, `disagree` has an admin decide.

    Until the decision the coach may respond again. Raises NotFound, AnswerReportSettled.
    """
    answer = of_coach(coach, answer_id)
    found = _unsettled(answer)
    found.answer_words, found.answered_at = words, clock.now()
    if response == rules.AGREES:
        _uphold(answer, found, by=coach, why=words)
    elif found.status == rules.OPEN:
        transition_report(found, rules.CONTESTED, by=coach.id)
        mails.tell_contested(answer, found)
    return found


@transactional
def withdraw(mentee: User, *, answer_id: uuid.UUID) -> AnswerReport:
    """Withdraw one's report as the mentee: the money goes its usual way. Raises NotFound, AnswerReportSettled."""
    answer = of_mentee(mentee, answer_id)
    found = _unsettled(answer)
    transition_report(found, rules.WITHDRAWN, by=mentee.id)
    answer.frozen_at = None
    mails.tell_settled(answer, found)
    return found


@transactional
def decide(admin: User, *, report_id: uuid.UUID, verdict: str, reason: str) -> AnswerReport:
    """Refund everything, or pay the coach; both read the reason. Raises NotFound, AnswerReportSettled, OwnCase."""
    answer = queries.locked(queries.report(admin, report_id).answer_id)
    found = queries.locked_report(answer.id)
    authority.check_impartial(admin.id, answer.mentee_id, answer.coach.user_id)
    if found.status != rules.CONTESTED:
        raise AnswerReportSettled
    if verdict == rules.REFUND:
        _uphold(answer, found, by=admin, why=reason)
    else:
        transition_report(found, rules.VERDICTS[verdict], by=admin.id, reason=reason)
        answer.frozen_at = None
        mails.tell_settled(answer, found)
    return found


def settle_reports() -> None:
    """Uphold every report that the coach did not answer in time: everything is refunded."""
    for answer_id in queries.unanswered_reports():
        _settle(answer_id)


@transactional
def _settle(answer_id: uuid.UUID) -> None:
    answer = queries.locked(answer_id)
    found = queries.locked_report(answer_id)
    if found.status == rules.OPEN and found.answer_by <= clock.now():
        _uphold(answer, found, by=None, why="")


def _unsettled(answer: WrittenAnswer) -> AnswerReport:
    found = queries.locked_report(answer.id)
    if found.status not in rules.UNSETTLED:
        raise AnswerReportSettled
    return found


def _uphold(answer: WrittenAnswer, found: AnswerReport, *, by: User | None, why: str) -> None:
    """Refund what a bank has not taken back already."""
    person_id = by.id if by is not None else None
    transition_answer(answer, rules.REFUNDED, by=person_id, reason=refund_reasons.NO_ANSWER)
    cents = answer.price_cents - answer.refunded_cents
    answer.refunded_cents = answer.price_cents
    answer.frozen_at = None
    if cents and answer.payment is not None:
        refunds.intend_refund(
            answer.payment, cents=cents, reason=refund_reasons.NO_ANSWER, key=f"no-answer:{answer.id}"
        )
    transition_report(found, rules.UPHELD, by=person_id, reason=why, refund_cents=cents)
    mails.tell_settled(answer, found)
