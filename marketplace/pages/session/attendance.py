"""Who came to a session: what is said of it to its reader, and what the reader may say."""

from dataclasses import dataclass

from flask import url_for

from marketplace.attendance import rules
from marketplace.attendance.models import NoShowReport
from marketplace.bookings.completions.rules import may_complete
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import COMPLETED, CONFIRMED
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages.session.parts import Action, ReasonForm
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_of, price

ANSWERS = {
    rules.TOOK_PLACE: _l("It took place"),
    rules.MENTEE_NO_SHOW: _l("{mentee} did not come"),
    rules.COACH_NO_SHOW: _l("I did not come: refund {price}"),
}
# What the mentee reported, as each reads it.
REPORTED = {
    MENTEE: _l("You say that {coach} did not come."),
    COACH: _l("{mentee} says that you did not come."),
    ADMIN: _l("{mentee} says that {coach} did not come."),
}
# What the coach answered, as each reads it.
ANSWERED = {
    rules.TOOK_PLACE: {
        MENTEE: _l("{coach} says that it took place."),
        COACH: _l("You say that it took place."),
        ADMIN: _l("{coach} says that it took place."),
    },
    rules.MENTEE_NO_SHOW: {
        MENTEE: _l("{coach} says that you did not come."),
        COACH: _l("You say that {mentee} did not come."),
        ADMIN: _l("{coach} says that {mentee} did not come."),
    },
    rules.COACH_NO_SHOW: {
        MENTEE: _l("{coach} says so, too."),
        COACH: _l("You say so, too."),
        ADMIN: _l("{coach} says so, too."),
    },
}
_OPEN = _l("{coach} may answer until {until}. Without an answer {price} is refunded to {payer}.")
_UPHELD = _l("Settled: {refund} is refunded to {payer}.")
_SPLIT = _l("Settled: {refund} is refunded to {payer}, the rest stays with {coach}.")
_DECIDES = _l("An admin reads both sides and decides. Until then no money moves.")
# What follows, by the report's status, as each reads it.
FOLLOWS = {
    rules.OPEN: {
        MENTEE: _l("{coach} may answer until {until}. Without an answer {price} is refunded to you."),
        COACH: _l("You may answer until {until}. Without an answer {price} is refunded to {payer}."),
        ADMIN: _OPEN,
    },
    rules.CONTESTED: {MENTEE: _DECIDES, COACH: _DECIDES, ADMIN: _DECIDES},
    rules.UPHELD: {
        MENTEE: _l("Settled: {refund} is refunded to you."),
        COACH: _UPHELD,
        ADMIN: _UPHELD,
    },
    rules.REJECTED: {
        MENTEE: _l("Settled: the price stays with {coach}."),
        COACH: _l("Settled: the price stays with you."),
        ADMIN: _l("Settled: the price stays with {coach}."),
    },
    rules.SPLIT: {
        MENTEE: _l("Settled: {refund} is refunded to you, the rest stays with {coach}."),
        COACH: _l("Settled: {refund} is refunded to {payer}, the rest stays with you."),
        ADMIN: _SPLIT,
    },
    rules.WITHDRAWN: {
        MENTEE: _l("You withdrew the report."),
        COACH: _l("{mentee} withdrew the report."),
        ADMIN: _l("{mentee} withdrew the report."),
    },
}
# The same for a mentee in whose stead somebody else paid.
FOLLOWS_FOR_PAYER = {rules.OPEN: _OPEN, rules.UPHELD: _UPHELD, rules.SPLIT: _SPLIT}


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
    def of(cls, booking: Booking, report: NoShowReport | None, reader: Reader, *, payer: str) -> "Attendance":
        """For one reader of the session; `report` is what its mentee reported, if anything.

        `payer` is who paid in the mentee's stead; '' where nobody did.
        """
        if report is None:
            return cls(report=_report_form(booking, payer) if _may_report(booking, reader) else None)
        withdraw = None
        if rules.is_unsettled(report.status) and reader.side == MENTEE:
            url = url_for("session_actions.withdraw_no_show", booking_id=booking.id)
            withdraw = Action(_("Withdraw the report"), url, fields={})
        return cls(
            claims=tuple(_claims(booking, report, reader)),
            outcome=_outcome(booking, report, reader, payer),
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


def _report_form(booking: Booking, payer: str) -> ReasonForm:
    coach = coach_of(booking)
    if booking.outcome == rules.MENTEE_NO_SHOW:
        return ReasonForm(
            summary=_("I was there"),
            url=url_for("session_actions.report_no_show", booking_id=booking.id),
            field="words",
            label=_("What happened"),
            help=_("%(name)s reads it, and the admin who decides.", name=coach),
            submit=_("Say that I was there"),
            intro=_(
                "%(coach)s says that you did not come. An admin reads both sides and decides; until then no money "
                "moves.",
                coach=coach,
            ),
        )
    if booking.status == COMPLETED:
        intro = _("%(coach)s says otherwise already, so an admin reads both sides and decides.", coach=coach)
    elif payer:
        intro = _(
            "%(coach)s has 24 hours to say otherwise. Without an answer %(price)s is refunded to %(name)s, who paid "
            "for it.",
            coach=coach,
            price=price(booking),
            name=payer,
        )
    else:
        intro = _(
            "%(coach)s has 24 hours to say otherwise. Without an answer %(price)s is refunded to your card.",
            coach=coach,
            price=price(booking),
        )
    return ReasonForm(
        summary=_("%(coach)s did not come", coach=coach),
        url=url_for("session_actions.report_no_show", booking_id=booking.id),
        field="words",
        label=_("What happened"),
        help=_("%(name)s reads it.", name=coach),
        submit=_("Report that %(coach)s did not come", coach=coach),
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
    return AnswerForm(answers, url, _("%(name)s reads it, and the admin who decides.", name=booking.mentee.name))


def _claims(booking: Booking, report: NoShowReport, reader: Reader) -> list[Claim]:
    names = {"mentee": booking.mentee.name, "coach": coach_of(booking)}
    claims = [Claim(REPORTED[reader.side].format(**names), report.words)]
    if report.answer is not None:
        answered = ANSWERED[report.answer][reader.side].format(**names)
        claims.append(Claim(answered, report.answer_words or ""))
    return claims


def _outcome(booking: Booking, report: NoShowReport, reader: Reader, payer: str) -> str:
    words = FOLLOWS[report.status][reader.side]
    if payer and reader.side == MENTEE:
        words = FOLLOWS_FOR_PAYER.get(report.status, words)
    return words.format(
        mentee=booking.mentee.name,
        payer=payer or booking.mentee.name,
        coach=coach_of(booking),
        until=reader.when(report.answer_by),
        price=price(booking),
        refund=spoken(report.refund_cents or 0, booking.currency),
    )


def _reason(booking: Booking, report: NoShowReport) -> str:
    """Why an admin decided so; what a coach wrote when giving in stands with the coach's answer."""
    return (report.settled_why or "") if report.settled_by != booking.coach.user_id else ""
