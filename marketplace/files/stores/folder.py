"""A folder of this machine, or one that several share."""

import os
import tempfile
from pathlib import Path

from marketplace.files.stores.interface import StoreUnavailable


class Folder:
    """Files in subfolders by the first two letters of their names. A file is whole or not there."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def put(self, name: str, data: bytes, content_type: str) -> None:
        """Write it beside its place, then move it there: nobody reads half of it, and a crash leaves none."""
        place = self._place(name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(beside).replace(place)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreUnavailable from error

    def get(self, name: str) -> bytes:
        """The whole file."""
        try:
            return self._place(name).read_bytes()
        except OSError as error:
            raise StoreUnavailable from error

    def remove(self, name: str) -> None:
        """Delete it."""
        try:
            self._place(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable from error

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name
