"""Who came to a session: what its page says of it to its reader, and what she may say herself."""

from dataclasses import dataclass

from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CONFIRMED, TOOK_PLACE, may_complete
from marketplace.cases import rules
from marketplace.cases.models import NoShowReport
from marketplace.money import spoken
from marketplace.pages.wording import COACH, MENTEE, Reader, coach_of, price

ANSWERS = {
    rules.TOOK_PLACE: "It took place",
    rules.MENTEE_NO_SHOW: "{mentee} did not come",
    rules.COACH_NO_SHOW: "I did not come: {price} go back",
}


@dataclass(frozen=True)
class WhoCame:
    """What there is to read (`sentences`, in order, and what the two wrote) and to do."""

    sentences: tuple[str, ...]
    written: tuple[tuple[str, str], ...]
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
            return cls((), (), may, False, ())
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
            sentences=tuple(_told(booking, report, reader)),
            written=tuple(_written(booking, report)),
            may_report=False,
            may_withdraw=live and reader.side == MENTEE,
            answers=tuple((answer, ANSWERS[answer].format(**words)) for answer in answers),
        )


def _told(booking: Booking, report: NoShowReport, reader: Reader) -> list[str]:
    mentee = "You" if reader.side == MENTEE else booking.mentee.name
    coach = "You" if reader.side == COACH else coach_of(booking)
    says = "say" if reader.side == MENTEE else "says"
    whom = "you" if reader.side == COACH else coach_of(booking)
    absent = "you" if reader.side == MENTEE else booking.mentee.name
    sentences = [f"{mentee} {says} that {whom} did not come."]
    if report.status == rules.OPEN:
        whose = "your card" if reader.side == MENTEE else f"{booking.mentee.name}'s card"
        until = reader.when(report.answer_by)
        sentences.append(f"{coach} may answer until {until}. Without an answer {price(booking)} go back to {whose}.")
    if report.answer in {rules.TOOK_PLACE, rules.MENTEE_NO_SHOW}:
        how = "it took place" if report.answer == TOOK_PLACE else f"{absent} did not come"
        sentences.append(f"{coach} {'say' if reader.side == COACH else 'says'} that {how}.")
    return [*sentences, *_outcome(booking, report, reader)]


def _outcome(booking: Booking, report: NoShowReport, reader: Reader) -> list[str]:
    mentee = "you" if reader.side == MENTEE else booking.mentee.name
    coach = "you" if reader.side == COACH else coach_of(booking)
    back = spoken(report.refund_cents or 0, booking.currency)
    return {
        rules.OPEN: [],
        rules.CONTESTED: ["Somebody of us reads both and decides. Until then no money moves."],
        rules.UPHELD: [f"That is settled: {back} go back to {mentee}."],
        rules.REJECTED: [f"That is settled: the price stays with {coach}."],
        rules.SPLIT: [f"That is settled: {back} go back to {mentee}, the rest stays with {coach}."],
        rules.WITHDRAWN: [f"{'You' if reader.side == MENTEE else mentee} took that back."],
    }[report.status]


def _written(booking: Booking, report: NoShowReport) -> list[tuple[str, str]]:
    """Who wrote what, the mentee first, whoever settled it last."""
    mentee, coach = booking.mentee.name, coach_of(booking)
    decided = report.status in {rules.REJECTED, rules.SPLIT} or report.settled_by not in {None, booking.coach.user_id}
    notes = [(mentee, report.words), (coach, report.answer_words or "")]
    if decided and report.settled_why:
        notes.append(("The reason", report.settled_why))
    return [(who, text) for who, text in notes if text]
