"""/admin/logo: the picture in the header of every page."""

from typing import Any

from marketplace import uploads
from marketplace.api.auth import needs
from marketplace.api.multipart import FileSchema
from marketplace.api.resource import Resource
from marketplace.branding import queries, service
from marketplace.branding.schemas import LogoSchema
from marketplace.files.rules.uploads import FORMS
from marketplace.http import actor

bp = Resource("site_logo_api", __name__, url_prefix="/api/v1/admin/logo", description="The site's logo, for admins")


@bp.get("")
@needs("admin:read")
@bp.response(200, LogoSchema)
def get_logo() -> dict[str, Any]:
    """The site's logo; null where its name stands alone."""
    return {"logo": queries.logo()}


@bp.post("")
@needs("admin:critical")
@uploads.takes_files(uploads.ONE_FILE)
@bp.arguments(FileSchema, location="files")
@bp.response(200, LogoSchema)
def upload_logo(sent: dict[str, Any]) -> dict[str, Any]:
    """Show this picture on every page: JPEG, PNG or WebP, at most 8 MB. It replaces the one before."""
    service.set_logo(actor(), upload=uploads.read(sent["file"], FORMS["logo"]))
    return {"logo": queries.logo()}


@bp.delete("")
@needs("admin:critical")
@bp.response(204)
def remove_logo() -> None:
    """Show the site's name alone; a second time changes nothing."""
    service.remove_logo(actor())
