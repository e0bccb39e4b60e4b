"""The case as an aggregate of eventsourcing, in a module of its own because its events are found again by their names."""

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from one_move_floor import STATES


class Case(Aggregate):
    """A case whose state is what its events say."""

    @event("Created")
    def __init__(self, number: str) -> None:
        self.number, self.state = number, STATES[0]

    @event("Moved")
    def move(self, to: str) -> None:
        """Go to another state."""
        self.state = to


class Cases(Application):
    """The application around it."""

    is_snapshotting_enabled = False

    def add(self, number: str) -> str:
        """Add a case and return its id."""
        made = Case(number=number)
        self.save(made)
        return str(made.id)
