"""A country without a caseload of its own is tried with one made from its pack: every channel, every region, no real name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, caseload_for, initialise
from npm_cases.packs.known import load_pack, pack_names
from npm_cases.services.case_views import ListFilter
from npm_cases.services.caseload import load_caseload
from npm_cases.services.held_posts import vacant_posts
from npm_cases.services.made_caseload import made_caseload
from npm_cases.services.verify import verify
from tests.makers import MON_2_MAR, settings_of

WITHOUT = tuple(name for name in pack_names() if name != "kz")


@pytest.fixture(params=WITHOUT)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    found = initialise(settings_of(tmp_path / "data", country=request.param), sandbox=True)
    yield found
    found.close()


def test_it_loads_through_the_same_acts_as_a_persons_with_every_channel_and_post(app: App) -> None:
    pack = app.office.pack
    load_caseload(app.office, caseload_for(pack), MON_2_MAR, lambda *_: None)
    rows = list(app.views.cases(ListFilter(limit=500), (), ()))
    assert {row["channel"] for row in rows} == {c.id for c in pack.channels.values() if c.issued_here}
    assert {row["region"] for row in rows} == set(pack.regions)
    assert len({row["state"] for row in rows}) > 3
    assert vacant_posts(app.office, MON_2_MAR) == []
    with app.reader as reader:
        assert verify(app.office, reader, MON_2_MAR).findings == ()


@pytest.mark.parametrize("name", WITHOUT)
def test_every_place_body_and_person_says_that_it_is_synthetic(name: str) -> None:
    registers = made_caseload(load_pack(name)).registers
    named = [*(b["name"] for b in registers.bodies), *(p.fields["name"] for p in registers.places)]
    named += [*(u.name for u in registers.users), *(p["name"] for p in registers.posts)]
    assert [one for one in named if "Synthetic" not in one] == []
    addresses = [*(b["email"] for b in registers.bodies), *(u.email for u in registers.users)]
    assert all(address.endswith(".invalid") for address in addresses)


def test_a_place_names_the_body_responsible_where_there_are_several() -> None:
    places = made_caseload(load_pack("gb")).registers.places
    assert places[0].fields["name"] == "Synthetic prison (England and Wales, HM Inspectorate of Prisons)"


def test_kazakhstan_keeps_the_caseload_it_comes_with() -> None:
    assert caseload_for(load_pack("kz")).published
