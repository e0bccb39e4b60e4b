"""Import in the browser: shown first, mended on the page, done as shown; nothing of a file in any address."""

import re
from html import unescape
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.finding import Wanted, find
from tests.makers import CASEWORKER, MON_2_MAR
from tests.web.conftest import Browser

GOOD = "visit,Synthetic ministry,Repair the roof of the cells,2026-02-02,,abai\n"
HEADER = "channel,addressee,title,issued_on,response,region\n"
BAD_REGION = 'visit,Synthetic ministry,"Two lines\nof text",2026-02-02,,nowhere\n'
BAD_DAY = "visit,Synthetic ministry,Open the windows,02.02.2026,,abai\n"


def give(browser: Browser, content: str | bytes, name: str = "rows.csv", **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.client.post(
        "/import", data={"csrf": browser.csrf, **fields}, files={"file": (name, data, "text/csv")}
    )


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return what a form of the page would send, as a browser sees it."""
    forms = re.findall(r"<form .*?</form>", page.partition("<main")[2], re.DOTALL)
    form = next(one for one in forms if action in one.partition(">")[0])
    inputs = re.findall(r'<input[^>]*? name="([^"]+)"(?: value="([^"]*)")?[^>]*>', form)
    areas = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in (*inputs, *areas)}


def counts_of(page: str) -> dict[str, int]:
    shown = page.partition('<ul class="counts">')[2].partition("</ul>")[0]
    return {name: int(count) for name, count in re.findall(r"<li>([^:]+): <strong>(\d+)</strong>", shown)}


def do(browser: Browser, shown: Any) -> Any:
    fields = fields_of(shown.text, 'method="post"')
    return browser.client.post(str(shown.url), data=fields)


def numbers(app: App) -> list[str]:
    return [row.number for row in find(app.views, Wanted(), CASEWORKER, MON_2_MAR).rows]


def test_a_file_is_shown_first_and_then_done_as_shown(app: App, as_user: Any) -> None:
    worker = as_user("caseworker-one")
    shown = give(worker, HEADER + GOOD)
    assert shown.status_code == 200
    assert counts_of(shown.text) == {"new": 1, "changed": 0, "the same": 0, "refused": 0}
    assert "Repair the roof" in shown.text
    assert numbers(app) == []
    done = do(worker, shown)
    assert done.url.path == "/import"
    assert counts_of(done.text)["new"] == 1
    assert numbers(app) == ["R-2026-000001"]
    again = give(worker, HEADER + GOOD)
    assert counts_of(again.text)["the same"] == 1
    assert "R-2026-000001" in again.text
    assert "There is nothing to import" in again.text


def test_refused_rows_are_mended_on_the_page_and_tried_again(app: App, as_user: Any) -> None:
    worker = as_user("secretary")
    shown = give(worker, HEADER + GOOD + BAD_REGION + BAD_DAY)
    assert counts_of(shown.text) == {"new": 1, "changed": 0, "the same": 0, "refused": 2}
    fields = fields_of(shown.text, "/mend")
    assert "Two lines\nof text" in fields.values()
    regions = {name: value for name, value in fields.items() if value == "nowhere"}
    days = {name: value for name, value in fields.items() if value == "02.02.2026"}
    mended = {**fields, **dict.fromkeys(regions, "abai"), **dict.fromkeys(days, "2026-02-02")}
    texts = {name: value.replace("\n", "\r\n") for name, value in mended.items()}  # as a browser sends a text field
    again = worker.client.post(f"{shown.url.path}/mend", data=texts)
    assert counts_of(again.text) == {"new": 2, "changed": 0, "the same": 0, "refused": 0}
    assert shown.url.path in again.text  # the way back to the file
    do(worker, again)
    do(worker, worker.get(f"{shown.url.path}?{shown.url.query.decode()}"))
    found = numbers(app)
    with app.office.open_reading() as work:
        titles = {work.read_case(number).title for number in found}
    assert len(found) == len(titles) == 3


def test_what_was_refused_stays_on_the_page_after_the_import(app: App, as_user: Any) -> None:
    worker = as_user("caseworker-one")
    done = do(worker, give(worker, HEADER + GOOD + BAD_REGION))
    assert len(numbers(app)) == 1
    assert "What was refused is below" in done.text
    assert "nowhere" in fields_of(done.text, "/mend").values()
    assert "Two lines\nof text" in fields_of(done.text, "/mend").values()


def test_a_row_left_out_is_not_tried_again_and_leaving_all_out_is_refused(as_user: Any) -> None:
    worker = as_user("caseworker-one")
    shown = give(worker, HEADER + BAD_REGION + BAD_DAY)
    fields = fields_of(shown.text, "/mend")
    without = {name: value for name, value in fields.items() if name != "in.0"}
    assert counts_of(worker.client.post(f"{shown.url.path}/mend", data=without).text)["refused"] == 1
    none = {name: value for name, value in fields.items() if not name.startswith("in.")}
    assert worker.client.post(f"{shown.url.path}/mend", data=none).status_code == 422


def test_many_refused_rows_come_page_by_page_and_as_a_file(as_user: Any) -> None:
    worker = as_user("caseworker-one")
    rows = "".join(BAD_DAY.replace("windows", f"window {n}") for n in range(45))
    shown = give(worker, HEADER + rows)
    seen: list[str] = []
    page = shown
    while True:
        seen += re.findall(r"Open the window (\d+)", page.text)
        following = re.search(r'<a href="(\?[^"]+)#refused" rel="next"', page.text)
        if following is None:
            break
        page = worker.get(f"{shown.url.path}{unescape(following.group(1))}")
    assert seen == [str(n) for n in range(45)]
    taken = worker.get(f"{shown.url.path}/refused")
    assert taken.text.startswith("\ufeffrefused_because,channel")
    assert taken.text.count("window") == 45
    assert "attachment" in taken.headers["content-disposition"]
    assert counts_of(give(worker, taken.content).text)["refused"] == 45  # our own file is known again


def test_only_the_bytes_that_were_shown_are_imported_and_only_once(app: App, as_user: Any) -> None:
    worker = as_user("caseworker-one")
    shown = give(worker, HEADER + GOOD)
    fields = fields_of(shown.text, 'method="post"')
    assert worker.client.post(str(shown.url), data={**fields, "digest": "0" * 64}).status_code == 409
    assert numbers(app) == []
    assert worker.client.post(str(shown.url), data=fields).status_code == 200
    assert worker.client.post(str(shown.url), data=fields).status_code == 404
    assert app.uploads.names() == []


def test_a_kept_file_is_for_its_giver_alone(as_user: Any) -> None:
    shown = give(as_user("caseworker-one"), HEADER + GOOD)
    other = as_user("caseworker-two")
    assert other.get(shown.url.path).status_code == 404
    assert other.get(f"{shown.url.path}/refused").status_code == 404
    assert as_user("auditor").get(shown.url.path).status_code == 403


def test_no_word_of_a_file_stands_in_an_address(as_user: Any) -> None:
    shown = give(as_user("caseworker-one"), HEADER + GOOD, name="canary.csv", format="csv")
    assert not re.search("canary|roof|ministry", str(shown.url))


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_file_in_an_encoding_nobody_can_tell_is_read_once_it_is_named(lang: str, as_user: Any) -> None:
    worker = as_user("caseworker-one")
    worker.post("/language", {"language": lang, "back": "/import"})
    shown = give(worker, (HEADER + GOOD.replace("Repair the roof", "Отремонтировать крышу")).encode("cp1251"))
    assert shown.status_code == 422
    assert 'role="alert"' in shown.text
    read = worker.get(f"{shown.url.path}?format=csv&encoding=cp1251")
    assert "Отремонтировать крышу" in read.text


def test_the_format_is_told_from_how_the_file_begins(as_user: Any) -> None:
    worker = as_user("caseworker-one")
    upr = "To,Text,From,Response,Session\nSynthetica,Ratify,Examplia,Accepted,20\n"
    as_json = '[{"channel": "visit", "addressee": "Synthetic ministry", "title": "Repair the roof", "colour": "red"}]'
    for content, told, refused in ((upr, "upr", 0), (HEADER + GOOD, "csv", 0), (as_json, "json", 1)):
        shown = give(worker, content)
        assert f'name="format" value="{told}"' in shown.text, content
        assert counts_of(shown.text)["refused"] == refused
    assert "colour" in shown.text  # a member no format has is named as it is


def test_a_form_without_a_file_says_so(as_user: Any) -> None:
    worker = as_user("caseworker-one")
    answer = worker.client.post("/import", data={"csrf": worker.csrf})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_markup_in_a_file_stays_text(as_user: Any) -> None:
    attack = '"""><script>alert(1)</script>{{7*7}}"'
    shown = give(as_user("caseworker-one"), HEADER + f"visit,{attack},{attack},2026-02-02,,nowhere\n")
    assert "<script>alert" not in shown.text
    assert "{{7*7}}" in shown.text


def test_a_made_up_address_counts_nothing(as_user: Any) -> None:
    worker = as_user("caseworker-one")
    counts = "&".join(f"{name}={'9' * 5_000}" for name in ("read", "new", "changed", "same", "refused"))
    assert "Imported." not in worker.get(f"/import?{counts}").text
    shown = give(worker, HEADER + BAD_DAY)
    assert "Open the windows" in worker.get(f"{shown.url.path}?after={'9' * 5_000}").text


def test_names_of_letters_that_look_alike_are_shown_before_anything_is_written(as_user: Any) -> None:
    false = "Синтетическaя"  # a Latin a before the last letter
    shown = give(as_user("caseworker-one"), HEADER + GOOD.replace("Synthetic ministry", false) + GOOD)
    listed = shown.text.partition('<ul class="alikes">')[2].partition("</ul>")[0]
    assert listed.count("<li>") == 1
    assert false in listed
    assert counts_of(shown.text)["refused"] == 0


def test_published_statuses_are_read_by_the_only_vocabulary_that_fits_and_it_is_named(app: App, as_user: Any) -> None:
    worker = as_user("caseworker-one")
    rows = "cat,Synthetic State,Repair the roof,2026-01-10,,,A\ncat,Synthetic State,Repair the wall,2026-01-10,,,E\n"
    shown = give(worker, HEADER.replace("\n", ",status\n") + rows)
    assert "Grades of the Human Rights Committee" in shown.text
    do(worker, shown)
    assert {row.state for row in find(app.views, Wanted(), CASEWORKER, MON_2_MAR).rows} == {"implemented", "rejected"}


def test_a_status_that_several_vocabularies_know_is_refused_with_what_to_do(app: App, as_user: Any) -> None:
    row = "cat,Synthetic State,Repair the roof,2026-01-10,,,Achieved\n"
    shown = give(as_user("caseworker-one"), HEADER.replace("\n", ",status\n") + row)
    assert counts_of(shown.text)["refused"] == 1
    assert "vocabulary" in shown.text
    assert numbers(app) == []
