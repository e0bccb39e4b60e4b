"""What a form offers to choose from, in the reader's words."""

from npm_cases.domain.letters import sort_key
from npm_cases.services.registers import as_list
from npm_cases.web.visit import Visit


def regions_by_name(visit: Visit) -> list[tuple[str, str]]:
    """Return code and name of every region of the country, in the order of the alphabet."""
    named = [(code, visit.speaker.region(code)) for code in visit.office.pack.regions]
    return sorted(named, key=lambda one: sort_key(one[1]))


def named_in(visit: Visit, register: str) -> list[tuple[str, str]]:
    """Return id and name of every row of a register, as they stand in it."""
    return [(row["id"], row["name"]) for row in as_list(visit.office, register, visit.actor)]
