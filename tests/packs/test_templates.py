"""A pack upon a template: what it takes over, replaces and drops, and in which file a complaint is at home."""

from pathlib import Path

import pytest

from npm_cases.domain.pack import Pack
from npm_cases.packs.country_file import load_country
from npm_cases.packs.located import BadPack

CONFIG = Path(__file__).parents[2] / "config"
MODELS = CONFIG / "models"
SMALL = """\
[pack]
id = "synthetica"
template = "ombudsman_plus"
zone = "Asia/Almaty"
calendar = "kz"
official_languages = ["xx"]

[[models]]
model = 2
policy = true

[[bodies]]
id = "institution"
labels = { en = "Synthetic institution", ru = "Синтетическое учреждение", kk = "Синтетикалық мекеме" }
policy = true
"""


def load(tmp_path: Path, text: str, models: Path = MODELS) -> Pack:
    path = tmp_path / "synthetica.toml"
    path.write_text(text, encoding="utf-8")
    return load_country(path, CONFIG / "calendars", models)


def refused(tmp_path: Path, text: str, models: Path = MODELS) -> BadPack:
    with pytest.raises(BadPack) as found:
        load(tmp_path, text, models)
    return found.value


def other_models(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """Copy the templates, one of them changed."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in MODELS.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert path.stem != name or old in text, "the template changed; plant the fault elsewhere"
        (folder / path.name).write_text(text.replace(old, new, 1) if path.stem == name else text, encoding="utf-8")
    return folder


def test_a_pack_of_a_few_lines_is_whole_by_its_template(tmp_path: Path) -> None:
    pack = load(tmp_path, SMALL)
    assert {"visit", "ombudsman", "annual_report", "spt", "cat", "upr"} <= set(pack.channels)
    assert pack.channels["annual_report"].approvers == {"council", "commissioner"}  # of the model, not the common one
    assert pack.status == "draft"
    assert {question.id for question in pack.mechanism.questions} > {"visit_reply", "complaints"}


@pytest.mark.parametrize("model", ["existing_institution", "ombudsman_plus", "new_body"])
def test_every_model_is_enough_for_a_small_pack(tmp_path: Path, model: str) -> None:
    assert load(tmp_path, SMALL.replace("ombudsman_plus", model)).channels


def test_an_own_rule_replaces_all_versions_of_the_templates(tmp_path: Path) -> None:
    own = (
        '\n[[rules.visit_reply]]\nversion = "law"\namount = 20\nunit = "working_days"\nstarts = "day_after_receipt"\n'
        'rolls_to = "next_working_day"\nvalid_from = 2020-01-01\nsource = "Synthetic law"\n'
    )
    (rule,) = load(tmp_path, SMALL + own).rules["visit_reply"]
    assert (rule.version, rule.amount) == ("law", 20)


def test_own_duties_replace_the_templates_one_by_one(tmp_path: Path) -> None:
    pack = load(tmp_path, SMALL + '\n[duties.recommendation]\nreply = "spt_reply"\n')
    assert pack.channels["visit"].duties["reply"] == "spt_reply"
    assert pack.channels["visit"].duties["verify"] == "verification"


def test_an_own_post_stands_where_the_templates_stood(tmp_path: Path) -> None:
    own = (
        '\n[[posts]]\nid = "board"\noutside = false\nrelative = false\ncommissioners_office = true\n'
        'valid_from = 2000-01-01\npolicy = true\nlabels = { en = "Senate", ru = "Сенат", kk = "Сенат" }\n'
    )
    posts = load(tmp_path, SMALL + own).posts
    assert posts["board"].labels["en"] == "Senate"
    assert list(posts) == list(load(tmp_path, SMALL).posts)


def test_a_dropped_channel_is_gone_from_the_ladders_too(tmp_path: Path) -> None:
    pack = load(tmp_path, SMALL + '\n[drop]\nchannels = ["upr", "cat"]\n')
    assert not {"upr", "cat"} & set(pack.channels)
    assert pack.ladder("published_channels").channels == {"spt"}


def test_a_ladder_whose_channels_are_all_dropped_is_for_nothing_else_instead(tmp_path: Path) -> None:
    pack = load(tmp_path, SMALL + '\n[drop]\nchannels = ["upr", "cat", "spt"]\n')
    assert "published_channels" not in {ladder.id for ladder in pack.ladders}


DROPS = {
    "a channel there is not": ('channels = ["atlantis"]', "atlantis"),
    "a section nothing is dropped from": ('duties = ["reply"]', "lists"),
    "no list": ('channels = "upr"', "lists"),
}


@pytest.mark.parametrize("fault", DROPS)
def test_what_cannot_be_dropped_is_refused_at_its_line(tmp_path: Path, fault: str) -> None:
    line, word = DROPS[fault]
    found = refused(tmp_path, f"{SMALL}\n[drop]\n{line}\n")
    assert word in found.reason
    assert (found.file.rpartition("/")[2], found.line) == ("synthetica.toml", SMALL.count("\n") + 3)


def test_a_post_that_a_ladder_still_names_cannot_be_dropped(tmp_path: Path) -> None:
    found = refused(tmp_path, SMALL + '\n[drop]\nposts = ["superior"]\n')
    assert found.file.endswith("models/common.toml")
    assert "superior" in found.reason


def test_a_template_is_no_pack() -> None:
    with pytest.raises(BadPack, match="not a pack"):
        load_country(MODELS / "ombudsman_plus.toml", CONFIG / "calendars")


def test_a_template_that_stands_on_itself_is_refused(tmp_path: Path) -> None:
    models = other_models(tmp_path, "common", "[template]", '[template]\nstands_on = "ombudsman_plus"')
    assert "itself" in str(refused(tmp_path, SMALL, models))


def test_a_fault_in_the_template_is_named_with_the_templates_file_and_line(tmp_path: Path) -> None:
    models = other_models(tmp_path, "common", "every = 60", "every = -60")
    found = refused(tmp_path, SMALL, models)
    text = (models / "common.toml").read_text(encoding="utf-8").splitlines()
    assert found.file == str(models / "common.toml")
    assert text[found.line - 1].startswith("rungs =")


def test_a_fault_of_the_middle_template_is_named_with_its_own_file(tmp_path: Path) -> None:
    models = other_models(tmp_path, "ombudsman_plus", 'kk = "Тетіктің баруы" ', 'kk = "" ')
    found = refused(tmp_path, SMALL, models)
    assert found.file == str(models / "ombudsman_plus.toml")
    assert "no label in kk" in found.reason


def test_faults_in_several_files_are_all_told_each_with_its_own(tmp_path: Path) -> None:
    models = other_models(tmp_path, "common", 'labels = { en = "Addressee"', 'labels = { xx = "Addressee"')
    found = refused(tmp_path, SMALL.replace('ru = "Синтетическое учреждение", ', ""), models)
    assert found.file.endswith("synthetica.toml")
    assert [problem.file.rpartition("/")[2] for problem in found.problems] == ["", "common.toml"]
    assert "common.toml" in str(found)


def test_several_bodies_divide_the_regions_between_them(tmp_path: Path) -> None:
    second = '\n[[bodies]]\nid = "second"\nlabels = { en = "Second", ru = "Второй", kk = "Екінші" }\npolicy = true\n'
    found = refused(tmp_path, SMALL + second)
    assert "names no body responsible" in found.reason
