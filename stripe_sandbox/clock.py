"""Simulated time: the wall clock plus an offset in a file that other processes may follow."""

import json
import os
import tempfile
import time
from pathlib import Path


class ClockFileBroken(RuntimeError):
    """The shared clock file holds something else than an offset."""


class SandboxClock:
    """now = wall clock + offset. With a file, `{"offset_seconds": N}` in it is the offset, whoever wrote it.

    The file is replaced atomically, so a reader sees the old or the new offset and never half of one.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._offset_seconds = 0.0
        self._stamp: tuple[int, int] | None = None

    @property
    def offset_seconds(self) -> float:
        """Seconds ahead of the wall clock."""
        if self.path is not None:
            self._follow(self.path)
        return self._offset_seconds

    def now(self) -> float:
        """Simulated seconds since 1970."""
        return time.time() + self.offset_seconds

    def set_offset(self, seconds: float) -> None:
        """Move the simulated time to `seconds` ahead of the wall clock."""
        self._offset_seconds = seconds
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        with os.fdopen(handle, "w") as file:
            json.dump({"offset_seconds": seconds}, file)
        Path(name).chmod(0o644)
        Path(name).replace(self.path)

    def _follow(self, path: Path) -> None:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stamp != self._stamp:
                self._offset_seconds = float(json.loads(path.read_text())["offset_seconds"])
                self._stamp = stamp
        except FileNotFoundError:
            self._offset_seconds, self._stamp = 0.0, None
        except (ValueError, KeyError, TypeError) as broken:
            raise ClockFileBroken(f'{path} does not hold {{"offset_seconds": N}}') from broken
