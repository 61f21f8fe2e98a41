"""Reading licences: the therapist's own, all for admins, and whether a session may be held."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.coaches import rules as coach_rules
from marketplace.coaches.licences import rules
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.files.models import StoredFile


def of_coach(coach_id: uuid.UUID) -> Sequence[Licence]:
    """A therapist's licences, the newest first."""
    return session().scalars(select(Licence).where(Licence.coach_id == coach_id).order_by(Licence.id.desc())).all()


def for_admin(admin: User, licence_id: uuid.UUID) -> Licence:
    """Any licence, for an admin; NotFound for everybody else."""
    found = session().get(Licence, licence_id, populate_existing=True) if coach_rules.may_vet(admin) else None
    if found is None:
        raise NotFound
    return found


def document(admin: User, licence_id: uuid.UUID) -> tuple[StoredFile, str]:
    """The document of a licence with its name, for an admin; NotFound."""
    licence = for_admin(admin, licence_id)
    file = session().get(StoredFile, licence.file_id) if licence.file_id else None
    if file is None:
        raise NotFound
    return file, licence.file_name or "licence"


def locked(licence_id: uuid.UUID) -> Licence:
    """A licence as it is now, locked until the transaction ends; NotFound."""
    chosen = select(Licence).where(Licence.id == licence_id).with_for_update(of=Licence)
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def submitted() -> Sequence[Licence]:
    """The licences that wait for an admin, the oldest first."""
    return session().scalars(select(Licence).where(Licence.status == rules.SUBMITTED).order_by(Licence.id)).all()


def permits(coach_id: uuid.UUID) -> list[rules.Permit]:
    """The checked licences of a therapist, as the rule reads them."""
    chosen = select(Licence.jurisdiction, Licence.expires_on).where(
        Licence.coach_id == coach_id, Licence.status == rules.CHECKED
    )
    return [rules.Permit(*row) for row in session().execute(chosen)]


def today(coach: Coach) -> date:
    """The date of the therapist: a licence ends with its last day there."""
    return clock.today(coach.timezone)


def is_licensed(coach: Coach) -> bool:
    """Is therapy offered here, and has the coach a checked licence that has not ended?"""
    return config.current().therapists and any(each.expires_on >= today(coach) for each in permits(coach.id))


def session_refused(offering: Offering, starts_at: datetime, *, place: str | None) -> str | None:
    """Why a session of therapy may not be held then with somebody who is there, one of `rules.REFUSALS`; None."""
    if offering.kind != rules.THERAPIST:
        return None
    if not config.current().therapists:
        return rules.NO_LICENCE
    session_on = starts_at.astimezone(ZoneInfo(offering.coach.timezone)).date()
    return rules.refusal(permits(offering.coach_id), place=place, session_on=session_on, today=today(offering.coach))


def to_remind() -> Sequence[uuid.UUID]:
    """Checked licences that end within the days of the first reminder."""
    soon = clock.now().date() + rules.FIRST_REMINDER
    chosen = select(Licence.id).where(
        Licence.status == rules.CHECKED, Licence.expires_on.between(clock.now().date(), soon)
    )
    return session().scalars(chosen.order_by(Licence.id)).all()


def selling_therapy() -> Sequence[uuid.UUID]:
    """The coaches who have an offering of therapy on their card."""
    therapy = exists().where(Offering.coach_id == Coach.id, Offering.active, Offering.kind == rules.THERAPIST)
    return session().scalars(select(Coach.id).where(therapy).order_by(Coach.id)).all()


def last_days() -> dict[uuid.UUID, date]:
    """Until when each therapist is licensed at the latest, by coach."""
    chosen = select(Licence.coach_id, func.max(Licence.expires_on)).where(Licence.status == rules.CHECKED)
    return {row[0]: row[1] for row in session().execute(chosen.group_by(Licence.coach_id))}
