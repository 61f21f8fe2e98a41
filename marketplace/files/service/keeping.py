"""Files, kept once however often they come, and swept once nobody refers to them.

What is to be kept elsewhere is noted first, then put there, then noted as kept: whatever crashes between, the row names
what may have been left. What was sent within `GRACE` is not swept, so whoever refers to it next finds it there.
"""

import hashlib
import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.db import Base, outside_commands, session, transactional, uuid7
from marketplace.files.models import Picture, StoredFile
from marketplace.files.rules.stores import POSTGRESQL
from marketplace.files.rules.uploads import Examined, Upload
from marketplace.files.service.examination import examine
from marketplace.files.stores import choice
from marketplace.jobs import enqueue

GRACE = timedelta(hours=1)


def keep_picture(person_id: uuid.UUID, upload: Upload, *, form: str, field: str) -> uuid.UUID:
    """Examine a picture and keep it in its three sizes; the key of the Picture. Raises as `examine` does."""
    small, medium, large = examine(person_id, upload, form=form, field=field)
    return _one_picture(form, large, small_id=keep(small), medium_id=keep(medium), large_id=keep(large))


def keep(file: Examined) -> uuid.UUID:
    """Keep a file for whoever refers to it within an hour; the key of the StoredFile. Raises StoreUnavailable."""
    row = _noted(file)
    if row.kept_at is None:
        outside_commands()
        choice.named(row.store).put(row.name, file.data, file.content_type)
        _note_kept(row.id)
    return row.id


@transactional
def _noted(file: Examined) -> StoredFile:
    now, chosen = clock.now(), config.current().files_in
    inside = chosen == POSTGRESQL
    row = {
        "id": uuid7(),
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "content_type": file.content_type,
        "size_bytes": len(file.data),
        "store": chosen,
        "data": file.data if inside else None,
        "kept_at": now if inside else None,
        "used_at": now,
        "created_at": now,
    }
    # Whoever finds it there already holds its row until the end of this: a sweep that is about to takes it no more.
    noting = insert(StoredFile).values(row).on_conflict_do_update(index_elements=["sha256"], set_={"used_at": now})
    found: StoredFile = (
        session().scalars(noting.returning(StoredFile), execution_options={"populate_existing": True}).one()
    )
    return found


@transactional
def _note_kept(file_id: uuid.UUID) -> None:
    session().execute(update(StoredFile).where(StoredFile.id == file_id).values(kept_at=clock.now()))


@transactional
def _one_picture(form: str, largest: Examined, **files: uuid.UUID) -> uuid.UUID:
    now = clock.now()
    row = {"id": uuid7(), "form": form, "width": largest.width, "height": largest.height} | files
    noting = insert(Picture).values(row | {"used_at": now, "created_at": now})
    noting = noting.on_conflict_do_update(index_elements=list(files), set_={"used_at": now})
    found: uuid.UUID = session().scalars(noting.returning(Picture.id)).one()
    return found


@transactional
def sweep_files() -> None:
    """Forget pictures and files to which nothing refers any more; what lies elsewhere is removed there by jobs."""
    before = clock.now() - GRACE
    session().execute(delete(Picture).where(Picture.used_at < before, _nothing_refers_to(Picture)))
    unused = delete(StoredFile).where(StoredFile.used_at < before, _nothing_refers_to(StoredFile))
    gone = session().execute(unused.returning(StoredFile.id, StoredFile.sha256, StoredFile.store)).all()
    for file_id, sha256, kept_in in gone:
        if kept_in != POSTGRESQL:
            name = StoredFile(id=file_id, sha256=sha256).name
            enqueue("remove_stored_file", kept_in=kept_in, kept_as=name)


def remove_stored_file(kept_in: str, kept_as: str) -> None:
    """Remove from a folder or a bucket what no row names any more."""
    choice.named(kept_in).remove(kept_as)


def _nothing_refers_to(model: type[Base]) -> ColumnElement[bool]:
    """Whether no row of any table names this one: found in the tables' foreign keys, so that none is forgotten."""
    table = model.__table__
    columns = [column for other in Base.metadata.sorted_tables for column in other.columns]
    naming = [column for column in columns if any(key.column is table.c.id for key in column.foreign_keys)]
    return and_(*(~exists().where(column == table.c.id) for column in naming))
