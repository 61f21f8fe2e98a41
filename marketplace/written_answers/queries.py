"""Reading written answers: its coach and mentee see one, admins a contested one."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.written_answers import rules
from marketplace.written_answers.models import AnswerFile, AnswerReport, WrittenAnswer

WHOLE = (
    joinedload(WrittenAnswer.coach, innerjoin=True),
    joinedload(WrittenAnswer.mentee, innerjoin=True),
    joinedload(WrittenAnswer.payment),
)
PAGE = 20


def visible_to(actor: User) -> Select[WrittenAnswer]:
    """The answers that exist for `actor`: those they ordered, and as a coach those that were ordered of them."""
    own_coach = select(Coach.id).where(Coach.user_id == actor.id)
    whose = or_(WrittenAnswer.mentee_id == actor.id, WrittenAnswer.coach_id.in_(own_coach))
    return select(WrittenAnswer).options(*WHOLE).where(whose)


def one(actor: User, answer_id: uuid.UUID) -> WrittenAnswer:
    """One answer that `actor` may see, with coach, mentee and payment; NotFound."""
    chosen = visible_to(actor).where(WrittenAnswer.id == answer_id)
    return _there(session().scalar(chosen, execution_options={"populate_existing": True}))


def locked(answer_id: uuid.UUID) -> WrittenAnswer:
    """An answer as it is now, with its people and payment, locked until the transaction ends; NotFound."""
    chosen = (
        select(WrittenAnswer).options(*WHOLE).where(WrittenAnswer.id == answer_id).with_for_update(of=WrittenAnswer)
    )
    return _there(session().scalar(chosen, execution_options={"populate_existing": True}))


def of_payment(payment_id: uuid.UUID) -> WrittenAnswer | None:
    """What a payment pays for, if that is a written answer."""
    chosen = select(WrittenAnswer).options(*WHOLE).where(WrittenAnswer.payment_id == payment_id)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def payment_of(answer_id: uuid.UUID) -> Payment | None:
    """The payment of an answer, if it was begun."""
    chosen = select(Payment).join(WrittenAnswer, WrittenAnswer.payment_id == Payment.id)
    return session().scalar(chosen.where(WrittenAnswer.id == answer_id))


def page_for(
    actor: User, *, as_coach: bool, after: uuid.UUID | None = None, limit: int = PAGE
) -> tuple[Sequence[WrittenAnswer], uuid.UUID | None]:
    """What one ordered or, as a coach, writes, the newest first, and where the next page begins."""
    whose = (
        WrittenAnswer.coach_id.in_(select(Coach.id).where(Coach.user_id == actor.id))
        if as_coach
        else WrittenAnswer.mentee_id == actor.id
    )
    chosen = select(WrittenAnswer).options(*WHOLE).where(whose)
    if after is not None:
        chosen = chosen.where(WrittenAnswer.id < after)
    found = session().scalars(chosen.order_by(WrittenAnswer.id.desc()).limit(limit + 1)).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def to_write(coach_id: uuid.UUID, limit: int = 50) -> Sequence[WrittenAnswer]:
    """What a coach has to write: answers, and replies to the question after one; the first to be due first."""
    asked = and_(
        WrittenAnswer.status == rules.DELIVERED,
        WrittenAnswer.follow_up_at.is_not(None),
        WrittenAnswer.follow_up_answered_at.is_(None),
    )
    chosen = (
        select(WrittenAnswer)
        .options(*WHOLE)
        .where(WrittenAnswer.coach_id == coach_id, or_(WrittenAnswer.status == rules.ORDERED, asked))
    )
    return session().scalars(chosen.order_by(WrittenAnswer.deliver_by, WrittenAnswer.id).limit(limit)).all()


def unpaid_too_long(limit: int = 200) -> Sequence[uuid.UUID]:
    """Answers that were not paid for in time."""
    return _ids(WrittenAnswer.status == rules.UNPAID, WrittenAnswer.pay_until <= clock.now(), limit=limit)


def overdue(limit: int = 200) -> Sequence[uuid.UUID]:
    """Answers whose time is over: not written, or written and perhaps not to be paid any more."""
    under_way = WrittenAnswer.status.in_(rules.UNDER_WAY)
    return _ids(under_way, WrittenAnswer.deliver_by <= clock.now(), limit=limit)


def to_remind(limit: int = 200) -> Sequence[uuid.UUID]:
    """Answers that are due within a day and of which the coach was not reminded."""
    due = WrittenAnswer.deliver_by <= clock.now() + rules.REMIND_BEFORE
    return _ids(WrittenAnswer.status == rules.ORDERED, WrittenAnswer.reminded_at.is_(None), due, limit=limit)


def follow_ups_to_remind(limit: int = 200) -> Sequence[uuid.UUID]:
    """Questions after an answer that wait for days, and of which the coach was not reminded."""
    return _ids(
        WrittenAnswer.status == rules.DELIVERED,
        WrittenAnswer.follow_up_at <= clock.now() - rules.REMIND_OF_FOLLOW_UP_AFTER,
        WrittenAnswer.follow_up_answered_at.is_(None),
        WrittenAnswer.follow_up_reminded_at.is_(None),
        limit=limit,
    )


def _ids(*which: ColumnElement[bool], limit: int) -> Sequence[uuid.UUID]:
    return session().scalars(select(WrittenAnswer.id).where(*which).order_by(WrittenAnswer.id).limit(limit)).all()


def unreleased(limit: int = 500) -> Sequence[uuid.UUID]:
    """Delivered answers whose kept money may be due to the coach: settled, undisputed, the window perhaps over."""
    chosen = (
        select(WrittenAnswer.id)
        .join(Payment, Payment.id == WrittenAnswer.payment_id)
        .where(
            WrittenAnswer.status == rules.DELIVERED,
            WrittenAnswer.released_at.is_(None),
            WrittenAnswer.frozen_at.is_(None),
            WrittenAnswer.refunded_cents < WrittenAnswer.price_cents,
            func.greatest(WrittenAnswer.delivered_at, WrittenAnswer.follow_up_at) <= clock.now() - rules.REPORTABLE_FOR,
            Payment.status == payment_rules.PAID,
            Payment.available_on <= clock.now(),
            Payment.disputed_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(WrittenAnswer.delivered_at).limit(limit)).all()


def files_of(answer_id: uuid.UUID) -> Sequence[AnswerFile]:
    """The files of an answer in the order in which they came; the caller has checked who may see them."""
    return session().scalars(select(AnswerFile).where(AnswerFile.answer_id == answer_id).order_by(AnswerFile.id)).all()


def file(actor: User, answer_id: uuid.UUID, file_id: uuid.UUID) -> AnswerFile:
    """One of them; NotFound for everybody but the coach and, once it is delivered, the mentee."""
    answer = one(actor, answer_id)
    if answer.delivered_at is None and answer.coach.user_id != actor.id:
        raise NotFound
    found = session().scalar(select(AnswerFile).where(AnswerFile.id == file_id, AnswerFile.answer_id == answer_id))
    if found is None:
        raise NotFound
    return found


def report_of(answer_id: uuid.UUID) -> AnswerReport | None:
    """The report of an answer, if there is one; the caller has checked who may see it."""
    chosen = select(AnswerReport).where(AnswerReport.answer_id == answer_id)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def locked_report(answer_id: uuid.UUID) -> AnswerReport:
    """The same, locked until the transaction ends; the answer's row is locked before it. NotFound."""
    chosen = select(AnswerReport).where(AnswerReport.answer_id == answer_id).with_for_update()
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def report(admin: User, report_id: uuid.UUID) -> AnswerReport:
    """A report with the answer and both people, for admins; raises NotFound."""
    only_admins(admin)
    chosen = select(AnswerReport).options(*_reported()).where(AnswerReport.id == report_id)
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def reports_for(admin: User, *, settled: bool = False, limit: int = 100) -> Sequence[AnswerReport]:
    """Reports that wait for a decision, the oldest first; or those that are settled, the latest first."""
    only_admins(admin)
    chosen = select(AnswerReport).options(*_reported()).limit(limit)
    if settled:
        chosen = chosen.where(AnswerReport.settled_at.is_not(None)).order_by(AnswerReport.settled_at.desc())
    else:
        chosen = chosen.where(AnswerReport.status == rules.CONTESTED).order_by(AnswerReport.reported_at)
    return session().scalars(chosen).all()


def unanswered_reports(limit: int = 200) -> Sequence[uuid.UUID]:
    """The ids of the answers whose reports the coach has not answered in time."""
    due = AnswerReport.answer_by <= clock.now()
    return (
        session()
        .scalars(select(AnswerReport.answer_id).where(AnswerReport.status == rules.OPEN, due).limit(limit))
        .all()
    )


def _reported() -> tuple[ExecutableOption, ...]:
    about = joinedload(AnswerReport.about, innerjoin=True)
    return (
        about.joinedload(WrittenAnswer.coach, innerjoin=True),
        about.joinedload(WrittenAnswer.mentee, innerjoin=True),
        about.joinedload(WrittenAnswer.payment),
    )


def _there(found: WrittenAnswer | None) -> WrittenAnswer:
    if found is None:
        raise NotFound
    return found
