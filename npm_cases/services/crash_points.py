"""Named points at which a test may kill the process; without a name set, reaching one does nothing.

Tests enumerate the names from the source, so that a new step cannot escape them (FAULTS F01).
"""

import os
import signal
from collections.abc import Callable


def reach(crash_at: str) -> Callable[[str], None]:
    """Return what is called at each point: it kills the process at ``name`` or, with ``name:3``, the third time.

    With ``name:3:stop`` the process is stopped there, until somebody wakes it.
    """
    if not crash_at:
        return _go_on
    name, _, rest = crash_at.partition(":")
    count, _, how = rest.partition(":")
    left = [int(count or "1")]

    def kill_at(point: str) -> None:
        if point == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGSTOP if how == "stop" else signal.SIGKILL)

    return kill_at


def _go_on(_: str) -> None:
    return None
