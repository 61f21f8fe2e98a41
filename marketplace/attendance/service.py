"""Commands: report a no-show, answer, withdraw, decide."""

import uuid

from sqlalchemy.dialects.postgresql import insert

from marketplace import authority, clock, config
from marketplace.accounts.models import User
from marketplace.accounts.service import notify_admins
from marketplace.attendance import queries, rules
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.transitions import ACTIONS, transition
from marketplace.audit.service import record
from marketplace.bookings import queries as booking_queries
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.completions import service as completions
from marketplace.bookings.completions.service import mark
from marketplace.bookings.contested_sessions import service as contested_sessions
from marketplace.bookings.models import Booking
from marketplace.bookings.no_show_refunds import service as no_show_refunds
from marketplace.bookings.notifications import attendance as attendance_notifications
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.languages import gettext as _
from marketplace.money import spoken


class NotReportable(Conflict):
    """One says so from the end of the waiting time until 24 hours after the session, while its money is still here."""


class ReportedAlready(Conflict):
    """You have said so already."""


class ReportSettled(Conflict):
    """This has been settled already."""


@transactional
def report_no_show(actor: User, *, booking_id: uuid.UUID, words: str = "") -> Booking:
    """Report that the other of a session's two people did not come.

    By the coach: the session is completed so. By the mentee: the coach has 24 hours to answer, then everything is
    refunded; where the coach has said already how it was, an admin decides. Raises NotReportable, ReportedAlready,
    NotOverYet, SessionNotConfirmed, SessionFrozen.
    """
    booking = booking_queries.locked_for(actor, booking_id)
    if booking.coach.user_id == actor.id:
        return completions.complete(actor, booking_id=booking_id, outcome=booking_rules.MENTEE_NO_SHOW)
    if booking.mentee_id != actor.id:
        raise NotAllowed(_("Only the mentee and the coach of a session report who came."))
    _refuse_unreportable(booking)
    report = _insert_report(booking, words)
    contested_sessions.freeze(booking)
    record(actor.id, "booking.no_show_reported", booking.id)
    if report.status == rules.OPEN:
        attendance_notifications.reported(booking, words=words, answer_by=report.answer_by)
    else:
        record(None, ACTIONS[rules.CONTESTED], booking.id, answer=report.answer)
        _ask_an_admin(booking, report)
    return booking


def _refuse_unreportable(booking: Booking) -> None:
    if not rules.may_report(
        status=booking.status,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        released=booking.released_at is not None,
        now=clock.now(),
    ):
        raise NotReportable


def _insert_report(booking: Booking, words: str) -> NoShowReport:
    """The report, with what the coach has said already; raises ReportedAlready."""
    now, said = clock.now(), booking.outcome
    row = {
        "id": uuid7(),
        "booking_id": booking.id,
        "status": rules.CONTESTED if said else rules.OPEN,
        "words": words,
        "reported_at": now,
        "answer_by": now + rules.ANSWERABLE_FOR,
        "answer": said,
        "answered_at": booking.ended_at if said else None,
    }
    written = insert(NoShowReport).values(row).on_conflict_do_nothing(index_elements=["booking_id"])
    if session().scalar(written.returning(NoShowReport.id)) is None:
        raise ReportedAlready
    return queries.locked(booking.id)


@transactional
def answer_no_show(coach_user: User, *, booking_id: uuid.UUID, answer: str, words: str = "") -> Booking:
    """Answer as the coach: coach_no_show refunds everything; took_place or mentee_no_show has an admin decide.

    Until the decision the coach may answer again. Raises ReportSettled, NotOverYet.
    """
    booking = booking_queries.locked_for(coach_user, booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotAllowed(_("Only the coach answers it."))
    report = _unsettled(booking)
    first = report.status == rules.OPEN
    if first and answer != rules.COACH_NO_SHOW:
        mark(booking, outcome=answer, by=coach_user.id)
    report.answer, report.answer_words, report.answered_at = answer, words, clock.now()
    if answer == rules.COACH_NO_SHOW:
        _uphold(booking, report, by=coach_user.id, why=words)
    elif first:
        transition(report, rules.CONTESTED, answer=answer)
        _ask_an_admin(booking, report)
    return booking


@transactional
def withdraw_no_show(mentee: User, *, booking_id: uuid.UUID) -> Booking:
    """Withdraw one's report as the mentee; the session goes its usual way. Raises ReportSettled."""
    booking = booking_queries.locked_for(mentee, booking_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed(_("Only the mentee who reported it withdraws it."))
    transition(_unsettled(booking), rules.WITHDRAWN, by=mentee.id)
    contested_sessions.unfreeze(booking)
    attendance_notifications.withdrawn(booking)
    return booking


@transactional
def decide(
    admin: User, *, report_id: uuid.UUID, verdict: str, reason: str, refund_cents: int | None = None
) -> NoShowReport:
    """Refund everything, pay the coach, or split: then `refund_cents` are refunded. Both read the reason.

    Raises ReportSettled, Invalid naming `refund`, OwnCase.
    """
    booking = booking_queries.locked(queries.one(admin, report_id).booking_id)
    report = queries.locked(booking.id)
    authority.check_impartial(admin.id, booking.mentee_id, booking.coach.user_id)
    if report.status != rules.CONTESTED:
        raise ReportSettled
    if verdict == rules.REFUND:
        _uphold(booking, report, by=admin.id, why=reason)
        return report
    if verdict == rules.SHARE:
        no_show_refunds.refund(booking, cents=_part(booking, refund_cents))
    else:
        contested_sessions.unfreeze(booking)
    refunded = booking.refunded_cents
    transition(report, rules.VERDICTS[verdict], by=admin.id, reason=reason, refund_cents=refunded, verdict=verdict)
    attendance_notifications.settled(booking, status=report.status, why=reason, by_admin=True)
    return report


def _part(booking: Booking, refund_cents: int | None) -> int:
    if refund_cents is None or not 0 < refund_cents < booking.price_cents:
        price = spoken(booking.price_cents, booking.currency)
        raise Invalid(refund=_("Say how much is refunded: more than nothing and less than %(price)s.", price=price))
    return refund_cents


def settle_unanswered() -> None:
    """Uphold every report that the coach did not answer in time: everything is refunded."""
    for booking_id in queries.unanswered():
        _settle_unanswered(booking_id)


@transactional
def _settle_unanswered(booking_id: uuid.UUID) -> None:
    booking = booking_queries.locked(booking_id)
    report = queries.locked(booking_id)
    if report.status == rules.OPEN and report.answer_by <= clock.now():
        _uphold(booking, report, by=None, why="")


def _unsettled(booking: Booking) -> NoShowReport:
    report = queries.locked(booking.id)
    if not rules.is_unsettled(report.status):
        raise ReportSettled
    return report


def _uphold(booking: Booking, report: NoShowReport, *, by: uuid.UUID | None, why: str) -> None:
    no_show_refunds.cancel_for_no_show(booking, by=by)
    transition(report, rules.UPHELD, by=by, reason=why, refund_cents=booking.refunded_cents)
    attendance_notifications.settled(
        booking, status=rules.UPHELD, why=why, by_admin=by not in {None, booking.coach.user_id}
    )


def _ask_an_admin(booking: Booking, report: NoShowReport) -> None:
    answer = report.answer or ""
    attendance_notifications.contested(
        booking, words=report.words, answer=answer, answer_words=report.answer_words or ""
    )
    notify_admins(
        template="no_show_to_decide",
        key=f"no-show-to-decide:{report.id}",
        mentee=booking.mentee.name,
        coach=booking.coach.user.name,
        title=booking.title,
        price_cents=booking.price_cents,
        currency=booking.currency,
        answer=answer,
        report_url=f"{config.current().public_url}/admin/attendance/{report.id}",
    )
