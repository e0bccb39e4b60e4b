"""A post a ladder tells and nobody holds is named, so that the doctor can say who is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.health import policy
from npm_cases.services.held_posts import vacant_posts
from npm_cases.services.registers import fill_post
from tests.makers import ADMINISTRATOR, MON_2_MAR, an_app

TUE_3_MAR = MON_2_MAR.replace("-02T", "-03T")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    found = an_app(tmp_path / "data")
    yield found
    found.close()


def test_nobody_is_missing_while_every_post_is_held(app: App) -> None:
    assert vacant_posts(app.office, MON_2_MAR) == []
    assert policy(app, MON_2_MAR).well


def test_a_post_whose_holder_left_is_named(app: App) -> None:
    with app.office.open_work() as work:
        work.update("holders", {"valid_to": "2026-03-01"}, {"post": "board"})
        work.commit()
    check = policy(app, MON_2_MAR)
    assert (check.found, check.do, check.values) == ("policy_vacant", "policy_fill", {"posts": "board"})


def test_a_post_is_held_again_once_somebody_is_named(app: App) -> None:
    with app.office.open_work() as work:
        work.update("holders", {"valid_to": "2026-03-01"}, {"post": "board"})
        work.commit()
    fill_post(app.office, {"post": "board", "email": "new@office.example", "language": "kk"}, ADMINISTRATOR, TUE_3_MAR)
    assert vacant_posts(app.office, TUE_3_MAR) == []
