"""An installation is a sandbox or in earnest by the name of its log, which every event carries."""

from pathlib import Path

import pytest
from sqlalchemy import text

from npm_cases.bootstrap import App, build, initialise
from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.domain.records import Actor
from npm_cases.services.users import AddUser, add_user
from tests.faults.checker import table
from tests.makers import ADMINISTRATOR, MON_2_MAR, an_allegation, settings_of


@pytest.mark.parametrize("sandbox", [True, False])
def test_the_nature_of_an_installation_cannot_be_turned_by_a_row(tmp_path: Path, sandbox: bool) -> None:
    app = initialise(settings_of(tmp_path / "data"), sandbox=sandbox)
    add_user(app.office, AddUser("synthetic", ("caseworker",), ADMINISTRATOR, MON_2_MAR))
    assert app.is_sandbox is sandbox
    other = app.office.origin.replace("sandbox/", "") if sandbox else app.office.origin.replace("/", "/sandbox/", 1)
    with app.database.connection(writing=True) as connection:
        connection.execute(text("UPDATE meta SET value = :other WHERE name = 'origin'"), {"other": other})
    app.close()
    with pytest.raises(IntegrityBroken, match="its history is of another"):
        build(app.settings)


def test_setting_up_again_as_the_other_kind_is_refused(app: App) -> None:
    with pytest.raises(ConfigurationError, match="is a sandbox and stays so"):
        initialise(app.settings, sandbox=False)


def test_the_data_folder_is_its_owners_alone(app: App) -> None:
    an_allegation(app)
    assert app.settings.data_dir.stat().st_mode & 0o077 == 0


def test_power_over_the_acts_of_others_is_given_in_the_open(tmp_path: Path) -> None:
    app = initialise(settings_of(tmp_path / "data"), sandbox=False)
    add_user(app.office, AddUser("first", ("administrator",), Actor("init", frozenset({"administrator"})), MON_2_MAR))
    add_user(app.office, AddUser("clerk", ("caseworker",), ADMINISTRATOR, MON_2_MAR))
    assert table(app, "incidents") == []
    first = Actor("first", frozenset({"administrator"}))
    add_user(app.office, AddUser("alias", ("caseworker", "commissioner"), first, MON_2_MAR))
    (incident,) = table(app, "incidents")
    assert (incident["kind"], incident["subject"]) == ("power_given", "alias")
    app.close()
