"""Calendar files: what they may say, and that every complaint names its line."""

from datetime import date
from pathlib import Path

import pytest

from npm_cases.packs.calendar_file import load_calendar, names_in, parse_calendar
from npm_cases.packs.located import BadPack, parse_toml
from tests.makers_calendar import KZ_FILE, SMALL, a_calendar, kazakhstan, kazakhstan_as_written

LINES_OF_SMALL = SMALL.count("\n")


def complaint(more: str) -> BadPack:
    with pytest.raises(BadPack) as refused:
        a_calendar(more)
    return refused.value


def test_the_calendar_of_kazakhstan_loads() -> None:
    assert (kazakhstan().id, kazakhstan().zone, kazakhstan().last_confirmed_year) == ("kz", "Asia/Almaty", 2026)
    assert len(kazakhstan().transfers) == 33


def test_every_year_holiday_and_transfer_of_kazakhstan_has_its_source() -> None:
    written = kazakhstan_as_written()
    assert [entry["year"] for entry in written["years"]] == list(range(2008, 2028))
    tables = ("years", "holidays", "substitutes", "days_off", "transfers", "doubts")
    assert all(entry["source"] for table in tables for entry in written[table])


def test_every_holiday_of_kazakhstan_has_its_name_in_three_languages() -> None:
    assert {frozenset(names) for names in names_in(KZ_FILE).values()} == {frozenset({"kk", "ru", "en"})}


def test_what_is_left_out_is_taken_as_none() -> None:
    assert a_calendar().why_not_working(date(2025, 1, 1)) is None
    assert a_calendar().why_not_working(date(2025, 1, 4)) == "weekend"


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        pytest.param(
            '[[holidays]]\nid = "a"\ndays = ["01-01"]\n', 1, "holidays[0].source: Field required", id="no source"
        ),
        pytest.param(
            '[[holidays]]\nid = "a"\ndays = [\n  "01-01",\n  "13-01",\n]\nsource = "x"\n',
            3,
            "no day of any year",
            id="month 13",
        ),
        pytest.param(
            '[[holidays]]\nid = "a"\ndays = ["1 May"]\nsource = "x"\n', 3, "for example 07-06", id="no month-day"
        ),
        pytest.param('[[substitutes]]\nsource = "x"\nrule = "y"\n', 3, "Extra inputs", id="unknown key"),
        pytest.param('[[substitutes]]\nsource = ""\n', 2, "at least 1 character", id="empty source"),
        pytest.param(
            '[[substitutes]]\nvalid_from = 2024-01-02\nvalid_to = 2024-01-01\nsource = "x"\n',
            1,
            "is before",
            id="validity",
        ),
        pytest.param('[[days_off]]\nid = "a"\nsource = "x"\n', 1, "give days", id="no days"),
        pytest.param(
            '[[days_off]]\nid = "a"\ndates = ["2025-01-01"]\nsource = "x"\n', 3, "valid date", id="text for a date"
        ),
        pytest.param('[[years]]\nyear = 2027\nsource = "x"\n', 2, "2027 comes after 2025", id="a gap between years"),
        pytest.param(
            '[[transfers]]\noff = 2025-06-07\nworked = 2025-06-08\nsource = "x"\n',
            2,
            "no working day",
            id="free already",
        ),
        pytest.param(
            '[[transfers]]\noff = 2025-06-06\nworked = 2025-06-09\nsource = "x"\n',
            3,
            "working day .* already",
            id="worked already",
        ),
        pytest.param(
            '[[transfers]]\noff = 2025-06-06\nworked = 2026-06-07\nsource = "x"\n',
            3,
            "not listed",
            id="year not listed",
        ),
        pytest.param(
            '[[transfers]]\noff = 2025-06-06\nworked = 2025-06-07\nweeks = ["four_day"]\nsource = "x"\n',
            4,
            "no week 'four_day'",
            id="unknown week",
        ),
        pytest.param(
            '[[holidays]]\nid = "a"\ndays = ["06-07"]\nsource = "x"\n'
            '[[transfers]]\noff = 2025-06-06\nworked = 2025-06-07\nsource = "x"\n',
            7,
            "public holiday",
            id="a holiday cannot be moved",
        ),
        pytest.param(
            '[[transfers]]\noff = 2025-06-06\nworked = 2025-06-07\nsource = "x"\n' * 2,
            6,
            "moved twice",
            id="moved twice",
        ),
        pytest.param(
            '[[holidays]]\nid = "a"\ndays = ["06-07"]\nsource = "x"\n' * 2, 6, "in force twice", id="a holiday twice"
        ),
        pytest.param(
            '[[doubts]]\nid = "a"\nfirst = 2025-06-02\nlast = 2025-06-01\nreason = "x"\nsource = "x"\n',
            1,
            "is before",
            id="doubt",
        ),
        pytest.param("[[holidays]\n", 1, "is not TOML", id="broken TOML"),
    ],
)
def test_a_mistake_is_refused_with_its_line(more: str, line: int, reason: str) -> None:
    refused = complaint(more)
    assert refused.file == "small.toml"
    assert refused.line == LINES_OF_SMALL + line
    with pytest.raises(BadPack, match=reason.replace("[", r"\[")):
        raise refused


def test_all_mistakes_are_listed_in_the_order_of_their_lines() -> None:
    refused = complaint('[[substitutes]]\nsource = ""\n[[holidays]]\nid = "a"\ndays = []\nsource = "x"\n')
    assert [problem.line - LINES_OF_SMALL for problem in refused.problems] == [2, 5]
    assert str(refused).count("small.toml:") == 2


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('zone = "Asia/Almaty"', 'zone = "Asia/Atlantis"', "no time zone"),
        ("last_confirmed_year = 2025", "last_confirmed_year = 2023", "before first_confirmed_year"),
        ("last_confirmed_year = 2025", "last_confirmed_year = 2026", "not among the years"),
        ('"thu", "fri"]', '"thu", "thu"]', "names a day twice"),
        ('five_day = ["mon", "tue", "wed", "thu", "fri"]', "five_day = []", "no working day"),
    ],
)
def test_a_mistake_in_the_head_is_refused_with_its_line(old: str, new: str, reason: str) -> None:
    text = SMALL.replace(old, new, 1)
    with pytest.raises(BadPack, match=reason) as refused:
        parse_calendar(text, "small.toml")
    assert new.split(" = ", maxsplit=1)[-1] in text.splitlines()[refused.value.line - 1]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadPack, match=r"nowhere.toml:0: cannot be read: No such file"):
        load_calendar(Path("nowhere.toml"))


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_bytes('id = "x"\nname = "Наурыз"\n'.encode("cp1251"))
    with pytest.raises(BadPack, match="save the file in UTF-8") as refused:
        load_calendar(file)
    assert refused.value.line == 2


def test_lines_are_found_in_nested_tables_and_after_long_values() -> None:
    toml = parse_toml(
        'title = """\n[not.a.table]\nkey = 1\n"""\n'
        "[ladders.reply]\nsteps = [\n  { day = 1 },\n]\nlast.word = 2\n"
        '[[bodies]]\nname = "a # b [" # [x\n[[bodies.posts]]\nid = 1\n[[bodies.posts]]\nid = 2\n'
        "[bodies.posts.holder]\nsince = 3\n",
        "nested.toml",
    )
    found = {
        ("title",): 1,
        ("ladders", "reply"): 5,
        ("ladders", "reply", "steps", 0, "day"): 6,
        ("ladders", "reply", "last", "word"): 9,
        ("bodies", 0, "name"): 11,
        ("bodies", 0, "posts", 1, "id"): 15,
        ("bodies", 0, "posts", 1, "holder", "since"): 17,
        ("bodies", 0, "absent"): 10,
        ("absent",): 0,
    }
    assert {where: toml.line_of(where) for where in found} == found


def test_the_example_of_the_documentation_loads() -> None:
    text = (KZ_FILE.parents[2] / "docs" / "calendars.md").read_text(encoding="utf-8")
    calendar = parse_calendar(text.split("```toml\n")[1].split("```")[0], "docs/calendars.md")
    assert calendar.why_not_working(date(2024, 5, 10)) == "transfer:2024-05-04"
    assert calendar.is_provisional(date(2024, 6, 17))
