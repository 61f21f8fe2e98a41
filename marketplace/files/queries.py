"""Reads: the file of a picture in one size, and what a file holds."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import undefer

from marketplace.db import outside_commands, session
from marketplace.errors import NotFound
from marketplace.files.models import Picture, StoredFile
from marketplace.files.stores import choice

SIZES = {"small": Picture.small_id, "medium": Picture.medium_id, "large": Picture.large_id}


def picture_file(picture_id: uuid.UUID, size: str) -> StoredFile:
    """The file of a picture in one of SIZES; NotFound."""
    if size not in SIZES:
        raise NotFound
    chosen = select(StoredFile).join(Picture, SIZES[size] == StoredFile.id).where(Picture.id == picture_id)
    file = session().scalar(chosen.options(undefer(StoredFile.data)))
    if file is None:
        raise NotFound
    return file


def content(file: StoredFile) -> bytes:
    """The bytes, wherever they are kept. Raises StoreUnavailable; not inside a command."""
    if file.data is not None:
        return file.data
    outside_commands()
    return choice.named(file.store).get(file.name)
