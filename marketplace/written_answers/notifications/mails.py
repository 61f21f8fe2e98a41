"""The mails about a written answer, each in the language of its reader."""

from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.service import notify_admins
from marketplace.languages import Preferences, speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments.billing_parties import queries as billing_parties
from marketplace.written_answers import rules
from marketplace.written_answers.models import AnswerReport, WrittenAnswer


def tell_ordered(answer: WrittenAnswer) -> None:
    """The coach has something to write, and the mentee knows what happens with the money."""
    _tell_both(answer, "answer_ordered")
    _tell_payer(answer, "ordered")


def remind_of_answer(answer: WrittenAnswer) -> None:
    """It is due within a day."""
    _tell(answer, answer.coach.user, "answer_due")


def tell_delivered(answer: WrittenAnswer) -> None:
    """It is there, and paid."""
    _tell_both(answer, "answer_delivered")


def tell_late(answer: WrittenAnswer) -> None:
    """It was not written in time, and nothing is paid."""
    _tell_both(answer, "answer_late")
    _tell_payer(answer, "released")


def tell_called_off(answer: WrittenAnswer) -> None:
    """The coach cannot write it, or the card could not be charged."""
    _tell_both(answer, "answer_called_off", card=answer.end_reason != rules.BY_COACH)
    _tell_payer(answer, "released")


def tell_paid_too_late(answer: WrittenAnswer) -> None:
    """The mentee paid for what cannot be had any more: nothing is kept."""
    _tell(answer, answer.mentee, "answer_paid_too_late")
    _tell_payer(answer, "too_late")


def tell_follow_up(answer: WrittenAnswer) -> None:
    """The mentee asks the question that is included."""
    _tell(answer, answer.coach.user, "answer_follow_up", reminder=False, words=answer.follow_up)


def remind_of_follow_up(answer: WrittenAnswer) -> None:
    """It waits for days."""
    key = f"answer_follow_up_reminder:{answer.id}"
    _tell(answer, answer.coach.user, "answer_follow_up", key=key, reminder=True, words=answer.follow_up)


def tell_follow_up_answered(answer: WrittenAnswer) -> None:
    """The coach replied."""
    _tell(answer, answer.mentee, "answer_follow_up_answered")


def tell_reported(answer: WrittenAnswer, report: AnswerReport) -> None:
    """The mentee says that this is no answer."""
    coach = answer.coach.user
    until = clock.spoken(report.answer_by, coach.timezone)
    _tell(answer, coach, "answer_reported", words=report.words, until=until)


def tell_contested(answer: WrittenAnswer, report: AnswerReport) -> None:
    """The coach sees it otherwise: an admin decides."""
    _tell_both(answer, "answer_contested")
    notify_admins(
        template="answer_to_decide",
        key=f"answer_to_decide:{report.id}",
        mentee=answer.mentee.name,
        coach=answer.coach.user.name,
        price_cents=answer.price_cents,
        currency=answer.currency,
        words=report.words,
        answer_words=report.answer_words or "",
        report_url=f"{config.current().public_url}/admin/attendance/written-answers/{report.id}",
    )


def tell_settled(answer: WrittenAnswer, report: AnswerReport) -> None:
    """It is decided, or was withdrawn."""
    _tell_both(answer, "answer_report_settled", outcome=report.status, why=report.settled_why or "")


def _tell_both(answer: WrittenAnswer, template: str, **more: Any) -> None:
    for reader in (answer.mentee, answer.coach.user):
        _tell(answer, reader, template, **more)


def _tell_payer(answer: WrittenAnswer, step: str) -> None:
    """What becomes of the money, for whoever pays in the mentee's stead; never what was asked."""
    party = billing_parties.of_subject(answer.id)
    if party is None or not party.email:
        return
    with speaking(Preferences(party.locale or config.current().default_locale)):
        notify(
            party.email,
            template="payer_answer",
            key=f"payer_answer:{answer.id}:{step}",
            step=step,
            name=party.name,
            mentee=answer.mentee.name,
            coach=answer.coach.user.name,
            coach_url=f"{config.current().public_url}/@{answer.coach.handle}",
            price=spoken(answer.price_cents, answer.currency),
            deliver_by=clock.spoken(answer.deliver_by, answer.mentee.timezone),
        )


def _tell(answer: WrittenAnswer, reader: User, template: str, *, key: str = "", **more: Any) -> None:
    party = billing_parties.of_subject(answer.id)
    side = "mentee" if reader.id == answer.mentee_id else "coach"
    with speaking(reader.preferences):
        notify(
            reader.email,
            template=template,
            key=key or f"{template}:{answer.id}:{side}",
            to_coach=side == "coach",
            name=reader.name,
            payer="" if party is None else party.name,
            mentee=answer.mentee.name,
            coach=answer.coach.user.name,
            question=answer.question,
            price=spoken(answer.price_cents, answer.currency),
            deliver_by=clock.spoken(answer.deliver_by, reader.timezone),
            answer_url=f"{config.current().public_url}/written-answers/{answer.id}",
            **more,
        )
