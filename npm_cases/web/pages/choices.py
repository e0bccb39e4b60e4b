"""What a form offers to choose from, in the reader's words and in the order of the alphabet."""

from npm_cases.domain.letters import sort_key
from npm_cases.web.visit import Visit


def regions_by_name(visit: Visit) -> list[tuple[str, str]]:
    """Return code and name of every region of the country."""
    named = [(code, visit.speaker.region(code)) for code in visit.office.pack.regions]
    return sorted(named, key=lambda one: sort_key(one[1]))
