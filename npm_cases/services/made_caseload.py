"""A small caseload made from a pack alone, for countries that come without one of their own: every name in it is synthetic.

There are a place and its administration for every region, cases of every channel of the mechanism in every region, each a
step further than the one before, and a holder for every post.
"""

from collections.abc import Iterator
from datetime import timedelta

from npm_cases.domain.caseload import Caseload, Given, PlannedAct, PlannedCase, PlannedUser, PlannedVisit, Registers
from npm_cases.domain.pack import Channel, Pack
from npm_cases.domain.records import ALLEGATION

CASEWORKER = "demo-caseworker"
USERS = {
    CASEWORKER: "caseworker", "demo-second": "caseworker", "demo-leader": "group_leader", "demo-council": "council",
    "demo-commissioner": "commissioner", "demo-delegate": "delegate", "demo-secretariat": "secretariat",
    "demo-auditor": "auditor", "demo-admin": "administrator", "demo-participant": "participant",
}  # fmt: skip
HOLDERS = {"secretariat": "demo-secretariat", "commissioner": "demo-commissioner"}
NOTE = "Synthetic: invented for the demonstration."
MINISTRY, PROSECUTOR = "synthetic_ministry", "prosecutor"
TITLES = (
    "Examine each new arrival by a doctor within one day and file the record",
    "Install a call button in each cell and log the response time",
    "Record every use of restraints in one register with hour, reason and name",
    "Give every person one hour in the open air a day and note it",
    "Put the rules on complaints on every wing in the languages spoken there",
)
STATEMENTS = (
    "Synthetic report: a detained person says that officers struck him during a search.",
    "Synthetic report: a relative writes that a prisoner was kept standing through the night.",
)
LETTER = (("letter.txt", b"A synthetic letter."),)
SPACING_DAYS = 3
FEWEST = 3
"""How many cases every channel has at least."""

Step = tuple[str, str, int, dict[str, str], bool]
# Event, who does it (empty: an approver of the channel), on which day of the case, its fields, whether with a letter.
RECOMMENDED: tuple[Step, ...] = (
    ("approve", "", 1, {}, False),
    ("issue", "demo-secretariat", 2, {"measurable": "true"}, False),
    ("record_service", "demo-secretariat", 4, {}, True),
    ("acknowledge", CASEWORKER, 8, {}, False),
    ("record_reply", CASEWORKER, 17, {}, True),
    ("accept", CASEWORKER, 22, {}, False),
)
ALLEGED: tuple[Step, ...] = (
    ("register", CASEWORKER, 0, {"consent": "given", "reprisal_risk": "high"}, False),
    ("transfer", "demo-secretariat", 0, {}, False),
    ("notify_prosecutor", CASEWORKER, 0, {"authority": PROSECUTOR}, False),
)


def made_caseload(pack: Pack) -> Caseload:
    """Make the caseload of a pack; the same pack gives the same one."""
    return Caseload(
        registers=_registers(pack), visits=tuple(_visits(pack)), published=(), answered=(),
        synthetic=tuple(_cases(pack)), years=(),
    )  # fmt: skip


def _registers(pack: Pack) -> Registers:
    language, regions = pack.languages[0], tuple(pack.regions)
    users = [_user(name, (role,), language, ()) for name, role in USERS.items()]
    users.append(_user("demo-representative", ("representative",), language, regions[:1]))
    above = [
        {"id": MINISTRY, "name": "Synthetic ministry", "kind": "ministry", "email": "ministry@bodies.invalid"},
        {"id": PROSECUTOR, "name": "Synthetic prosecutor", "kind": "prosecutor", "email": "prosecutor@bodies.invalid"},
    ]
    return Registers(
        bodies=(*({**one, "language": language} for one in above), *(_administration(pack, one) for one in regions)),
        places=tuple(_place(pack, region, number) for number, region in enumerate(regions)),
        posts=tuple(
            _holder(post.id, language) for post in pack.posts.values() if not post.relative and not post.outside
        ),
        users=tuple(users),
    )


def _user(name: str, roles: tuple[str, ...], language: str, regions: tuple[str, ...]) -> PlannedUser:
    said = f"Synthetic {name.removeprefix('demo-')}"
    return PlannedUser(name, said, f"{name}@office.invalid", language, roles, regions)


def _administration(pack: Pack, region: str) -> dict[str, str]:
    address = f"administration-{region.replace('_', '-')}@bodies.invalid"
    name = f"Administration of {_place_name(pack, region)}"
    return {
        "id": f"administration_{region}", "name": name, "kind": "administration", "superior": MINISTRY, "email": address,
        "language": pack.languages[0],
    }  # fmt: skip


def _place(pack: Pack, region: str, number: int) -> Given:
    fields = {
        "id": f"synthetic_{region}", "name": _place_name(pack, region), "kind": "prison", "region": region,
        "body": f"administration_{region}",
    }  # fmt: skip
    return Given(fields, {"last_periodic_visit": timedelta(days=-100 * (number + 1))})


def _place_name(pack: Pack, region: str) -> str:
    """Name a place by its region and by the body of the mechanism responsible for it, where there are several."""
    body = next((b for b in pack.mechanism.bodies if b.id == pack.mechanism.region_bodies.get(region)), None)
    parts = [pack.regions[region]["en"], *([body.labels["en"]] if body else [])]
    return f"Synthetic prison ({', '.join(parts)})"


def _holder(post: str, language: str) -> dict[str, str]:
    found = {
        "post": post, "name": f"Synthetic holder, {post}", "email": f"{post.replace('_', '-')}@office.invalid",
        "language": language,
    }  # fmt: skip
    return {**found, "user": HOLDERS[post]} if post in HOLDERS else found


def _visits(pack: Pack) -> Iterator[PlannedVisit]:
    for number, region in enumerate(pack.regions):
        given = Given({"place": f"synthetic_{region}", "kind": "interim"}, {"started_on": timedelta(days=-1)})
        yield PlannedVisit(f"V-{number + 1}", "demo-leader", timedelta(days=-40 - number), given)


def _cases(pack: Pack) -> Iterator[PlannedCase]:
    channels = [channel for channel in pack.channels.values() if channel.issued_here]
    rounds = -(-FEWEST // len(pack.regions))  # a country of one region is tried with as many as one of three
    pairs = [(channel, region) for _ in range(rounds) for region in pack.regions for channel in channels]
    for number, (channel, region) in enumerate(pairs):
        yield _case(channel, region, number)


def _case(channel: Channel, region: str, number: int) -> PlannedCase:
    """Make one case; the number says how far it has come, and how long ago it began."""
    steps = ALLEGED if channel.kind == ALLEGATION else RECOMMENDED
    taken = steps[: number % (len(steps) + 1)]
    fields = {"channel": channel.id, "region": region, "assignee": CASEWORKER, "place": f"synthetic_{region}"}
    if channel.kind == ALLEGATION:
        fields |= {
            "source": "Synthetic: private interview on a visit", "alleged_victim": f"Synthetic person {number + 1}",
            "statement": STATEMENTS[number % len(STATEMENTS)],
        }  # fmt: skip
    else:
        fields |= {
            "addressee": f"administration_{region}",
            "title": TITLES[number % len(TITLES)],
            "theme": "safeguards",
        }
    lasted = max((day for _, _, day, _, _ in taken), default=0)
    start = timedelta(days=-lasted - 1 - SPACING_DAYS * (number % 10))
    acts = tuple(_act(channel, step, hour) for hour, step in enumerate(taken, start=1))
    return PlannedCase(f"S-{number + 1}", channel.kind, CASEWORKER, start, Given(fields), acts, NOTE)


def _act(channel: Channel, step: Step, hour: int) -> PlannedAct:
    event, by, day, fields, with_letter = step
    who = by or next(name for name, role in USERS.items() if role in channel.approvers)
    after = timedelta(days=day, hours=hour)
    return PlannedAct(event, who, after, Given(fields), LETTER if with_letter else (), "", timedelta())
