"""/bookings/<id>/notes and /notes/<id>: what a coach keeps of a session."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.notes import queries, service
from marketplace.notes.queries import DecryptedNote
from marketplace.notes.schemas import NoteListSchema, NoteSchema

bp = Resource("notes_api", __name__, url_prefix="/api/v1", description="Session notes, private or shared")

NOTE = Editable(NoteSchema, lambda note_id: queries.own_decrypted(actor(), note_id))


@bp.get("/bookings/<uuid:booking_id>/notes")
@needs("read")
@bp.response(200, NoteListSchema)
def list_notes(booking_id: uuid.UUID) -> dict[str, Any]:
    """The notes of a session that you may read, the oldest first."""
    return {"items": queries.of_booking(actor(), booking_id)}


@bp.post("/bookings/<uuid:booking_id>/notes")
@needs("write")
@bp.arguments(NoteSchema)
@bp.response(201, NoteSchema)
def write_note(data: dict[str, Any], booking_id: uuid.UUID) -> DecryptedNote:
    """Keep a note on a session that you coach. It is private unless `shared`; the mentee is told of a shared one."""
    return service.write(actor(), booking_id=booking_id, **data)


@bp.get("/notes/<uuid:note_id>")
@needs("read")
@bp.response(200, NoteSchema)
@NOTE.shown
def get_note(note_id: uuid.UUID) -> DecryptedNote:
    """One of your own notes."""
    return queries.own_decrypted(actor(), note_id)


@bp.patch("/notes/<uuid:note_id>")
@needs("write")
@bp.arguments(NoteSchema(partial=True))
@bp.response(200, NoteSchema)
@NOTE.edited
def edit_note(data: dict[str, Any], note_id: uuid.UUID) -> DecryptedNote:
    """Change your note, or who may read it."""
    return service.edit(actor(), note_id=note_id, **data)


@bp.delete("/notes/<uuid:note_id>")
@needs("write")
@bp.response(204)
def delete_note(note_id: uuid.UUID) -> None:
    """Destroy your note."""
    service.delete(actor(), note_id=note_id)
