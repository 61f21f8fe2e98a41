"""Reads: the site's logo."""

from sqlalchemy import select

from marketplace.branding.models import SiteLogo
from marketplace.db import session
from marketplace.files.models import Picture


def logo() -> Picture | None:
    """The picture that stands in the header, or None: then the site's name alone does."""
    found = session().scalar(select(SiteLogo))
    return found.picture if found is not None else None
