"""Let time pass: step through every instant at which a rung is due, so that acts happen on their day.

Used by the demo, by simulations on a copy, and by tests; the sweep itself knows nothing of it.
"""

from collections.abc import Callable, Iterator

from npm_cases.domain.records import SweepCounts
from npm_cases.services.ports import Office
from npm_cases.services.sweep import sweep


def next_due(office: Office) -> str:
    """Return the instant of the earliest rung not yet taken, or an empty text when none waits."""
    with office.open_reading() as work:
        return work.next_rung_at()


def present(office: Office, machine_clock: str) -> str:
    """Return the present instant: the machine's clock; in a sandbox where a demo set the clock, the simulated one.

    A sandbox's time never runs backwards: where acts were done at later simulated instants, it goes on from them.
    """
    if not office.sandbox:
        return machine_clock
    with office.open_reading() as work:
        return max(work.simulated_clock() or machine_clock, work.last_instant())


def set_clock(office: Office, instant: str) -> None:
    """Let a sandbox's clock stand at an instant; only a demo does so."""
    with office.open_work() as work:
        if not work.update("meta", {"value": instant}, {"name": "clock"}):
            work.insert("meta", {"name": "clock", "value": instant})
        work.commit()


def let_time_pass(
    office: Office, start: str, until: str, after_each: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, SweepCounts]]:
    """Sweep at each due instant from ``start`` to ``until`` and yield the instant with what was done.

    What fell due before ``start`` is taken at ``start``, as after an outage.
    """
    while (due := next_due(office)) and due <= until:
        at = max(due, start)
        counts = sweep(office, at)
        after_each(at)
        yield at, counts
        if not counts.taken:
            return
