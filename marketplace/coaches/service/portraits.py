"""Commands: a coach's portrait."""

import uuid

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import locked
from marketplace.db import transactional
from marketplace.errors import NotFound
from marketplace.files.rules.uploads import Upload
from marketplace.files.service import keeping


def set_portrait(user: User, *, upload: Upload) -> Coach:
    """Show this picture on one's rate card from now on. Raises Invalid naming `file`, TooManyUploads, Busy."""
    coach_id = queries.profile_of(user).id
    picture_id = keeping.keep_picture(user.id, upload, form="portrait", field="file")
    return _show(user, coach_id, picture_id)


@transactional
def _show(user: User, coach_id: uuid.UUID, picture_id: uuid.UUID) -> Coach:
    coach = locked(coach_id)
    coach.portrait_id = picture_id
    audit.record(user.id, "coach.portrait_set", coach.id, picture=str(picture_id))
    return coach


@transactional
def remove_portrait(user: User) -> None:
    """Show the initials instead; a second time changes nothing."""
    _remove(user, queries.profile_of(user).id)


@transactional
def take_portrait_down(admin: User, *, coach_id: uuid.UUID) -> None:
    """Remove a picture that must not be shown, as an admin; a second time changes nothing."""
    if not rules.may_vet(admin):
        raise NotFound
    _remove(admin, coach_id)


def _remove(user: User, coach_id: uuid.UUID) -> None:
    coach = locked(coach_id)
    if coach.portrait_id is not None:
        audit.record(user.id, "coach.portrait_removed", coach.id, picture=str(coach.portrait_id))
        coach.portrait_id = None
