"""Commands of admins: set the site's logo, and remove it."""

import uuid
from typing import Protocol

from marketplace import clock
from marketplace.audit.service import record
from marketplace.branding.models import SiteLogo
from marketplace.db import session, transactional
from marketplace.errors import NotFound
from marketplace.files.rules.uploads import Upload
from marketplace.files.service import keeping


class Decorator(Protocol):
    """A person as far as the site's looks go."""

    id: uuid.UUID

    @property
    def is_admin(self) -> bool:
        """Whether they decide on them."""
        ...


def set_logo(admin: Decorator, *, upload: Upload) -> None:
    """Show this picture on every page from now on. Raises Invalid naming `file`, TooManyUploads, Busy."""
    _admins_only(admin)
    _show(admin, keeping.keep_picture(admin.id, upload, form="logo", field="file"))


@transactional
def _show(admin: Decorator, picture_id: uuid.UUID) -> None:
    session().merge(SiteLogo(single=True, picture_id=picture_id, set_at=clock.now()))
    record(admin.id, "site.logo_set", picture_id)


@transactional
def remove_logo(admin: Decorator) -> None:
    """Show the site's name alone; a second time changes nothing."""
    _admins_only(admin)
    known = session().get(SiteLogo, True, with_for_update=True)
    if known is not None:
        record(admin.id, "site.logo_removed", known.picture_id)
        session().delete(known)


def _admins_only(admin: Decorator) -> None:
    if not admin.is_admin:
        raise NotFound
