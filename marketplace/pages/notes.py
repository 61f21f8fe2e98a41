"""A coach's notes on a session: written on its page, changed on one of their own."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.notes import queries, rules, service
from marketplace.notes.queries import DecryptedNote
from marketplace.notes.schemas import NoteSchema
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.pages.session.page import session_page

bp = Blueprint("notes", __name__, url_prefix="/sessions/<uuid:booking_id>/notes")

NOTE = EditForm(NoteSchema, lambda note_id: queries.own_decrypted(actor(), note_id))


@bp.post("")
@signed_in
def write(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Write a note."""
    try:
        note = service.write(actor(), booking_id=booking_id, **load(NoteSchema()))
    except Invalid as refusal:
        return session_page(booking_id, errors=refusal.fields, typed=request.form), 422
    return _kept(note)


@bp.get("/<uuid:note_id>")
@signed_in
def change(booking_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """The form to change one's own note, or who may read it."""
    note = _own(booking_id, note_id)
    return _page(note, {"text": note.text, "shared": note.shared}, version=NOTE.version(note_id=note_id))


@bp.post("/<uuid:note_id>")
@signed_in
def edit(booking_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Change it."""
    note = _own(booking_id, note_id)
    try:
        given = load(NoteSchema())
        return _kept(NOTE.save(lambda: service.edit(actor(), note_id=note_id, **given), note_id=note_id))
    except (Invalid, Outdated) as refusal:
        return _page(note, request.form, **told(refusal)), status_of(refusal)


@bp.post("/<uuid:note_id>/delete")
@signed_in
def delete(booking_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Destroy it."""
    note = _own(booking_id, note_id)
    service.delete(actor(), note_id=note_id)
    flash(_("The note is deleted."), "success")
    return _back(note)


def _own(booking_id: uuid.UUID, note_id: uuid.UUID) -> DecryptedNote:
    """A note that the person wrote on that session; NotFound."""
    for note in queries.of_booking(actor(), booking_id):
        if note.id == note_id and note.mine:
            return note
    raise NotFound


def _page(note: DecryptedNote, typed: Any, **shown: Any) -> Response:
    return private("notes/change.html", note=note, typed=typed, longest_note=rules.LONGEST, **shown)


def _kept(note: DecryptedNote) -> ResponseReturnValue:
    flash(_("Saved. The mentee can read it.") if note.shared else _("Saved. Only you can read it."), "success")
    return _back(note)


def _back(note: DecryptedNote) -> ResponseReturnValue:
    return redirect(url_for("session.show", booking_id=note.booking_id, _anchor="notes"), 303)
