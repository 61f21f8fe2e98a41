"""Commands of the register: record an act, confirm or refuse it, take it back, show it."""

import uuid
from datetime import date, timedelta

from marketplace import clock
from marketplace.accounts import queries as accounts
from marketplace.accounts.addresses.rules import normalized
from marketplace.accounts.models import User
from marketplace.audit.service import record as audit
from marketplace.coaches import queries as coaches
from marketplace.coaches.rules import is_public
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid, NotAllowed, NotFound, TooOften
from marketplace.languages import gettext as _
from marketplace.sponsorships import queries, rules
from marketplace.sponsorships.models import Sponsorship
from marketplace.sponsorships.notifications import mails
from marketplace.sponsorships.transitions import transition


class NotYetCoach(NotAllowed):
    """Coaches keep a register of sponsorship, once they are approved."""


class ManyToday(TooOften):
    """You have recorded as many acts as one may in a day. Go on tomorrow."""


@transactional
def record(sponsor: User, *, email: str, act: str, what: str, happened_on: date) -> Sponsorship:
    """Write down what a coach did for whoever has this address, who is told and confirms it or not.

    The answer is the same whether or not the address has an account. Raises Invalid naming each field, NotYetCoach,
    ManyToday.
    """
    coach = locked_coach(coaches.profile_of(sponsor).id)
    if not is_public(coach.status):
        raise NotYetCoach
    what = " ".join(what.split())
    found = rules.problems(act=act, what=what, happened_on=happened_on, today=clock.today(sponsor.timezone))
    try:
        address = normalized(email)
    except ValueError:
        address, found["email"] = "", _("Write the address like name@example.com.")
    if address.casefold() == sponsor.email.casefold():
        found["email"] = _("This is your own address.")
    if found:
        raise Invalid(None, **found)
    if queries.recorded_since(coach.id, timedelta(days=1)) >= rules.MOST_A_DAY:
        raise ManyToday
    before = queries.named_since(address, timedelta(days=7))
    made = Sponsorship(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        person=None,
        email=address,
        status=rules.RECORDED,
        act=act,
        what=what,
        happened_on=happened_on,
    )
    session().add(made)
    audit(sponsor.id, "sponsorship.recorded", made.id, act=act)
    if before < rules.MOST_MAILS_A_WEEK:
        person = accounts.by_email(address)
        mails.tell_person(made, person if person is not None and person.confirmed_at else None)
    return made


@transactional
def confirm(person: User, *, sponsorship_id: uuid.UUID) -> Sponsorship:
    """Say that it was so, as whom it was for; it counts on the coach's page from now on. A second time is harmless.

    Raises NotFound for anybody else, TransitionRefused once it was refused or withdrawn.
    """
    found = _for(person, sponsorship_id)
    if found.status == rules.CONFIRMED:
        return found
    found.person_id, found.person = person.id, person
    transition(found, rules.CONFIRMED, by=person.id)
    mails.tell_sponsor(found)
    return found


@transactional
def refuse(person: User, *, sponsorship_id: uuid.UUID) -> Sponsorship:
    """Say that it was not so, or is not to count, also after having confirmed it. Raises as `confirm`."""
    found = _for(person, sponsorship_id)
    if found.status == rules.REFUSED:
        return found
    found.person_id, found.person = person.id, person
    transition(found, rules.REFUSED, by=person.id)
    mails.tell_sponsor(found)
    return found


@transactional
def withdraw(sponsor: User, *, sponsorship_id: uuid.UUID) -> Sponsorship:
    """Take an act back, as who recorded it; it counts no more. Raises NotFound for anybody else, TransitionRefused."""
    if not queries.is_sponsor(sponsor, queries.one(sponsor, sponsorship_id)):
        raise NotFound
    found = queries.locked(sponsorship_id)
    if found.status != rules.WITHDRAWN:
        transition(found, rules.WITHDRAWN, by=sponsor.id)
    return found


@transactional
def show(actor: User, *, sponsorship_id: uuid.UUID, everybody: bool) -> Sponsorship:
    """Say for one's own side whether everybody may read it. It is read while both say so; either takes that back."""
    queries.one(actor, sponsorship_id)
    found = queries.locked(sponsorship_id)
    if queries.is_sponsor(actor, found):
        found.sponsor_agrees = everybody
    else:
        found.person_agrees = everybody
    audit(actor.id, "sponsorship.shown" if everybody else "sponsorship.kept_private", found.id)
    return found


def _for(person: User, sponsorship_id: uuid.UUID) -> Sponsorship:
    seen = queries.one(person, sponsorship_id)
    if queries.is_sponsor(person, seen):
        raise NotFound
    return queries.locked(sponsorship_id)
