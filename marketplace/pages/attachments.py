"""The files of a brief: attached, opened and removed on the session's page."""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace import uploads
from marketplace.authentication.access import signed_in
from marketplace.bookings.attachments import queries, service
from marketplace.downloads import attached
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.pages.session.page import session_page

bp = Blueprint("attachments", __name__, url_prefix="/sessions/<uuid:booking_id>/files")


@bp.post("")
@signed_in
@uploads.takes_files(uploads.FIVE_FILES)
def attach(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Attach files to the brief, all or none."""
    # Before a file is opened: what is not the person's does not exist.
    queries.of_booking(actor(), booking_id)
    chosen = uploads.several("attachment", field=service.FIELD)
    try:
        if not chosen:
            raise Invalid(None, **{service.FIELD: _("Choose a PDF, or a JPEG, PNG or WebP picture.")})
        service.attach(actor(), booking_id=booking_id, uploads=chosen)
        flash(ngettext("%(num)s file is attached.", "%(num)s files are attached.", len(chosen)), "success")
    except Invalid as refusal:
        return session_page(booking_id, errors=refusal.fields), 422
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return _back(booking_id)


@bp.get("/<uuid:attachment_id>")
@signed_in
def get(booking_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """The file, to be saved."""
    return attached(queries.one(actor(), booking_id, attachment_id))


@bp.post("/<uuid:attachment_id>/remove")
@signed_in
def remove(booking_id: uuid.UUID, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Remove it."""
    service.remove(actor(), booking_id=booking_id, attachment_id=attachment_id)
    flash(_("The file is removed."), "success")
    return _back(booking_id)


def _back(booking_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("session.show", booking_id=booking_id, _anchor="files"), 303)
