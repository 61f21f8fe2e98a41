"""/me/exports and /me/deletion: a copy of all that is kept of who asks, and leaving."""

import uuid
from typing import Any

from flask import Response

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.downloads import saved
from marketplace.http import actor
from marketplace.personal_data import queries
from marketplace.personal_data.models import AccountExport
from marketplace.personal_data.schemas import DeletionSchema, ExportSchema, standing_of
from marketplace.personal_data.service import deletion, exports

bp = Resource("personal_data_api", __name__, url_prefix="/api/v1/me", description="Your data")


@bp.get("/exports")
@needs("read")
@bp.response(200, ExportSchema(many=True))
def list_data_exports() -> Any:
    """The copies of your data that are there or being made, the newest first."""
    return queries.exports_of(actor().id)


@bp.post("/exports")
@needs("tokens")
@bp.response(201, ExportSchema)
def make_data_export() -> AccountExport:
    """Have a copy of everything that is kept of you made; a mail says when it is ready. One is made at a time."""
    return exports.ask_for_export(actor())


@bp.get("/exports/<uuid:export_id>/content")
@needs("tokens")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@bp.alt_response(409, description="It is still being made")
def get_data_export_content(export_id: uuid.UUID) -> Response:
    """The archive: JSON for each kind of data, invoices and statements as PDF, your files."""
    return saved(queries.exported(actor(), export_id), "my-data.zip")


@bp.get("/deletion")
@needs("read")
@bp.response(200, DeletionSchema)
def get_deletion() -> dict[str, Any]:
    """Whether your account is going to be deleted, and what keeps it from being deleted now."""
    return standing_of(actor())


@bp.post("/deletion")
@needs("tokens")
@bp.response(201, DeletionSchema)
@bp.alt_response(409, description="Something is still open, or you have asked already")
def ask_to_leave() -> dict[str, Any]:
    """Have your account deleted in fourteen days; until then it works, and you may take it back."""
    deletion.ask_to_leave(actor())
    return standing_of(actor())


@bp.delete("/deletion")
@needs("tokens")
@bp.response(204)
def stay() -> None:
    """Take back that your account is to be deleted; 404 where it is not."""
    deletion.stay(actor())
