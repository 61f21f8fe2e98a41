"""Who came to a session: what its page says of it to its reader, and what she may say herself."""

from dataclasses import dataclass

from marketplace.attendance import rules
from marketplace.attendance.models import NoShowReport
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CONFIRMED, may_complete
from marketplace.money import spoken
from marketplace.pages.wording import COACH, MENTEE, Reader, coach_of, price

ANSWERS = {
    rules.TOOK_PLACE: "It took place",
    rules.MENTEE_NO_SHOW: "{mentee} did not come",
    rules.COACH_NO_SHOW: "I did not come: {price} go back",
}


@dataclass(frozen=True)
class WhoCame:
    """What there is to read and to do: who says what (a sentence, and what she wrote herself), and what follows."""

    claims: tuple[tuple[str, str], ...]
    outcome: str
    reason: str
    may_report: bool
    may_withdraw: bool
    answers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, booking: Booking, report: NoShowReport | None, reader: Reader) -> "WhoCame":
        """For one reader of the session; `report` is what a mentee said, if she did."""
        times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "now": reader.now}
        released = booking.released_at is not None
        if report is None:
            may = reader.side == MENTEE and rules.may_report(status=booking.status, released=released, **times)
            return cls((), "", "", may, False, ())
        live = rules.is_live(report.status)
        answers: tuple[str, ...] = ()
        if live and reader.side == COACH:
            answers = tuple(
                answer
                for answer in rules.ANSWERS
                if answer == rules.COACH_NO_SHOW
                or (
                    report.status == rules.OPEN
                    and booking.status == CONFIRMED
                    and may_complete(outcome=answer, **times)
                )
            )
        words = {"mentee": booking.mentee.name, "price": price(booking)}
        return cls(
            claims=tuple(_claims(booking, report, reader)),
            outcome=_outcome(booking, report, reader),
            reason=_reason(booking, report),
            may_report=False,
            may_withdraw=live and reader.side == MENTEE,
            answers=tuple((answer, ANSWERS[answer].format(**words)) for answer in answers),
        )


def _claims(booking: Booking, report: NoShowReport, reader: Reader) -> list[tuple[str, str]]:
    mentee, coach = booking.mentee.name, coach_of(booking)
    says = "You say" if reader.side == MENTEE else f"{mentee} says"
    claims = [(f"{says} that {'you' if reader.side == COACH else coach} did not come.", report.words)]
    if report.answer is not None:
        says = "You say" if reader.side == COACH else f"{coach} says"
        how = {
            rules.TOOK_PLACE: "that it took place",
            rules.MENTEE_NO_SHOW: f"that {'you' if reader.side == MENTEE else mentee} did not come",
            rules.COACH_NO_SHOW: "so, too",
        }[report.answer]
        claims.append((f"{says} {how}.", report.answer_words or ""))
    return claims


def _outcome(booking: Booking, report: NoShowReport, reader: Reader) -> str:
    mentee = "you" if reader.side == MENTEE else booking.mentee.name
    coach = "you" if reader.side == COACH else coach_of(booking)
    back = spoken(report.refund_cents or 0, booking.currency)
    if report.status == rules.OPEN:
        who = "You" if reader.side == COACH else coach
        until = reader.when(report.answer_by)
        return f"{who} may answer until {until}. Without an answer {price(booking)} go back to {mentee}."
    return {
        rules.CONTESTED: "Somebody of us reads both and decides. Until then no money moves.",
        rules.UPHELD: f"That is settled: {back} go back to {mentee}.",
        rules.REJECTED: f"That is settled: the price stays with {coach}.",
        rules.SPLIT: f"That is settled: {back} go back to {mentee}, the rest stays with {coach}.",
        rules.WITHDRAWN: f"{'You' if reader.side == MENTEE else mentee} took that back.",
    }[report.status]


def _reason(booking: Booking, report: NoShowReport) -> str:
    """Why an admin decided so; what a coach said giving in stands with what she says."""
    return (report.settled_why or "") if report.settled_by != booking.coach.user_id else ""
