"""Commands: the one question after an answer, which is included, and the reply to it."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import WrittenAnswer
from marketplace.written_answers.notifications import mails
from marketplace.written_answers.service.deliveries import of_coach


class NoFollowUp(Conflict):
    """One question is included, within seven days of the answer."""


class NoQuestion(Conflict):
    """No question waits here for a reply."""


@transactional
def ask_follow_up(mentee: User, *, answer_id: uuid.UUID, question: str) -> WrittenAnswer:
    """Ask the question that is included. Raises NotFound for everybody but the mentee, Invalid, NoFollowUp."""
    found = of_mentee(mentee, answer_id)
    words = _words("question", question, rules.LONGEST_FOLLOW_UP)
    if not rules.may_follow_up(
        found.status,
        delivered_at=found.delivered_at,
        asked=found.follow_up_at is not None,
        frozen=found.frozen_at is not None,
        now=clock.now(),
    ):
        raise NoFollowUp
    found.follow_up, found.follow_up_at = words, clock.now()
    record(mentee.id, "written_answer.follow_up_asked", found.id)
    mails.tell_follow_up(found)
    return found


@transactional
def reply(coach: User, *, answer_id: uuid.UUID, reply: str) -> WrittenAnswer:
    """Reply to the question as the coach. Raises NotFound for everybody else, Invalid, NoQuestion."""
    found = of_coach(coach, answer_id)
    words = _words("reply", reply, rules.LONGEST_ANSWER)
    waits = found.follow_up_at is not None and found.follow_up_answered_at is None
    if found.status != rules.DELIVERED or not waits:
        raise NoQuestion
    found.follow_up_answer, found.follow_up_answered_at = words, clock.now()
    record(coach.id, "written_answer.follow_up_answered", found.id)
    mails.tell_follow_up_answered(found)
    return found


def of_mentee(mentee: User, answer_id: uuid.UUID) -> WrittenAnswer:
    """An answer that this person ordered, locked; NotFound for everybody else."""
    if queries.one(mentee, answer_id).mentee_id != mentee.id:
        raise NotFound
    return queries.locked(answer_id)


def remind_of_follow_ups() -> None:
    """Remind coaches, once, of a question that has waited for days."""
    for answer_id in queries.follow_ups_to_remind():
        _remind(answer_id)


@transactional
def _remind(answer_id: uuid.UUID) -> None:
    found = queries.locked(answer_id)
    if found.follow_up_answered_at is None and found.follow_up_reminded_at is None:
        found.follow_up_reminded_at = clock.now()
        mails.remind_of_follow_up(found)


def _words(field: str, typed: str, longest: int) -> str:
    words = typed.strip()
    if not 1 <= len(words) <= longest:
        raise Invalid(None, **{field: _("Write 1 to %(most)s characters.", most=longest)})
    return words
