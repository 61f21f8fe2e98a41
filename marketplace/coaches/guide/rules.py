"""From a few answers to a kind of help with the reason, or to nothing that is sold. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

MENTOR, TUTOR, CAREER_COACH, THERAPIST, SPONSOR = "mentor", "tutor", "career_coach", "therapist", "sponsor"
YES, NO = "yes", "no"

# What somebody needs, in the order in which it is asked.
LEARN, DECIDE, CAREER, HURTS, DOOR, COMPANY, FACT = "learn", "decide", "career", "hurts", "door", "company", "fact"
NEEDS = {
    LEARN: _l("To learn a subject or a skill"),
    DECIDE: _l("The judgement of somebody who has done what I am about to do"),
    CAREER: _l("To find, change or negotiate my work"),
    HURTS: _l("Relief: something weighs on me, or I am not well"),
    DOOR: _l("That somebody opens a door: an introduction, a nomination, a good word"),
    COMPANY: _l("People in the same situation to talk with"),
    FACT: _l("A fact, an overview, or a recommendation"),
}
# What is asked next, to be answered by yes or no; nothing where the first answer is enough.
DETAILS = {
    LEARN: _l("Have you worked through a book, a course or the documentation first?"),
    DECIDE: _l("Is it about your own case, so that an answer for everybody would not do?"),
    CAREER: _l("Do you know which work you want?"),
    HURTS: _l("Are you, or is somebody else, in danger now?"),
    DOOR: _l("Does somebody who could open it know your work already?"),
}
PAYS = _l("Can you, your employer or somebody else pay for an hour?")

REASONS = {
    "learn_first": _l(
        "Begin with a book, a course or the documentation: most of it is free. Come back with what you did not "
        "understand; an hour is worth far more then."
    ),
    "tutor": _l(
        "You want to know or be able to do something, you have begun, and you are stuck. A tutor knows the subject "
        "and shows you how it is done, step by step."
    ),
    "mentor": _l(
        "You have a decision or a way before you that somebody else has behind them. A mentor tells you what they "
        "would look at in your case, and what it cost them to learn it."
    ),
    "everybodys_question": _l(
        "Many people had this question before you, and good answers are public. Ask where they meet, or read what "
        "they wrote, before you pay anybody."
    ),
    "career_aim": _l(
        "You know where you want to go. A career coach works on the way with you: applications, interviews, offers, "
        "negotiating."
    ),
    "career_open": _l(
        "You do not know yet where you want to go. A career coach helps you to find out what you are good at and what"
        " of it you want to do, before you apply anywhere."
    ),
    "therapist": _l(
        "What hurts is not a question of advice. A therapist is trained and licensed for it; a coach or mentor is "
        "not, and should tell you so."
    ),
    "therapist_elsewhere": _l(
        "What hurts is not a question of advice. Therapy is not offered here: ask your doctor, or look for somebody "
        "who is licensed where you live."
    ),
    "danger": _l(
        "Do not book anything now. Call the emergency number of the country where you are (112 in the European Union,"
        " 911 in North America), or go to the nearest hospital. If you can, tell somebody near you."
    ),
    "sponsor": _l(
        "You need a sponsor: somebody with influence who puts their own name behind yours. That cannot be bought, "
        "here or anywhere, because a word that was paid for is worth nothing. Tell the person who knows your work "
        "what you aim for, and ask whether they would introduce or nominate you."
    ),
    "known_first": _l(
        "Nobody can put their name behind work that they have not seen. A mentor helps you with the work itself, and "
        "with how it is seen. Sponsors come from that; they cannot be bought."
    ),
    "company": _l(
        "You need company, and that is not a service. People in your situation meet in communities and at meetups, "
        "and nobody there is paid."
    ),
    "fact": _l(
        "This is answered by reading or by asking around. An hour of somebody's time is too much for it, and too dear."
    ),
    "cannot_pay": _l(
        "Then do not buy anything. Ask your employer whether they pay, and have a look at the communities and books. "
        "You may also ask a coach: some give a few hours away, and they say so themselves."
    ),
}


@dataclass(frozen=True)
class Advice:
    """The kind of help that fits; None: nothing should be bought. `reason` is one of REASONS."""

    kind: str | None
    reason: str

    @property
    def is_sold(self) -> bool:
        "Is it a kind of help that can be booked here?"
        return self.kind not in (None, SPONSOR)


@dataclass(frozen=True)
class Question:
    """What is asked next: its name in the address, its words, and the words of each answer."""

    name: str
    words: LazyText
    answers: Mapping[str, LazyText]


_YES_OR_NO = {YES: _l("Yes"), NO: _l("No")}


def questions(answers: Mapping[str, str]) -> list[Question]:
    """What has been asked and what is asked next, in order; the last one may be without an answer."""
    asked = [Question("need", _l("What do you need most?"), NEEDS)]
    need, detail = answers.get("need"), answers.get("detail")
    if need in DETAILS:
        asked.append(Question("detail", DETAILS[need], _YES_OR_NO))
        if detail and _before_paying(need, detail, therapists=True).is_sold:
            asked.append(Question("pays", PAYS, _YES_OR_NO))
    return asked


def advice(answers: Mapping[str, str], *, therapists: bool) -> Advice | None:
    """Where the answers lead; None while something has to be asked. `therapists`: they are offered here."""
    if any(question.name not in answers for question in questions(answers)):
        return None
    found = _before_paying(answers["need"], answers.get("detail", NO), therapists=therapists)
    return Advice(None, "cannot_pay") if found.is_sold and answers["pays"] == NO else found


def _before_paying(need: str, detail: str, *, therapists: bool) -> Advice:
    return {
        (LEARN, NO): Advice(None, "learn_first"),
        (LEARN, YES): Advice(TUTOR, "tutor"),
        (DECIDE, YES): Advice(MENTOR, "mentor"),
        (DECIDE, NO): Advice(None, "everybodys_question"),
        (CAREER, YES): Advice(CAREER_COACH, "career_aim"),
        (CAREER, NO): Advice(CAREER_COACH, "career_open"),
        (HURTS, YES): Advice(None, "danger"),
        (HURTS, NO): Advice(THERAPIST, "therapist") if therapists else Advice(None, "therapist_elsewhere"),
        (DOOR, YES): Advice(SPONSOR, "sponsor"),
        (DOOR, NO): Advice(MENTOR, "known_first"),
    }.get((need, detail), Advice(None, "fact" if need == FACT else "company"))
