"""A country changes its zone: the day that is due stays, and the instants kept of it follow the zone data of the machine (F31).

Instants to come are kept for the sweep. When other zone data is installed they are counted again, and a person is told.
"""

from npm_cases.domain.zones import zone_marks
from npm_cases.services.incidents import raise_incident
from npm_cases.services.policy_kept import set_value
from npm_cases.services.ports import Office
from npm_cases.services.recounting import begin
from npm_cases.services.rule_choice import Choice

ZONES = "zones"


def follow_zone_data(office: Office, now: str) -> bool:
    """Have every open date counted again where the zone data is not the one they were counted with; say whether it is so.

    Two machines with different data would take turns: the incident says to install the same on both.
    """
    marks = zone_marks(office.pack.mechanism.zones)
    with office.open_reading() as work:
        known = [row["value"] for row in work.rows("meta", {"name": ZONES})]
    if known == [marks]:
        return False
    with office.open_work() as work:
        set_value(work, ZONES, marks)
        if known:
            begin(work, Choice(), now)
            what = "the zone data of this machine is new: open dates keep their day, their instants were counted again"
            raise_incident(work, office, "zone_data_changed", ZONES, what, now)
        work.commit()
    return bool(known)
