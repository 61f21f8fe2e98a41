"""Commands: give a licence, check it, remind of its end, withdraw what needs one."""

import uuid
from datetime import date
from typing import Any

from marketplace import config
from marketplace.accounts import queries as people
from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.authority import check_impartial
from marketplace.coaches import queries as coaches
from marketplace.coaches.licences import queries, rules
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.licences.transitions import transition
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import expand, locked
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid, NotAllowed
from marketplace.files.rules.uploads import Upload, clean_name
from marketplace.files.service.examination import examine
from marketplace.files.service.keeping import keep
from marketplace.languages import formats, speaking
from marketplace.languages import gettext as _
from marketplace.notifications.service import notify

FIELD = "document"


class TherapyNotOffered(NotAllowed):
    """Therapy is not offered on this site."""


def give(user: User, *, number: str, jurisdiction: str, expires_on: date, upload: Upload | None = None) -> Licence:
    """Hand in a licence, with its document; an admin checks it. Raises Invalid naming each field, TherapyNotOffered."""
    if not config.current().therapists:
        raise TherapyNotOffered
    coach = coaches.profile_of(user)
    number = " ".join(number.split())
    found = rules.problems(number=number, jurisdiction=jurisdiction, expires_on=expires_on, today=queries.today(coach))
    if found:
        raise Invalid(None, **found)
    file_id = name = None
    if upload is not None:
        (file,) = examine(user.id, upload, form="attachment", field=FIELD)
        file_id, name = keep(file), clean_name(upload.name, content_type=file.content_type)
    said = {"number": number, "jurisdiction": jurisdiction, "expires_on": expires_on}
    return _give(user, file_id=file_id, file_name=name, **said)


@transactional
def _give(user: User, **said: Any) -> Licence:
    coach = locked(coaches.profile_of(user).id)
    licence = Licence(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        status=rules.SUBMITTED,
        **said,
    )
    session().add(licence)
    record(user.id, "licence.submitted", licence.id, coach_id=str(coach.id))
    accounts.notify_admins(
        template="licence_to_check",
        coach=coach.user.name,
        licence_url=f"{config.current().public_url}/admin/coaches/{coach.id}",
    )
    return licence


@transactional
def check(admin: User, *, licence_id: uuid.UUID) -> Licence:
    """Accept a licence as an admin who has looked at it. Raises NotFound, OwnCase, TransitionRefused."""
    return _decide(admin, licence_id, rules.CHECKED, None)


@transactional
def refuse(admin: User, *, licence_id: uuid.UUID, reason: str) -> Licence:
    """Refuse a licence, or take a check back; the therapist reads why. Raises Invalid, and as `check`."""
    reason = reason.strip()
    if not 1 <= len(reason) <= rules.LONGEST_REASON:
        raise Invalid(reason=_("Say why: the coach reads this."))
    return _decide(admin, licence_id, rules.REFUSED, reason)


def _decide(admin: User, licence_id: uuid.UUID, to: str, reason: str | None) -> Licence:
    people.only_admins(admin)
    coach = locked(queries.for_admin(admin, licence_id).coach_id)
    check_impartial(admin.id, coach.user_id)
    licence = queries.locked(licence_id)
    transition(licence, to, by=admin.id, reason=reason)
    _tell(licence, "licence_decided", key=f"licence-{to}:{licence.id}")
    return licence


def follow_licences() -> None:
    """Remind of what ends soon, and withdraw the offerings of therapy that nobody may sell now. Safe to run twice."""
    for licence_id in queries.to_remind():
        _remind(licence_id)
    for coach_id in queries.selling_therapy():
        _withdraw(coach_id)


@transactional
def _remind(licence_id: uuid.UUID) -> None:
    licence = queries.locked(licence_id)
    if licence.status != rules.CHECKED:
        return
    today = queries.today(licence.coach)
    days = rules.reminder_due(licence.expires_on, today=today, reminded=licence.reminded_days)
    renewed = any(
        each.jurisdiction == licence.jurisdiction and each.expires_on > licence.expires_on
        for each in queries.permits(licence.coach_id)
    )
    if days is not None:
        licence.reminded_days = days
        if not renewed:
            _tell(licence, "licence_ends", key=f"licence-ends:{licence.id}:{days}")


@transactional
def _withdraw(coach_id: uuid.UUID) -> None:
    coach: Coach = locked(coach_id)
    if queries.is_licensed(coach):
        return
    titles = []
    for offering in coaches.offerings_of(coach.id):
        if offering.kind == rules.THERAPIST:
            offering.active = False
            titles.append(offering.title)
            record(None, "offering.unlicensed", offering.id, coach_id=str(coach.id))
    if not titles:
        return
    expand(coach)
    with speaking(coach.user.preferences):
        notify(
            coach.user.email,
            template="licence_lapsed",
            name=coach.user.name,
            titles=titles,
            licence_url=f"{config.current().public_url}/dashboard/licence",
        )


def _tell(licence: Licence, template: str, *, key: str) -> None:
    coach = licence.coach
    with speaking(coach.user.preferences):
        notify(
            coach.user.email,
            template=template,
            key=key,
            name=coach.user.name,
            place=rules.spoken(licence.jurisdiction),
            last_day=formats.day(licence.expires_on, year=True),
            accepted=licence.status == rules.CHECKED,
            reason=licence.reason or "",
            licence_url=f"{config.current().public_url}/dashboard/licence",
        )
