"""Writers of one SQLite file take turns: whoever waits is next, whether in this process or in another.

SQLite lets whoever asks at the right moment write, and the others ask again a tenth of a second later: a sweep of many
batches would keep a caseworker waiting to its end. Here a writer waits at a door for the room to be free; whoever
comes back for another turn finds the door taken. Programs that do not know of it are waited for by SQLite itself.
"""

import os
import threading
import time
from collections import deque
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows: there SQLite's own waiting is all there is between processes
    fcntl = None  # type: ignore[assignment]

ENDINGS = ("-door", "-turn")
"""What the names of its files end in, beside that of the database."""
AT_THE_DOOR, IN_THE_ROOM = 0.001, 0.0001
"""Seconds until somebody looks again whether it is free: many wait at the door, one for the room."""
PRIVATE = 0o600


class Turns:
    """The turns of one file; ``take`` before a writing transaction, ``give`` after it."""

    def __init__(self, file: Path | None, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False
        self._door, self._room = _Lock(file, ENDINGS[0], AT_THE_DOOR), _Lock(file, ENDINGS[1], IN_THE_ROOM)

    def take(self) -> bool:
        """Wait for the turn, first come first served among threads; False when it did not come in time."""
        until = time.monotonic() + self._seconds
        if not self._among_threads(until):
            return False
        if self._among_processes(until):
            return True
        self._pass_on()
        return False

    def give(self) -> None:
        """Give the turn to whoever waits longest."""
        self._room.release()
        self._pass_on()

    def close(self) -> None:
        """Close the files; a turn that is held is given up."""
        self._door.close()
        self._room.close()

    def _among_threads(self, until: float) -> bool:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(max(0.0, until - time.monotonic())):
            return True
        with self._lock:
            if mine.is_set():  # it came at the last moment
                return True
            self._waiting.remove(mine)
            return False

    def _among_processes(self, until: float) -> bool:
        if not self._door.taken_by(until):
            return False
        try:
            return self._room.taken_by(until)
        finally:
            self._door.release()

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


class _Lock:
    """A lock between processes on a file beside the database; it goes with the process that held it."""

    def __init__(self, file: Path | None, ending: str, pause: float) -> None:
        self._pause = pause
        self._path = None if file is None or fcntl is None else Path(f"{file}{ending}")
        self._handle = -1

    def taken_by(self, until: float) -> bool:
        if self._path is None:
            return True
        if self._handle < 0:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(self._pause)
            else:
                return True

    def release(self) -> None:
        if self._handle >= 0:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
