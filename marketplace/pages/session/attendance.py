"""Who came to a session: what is said of it to its reader, and what the reader may say."""

from dataclasses import dataclass

from flask import url_for

from marketplace.attendance import rules
from marketplace.attendance.models import NoShowReport
from marketplace.bookings.completions.rules import may_complete
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import COMPLETED, CONFIRMED
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.money import spoken
from marketplace.pages.session.parts import Action, ReasonForm
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_of, price

ANSWERS = {
    rules.TOOK_PLACE: "It took place",
    rules.MENTEE_NO_SHOW: "{mentee} did not come",
    rules.COACH_NO_SHOW: "I did not come: refund {price}",
}
# What the mentee reported, as each reads it.
REPORTED = {
    MENTEE: "You say that {coach} did not come.",
    COACH: "{mentee} says that you did not come.",
    ADMIN: "{mentee} says that {coach} did not come.",
}
# What the coach answered, as each reads it.
ANSWERED = {
    rules.TOOK_PLACE: {
        MENTEE: "{coach} says that it took place.",
        COACH: "You say that it took place.",
        ADMIN: "{coach} says that it took place.",
    },
    rules.MENTEE_NO_SHOW: {
        MENTEE: "{coach} says that you did not come.",
        COACH: "You say that {mentee} did not come.",
        ADMIN: "{coach} says that {mentee} did not come.",
    },
    rules.COACH_NO_SHOW: {
        MENTEE: "{coach} says so, too.",
        COACH: "You say so, too.",
        ADMIN: "{coach} says so, too.",
    },
}
_DECIDES = "An admin reads both sides and decides. Until then no money moves."
# What follows, by the report's status, as each reads it.
FOLLOWS = {
    rules.OPEN: {
        MENTEE: "{coach} may answer until {until}. Without an answer {price} is refunded to you.",
        COACH: "You may answer until {until}. Without an answer {price} is refunded to {mentee}.",
        ADMIN: "{coach} may answer until {until}. Without an answer {price} is refunded to {mentee}.",
    },
    rules.CONTESTED: {MENTEE: _DECIDES, COACH: _DECIDES, ADMIN: _DECIDES},
    rules.UPHELD: {
        MENTEE: "Settled: {refund} is refunded to you.",
        COACH: "Settled: {refund} is refunded to {mentee}.",
        ADMIN: "Settled: {refund} is refunded to {mentee}.",
    },
    rules.REJECTED: {
        MENTEE: "Settled: the price stays with {coach}.",
        COACH: "Settled: the price stays with you.",
        ADMIN: "Settled: the price stays with {coach}.",
    },
    rules.SPLIT: {
        MENTEE: "Settled: {refund} is refunded to you, the rest stays with {coach}.",
        COACH: "Settled: {refund} is refunded to {mentee}, the rest stays with you.",
        ADMIN: "Settled: {refund} is refunded to {mentee}, the rest stays with {coach}.",
    },
    rules.WITHDRAWN: {
        MENTEE: "You withdrew the report.",
        COACH: "{mentee} withdrew the report.",
        ADMIN: "{mentee} withdrew the report.",
    },
}


@dataclass(frozen=True)
class Claim:
    """What somebody says, and what they wrote themselves."""

    sentence: str
    words: str


@dataclass(frozen=True)
class AnswerForm:
    """What the coach may answer, as pairs of value and words; one alone is a button."""

    answers: tuple[tuple[str, str], ...]
    url: str
    help: str
    longest: int = LONGEST_REASON


@dataclass(frozen=True)
class Attendance:
    """What there is to read, who says what and what follows; and what there is to do."""

    claims: tuple[Claim, ...] = ()
    outcome: str = ""
    reason: str = ""
    report: ReasonForm | None = None
    withdraw: Action | None = None
    answer: AnswerForm | None = None

    @classmethod
    def of(cls, booking: Booking, report: NoShowReport | None, reader: Reader) -> "Attendance":
        """For one reader of the session; `report` is what its mentee reported, if anything."""
        if report is None:
            return cls(report=_report_form(booking) if _may_report(booking, reader) else None)
        withdraw = None
        if rules.is_unsettled(report.status) and reader.side == MENTEE:
            url = url_for("session_actions.withdraw_no_show", booking_id=booking.id)
            withdraw = Action("Withdraw the report", url, fields={})
        return cls(
            claims=tuple(_claims(booking, report, reader)),
            outcome=_outcome(booking, report, reader),
            reason=_reason(booking, report),
            withdraw=withdraw,
            answer=_answer_form(booking, report, reader),
        )


def _may_report(booking: Booking, reader: Reader) -> bool:
    return reader.side == MENTEE and rules.may_report(
        status=booking.status,
        released=booking.released_at is not None,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        now=reader.now,
    )


def _report_form(booking: Booking) -> ReasonForm:
    coach = coach_of(booking)
    if booking.status == COMPLETED:
        intro = f"{coach} says otherwise already, so an admin reads both sides and decides."
    else:
        intro = f"{coach} has 24 hours to say otherwise. Without an answer {price(booking)} is refunded to your card."
    return ReasonForm(
        summary=f"{coach} did not come",
        url=url_for("session_actions.report_no_show", booking_id=booking.id),
        field="words",
        label="What happened",
        help=f"{coach} reads it.",
        submit=f"Report that {coach} did not come",
        intro=intro,
    )


def _answer_form(booking: Booking, report: NoShowReport, reader: Reader) -> AnswerForm | None:
    if reader.side != COACH or not rules.is_unsettled(report.status):
        return None
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "now": reader.now}
    may_contest = report.status == rules.OPEN and booking.status == CONFIRMED
    words = {"mentee": booking.mentee.name, "price": price(booking)}
    answers = tuple(
        (answer, ANSWERS[answer].format(**words))
        for answer in rules.ANSWERS
        if answer == rules.COACH_NO_SHOW or (may_contest and may_complete(outcome=answer, **times))
    )
    url = url_for("session_actions.answer_no_show", booking_id=booking.id)
    return AnswerForm(answers, url, f"{booking.mentee.name} reads it, and the admin who decides.")


def _claims(booking: Booking, report: NoShowReport, reader: Reader) -> list[Claim]:
    names = {"mentee": booking.mentee.name, "coach": coach_of(booking)}
    claims = [Claim(REPORTED[reader.side].format(**names), report.words)]
    if report.answer is not None:
        answered = ANSWERED[report.answer][reader.side].format(**names)
        claims.append(Claim(answered, report.answer_words or ""))
    return claims


def _outcome(booking: Booking, report: NoShowReport, reader: Reader) -> str:
    return FOLLOWS[report.status][reader.side].format(
        mentee=booking.mentee.name,
        coach=coach_of(booking),
        until=reader.when(report.answer_by),
        price=price(booking),
        refund=spoken(report.refund_cents or 0, booking.currency),
    )


def _reason(booking: Booking, report: NoShowReport) -> str:
    """Why an admin decided so; what a coach wrote when giving in stands with the coach's answer."""
    return (report.settled_why or "") if report.settled_by != booking.coach.user_id else ""
