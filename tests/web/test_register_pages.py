"""The registers in the browser: looked through page by page in the right alphabet, added to, posts filled and vacant."""

import re
from html import unescape
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.register_lists import Wanted, list_bodies, list_places, list_visits
from npm_cases.services.registers import add_body, add_place, record_visit
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR
from tests.web.conftest import Browser

ALPHABET = (
    "Ақтау",
    "Аягөз",
    "Әйтеке",
    "Баянауыл",
    "Ғабит",
    "Кеген",
    "Қабанбай",
    "Өскемен",
    "Тараз",
    "Ұлытау",
    "Үшарал",
    "Ынта",
    "Іле",
    "Яйсан",
)


def a_place(app: App, name: str, place: str = "", **more: str) -> str:
    given = {"name": name, "region": "abai", **({"id": place} if place else {}), **more}
    return add_place(app.office, given, CASEWORKER, MON_2_MAR)


def walked(browser: Browser, path: str, pattern: str) -> list[str]:
    """Follow a list to its end."""
    seen: list[str] = []
    while path:
        page = browser.get(path).text
        seen += re.findall(pattern, page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(following[1]) if following else ""
    return seen


def test_places_are_read_page_by_page_each_once_in_the_kazakh_alphabet(any_app: App) -> None:
    for number, name in enumerate(reversed(ALPHABET)):
        a_place(any_app, f"Synthetic {name}", f"p{number}")
    seen: list[str] = []
    after = ""
    while True:
        page = list_places(any_app.lists, Wanted(size=3, after=after), CASEWORKER)
        assert len(page.rows) <= 3
        seen += [row["name"].removeprefix("Synthetic ") for row in page.rows]
        after = page.next
        if not after:
            break
    assert seen == list(ALPHABET)


def test_places_are_listed_by_the_day_their_periodic_visit_is_due(any_app: App) -> None:
    for number, day in enumerate(("2024-05-05", "2023-05-05", "2025-05-05")):
        a_place(any_app, f"Synthetic place {number}", f"p{number}", last_periodic_visit=day)
    first = list_places(any_app.lists, Wanted(sort="due", size=2), CASEWORKER)
    rest = list_places(any_app.lists, Wanted(sort="due", size=2, after=first.next), CASEWORKER)
    assert [row["id"] for row in (*first.rows, *rest.rows)] == ["p1", "p0", "p2"]
    by_name = list_places(any_app.lists, Wanted(), CASEWORKER).rows
    assert {row["id"]: row["due_on"] for row in by_name} == {
        row["id"]: row["due_on"] for row in (*first.rows, *rest.rows)
    }


@pytest.mark.parametrize("words", ["ұлытау", "Ұлытау", "ҰЛЫТАУ", "synthetic ұлы", "p9"])
def test_a_place_is_found_by_words_of_its_name_or_by_its_code(words: str, any_app: App) -> None:
    a_place(any_app, "Synthetic Ұлытау", "p9")
    a_place(any_app, "Synthetic 100% other_place", "q")
    assert [row["id"] for row in list_places(any_app.lists, Wanted(words=words), CASEWORKER).rows] == ["p9"]


def test_signs_that_mean_something_to_the_database_are_looked_for_as_they_are(any_app: App) -> None:
    a_place(any_app, "Synthetic 100% place", "q1")
    a_place(any_app, "Synthetic 1000 place", "q2")
    assert [row["id"] for row in list_places(any_app.lists, Wanted(words="100%"), CASEWORKER).rows] == ["q1"]


def test_bodies_name_the_body_above_them(any_app: App) -> None:
    add_body(any_app.office, {"id": "below", "name": "Below", "superior": "synthetic_committee"}, CASEWORKER, MON_2_MAR)
    found = {row["id"]: row["superior_name"] for row in list_bodies(any_app.lists, Wanted(), CASEWORKER).rows}
    assert found["below"] == "Synthetic committee"
    assert found["synthetic_committee"] == ""


def test_visits_are_read_newest_first_by_place_and_day(any_app: App) -> None:
    for place in ("p", "q"):
        a_place(any_app, f"Synthetic {place}", place)
        for day in ("2026-01-05", "2026-01-07", "2026-01-06"):
            record_visit(any_app.office, {"place": place, "kind": "special", "started_on": day}, CASEWORKER, MON_2_MAR)
    first = list_visits(any_app.lists, Wanted(place="p", size=2), CASEWORKER)
    rest = list_visits(any_app.lists, Wanted(place="p", size=2, after=first.next), CASEWORKER)
    assert [row["started_on"] for row in (*first.rows, *rest.rows)] == ["2026-01-07", "2026-01-06", "2026-01-05"]
    some = list_visits(any_app.lists, Wanted(first="2026-01-06", last="2026-01-06"), CASEWORKER)
    assert {row["place"] for row in some.rows} == {"p", "q"}
    assert len(some.rows) == 2


def test_a_list_is_walked_in_the_browser_and_no_address_is_in_it(app: App, as_user: Any) -> None:
    for number in range(120):
        add_body(
            app.office, {"name": f"Synthetic {number:03}", "email": f"b{number}@outside.example"}, CASEWORKER, MON_2_MAR
        )
    browser = as_user("caseworker-one")
    assert len(walked(browser, "/bodies", r"<td><code>([^<]+)</code>")) == 122
    assert "outside.example" not in browser.get("/bodies").text


def test_a_cursor_of_another_list_is_refused(as_user: Any) -> None:
    browser = as_user("caseworker-one")
    for after in ("x", "bnVsbA", "W10"):
        assert browser.get(f"/places?after={after}").status_code == 422
    assert browser.get("/places?sort=number").status_code == 422
    assert browser.get("/visits?first=yesterday").status_code == 422


def test_a_visit_is_recorded_once_however_often_the_form_is_sent(app: App, as_user: Any) -> None:
    place = a_place(app, "Synthetic colony nine", "nine", last_periodic_visit="2022-03-01")
    browser = as_user("caseworker-one")
    assert "Mar 2, 2026" in browser.get("/places/nine").text
    assert "overdue" in browser.get("/places/nine").text
    form = {"place": place, "kind": "periodic", "started_on": "2026-02-27", "key": "once"}
    for _ in range(2):
        page = browser.post("/new-visit", form, form_of="/new-visit?place=nine")
        assert page.url.path == "/visits"
        assert "Recorded." in page.text
    with app.office.open_reading() as work:
        assert len(work.rows("visits", {"place": "nine"})) == 1
    assert 'value="nine"' in browser.get("/new-visit?place=nine").text
    due = list_places(app.lists, Wanted(words="nine"), CASEWORKER).rows[0]["due_on"]
    assert due > "2029"


def test_what_is_wrong_with_a_new_row_is_said_beside_its_field(as_user: Any) -> None:
    browser = as_user("caseworker-one")
    place = browser.post("/new-place", {"name": "Synthetic", "region": "atlantis"}, form_of="/new-place")
    assert place.status_code == 422
    assert 'id="f-region-wrong"' in place.text
    assert 'value="Synthetic"' in place.text
    body = browser.post("/new-body", {"name": "Synthetic", "superior": "none"}, form_of="/new-body")
    assert body.status_code == 404
    assert 'id="f-superior-wrong"' in body.text
    visit = browser.post(
        "/new-visit", {"place": "none", "kind": "special", "started_on": "2026-01-01"}, form_of="/new-visit"
    )
    assert visit.status_code == 404
    assert 'id="f-place-wrong"' in visit.text


def test_places_and_bodies_are_added(as_user: Any) -> None:
    browser = as_user("caseworker-one")
    assert "Synthetic new body" in browser.post("/new-body", {"name": "Synthetic new body"}, form_of="/new-body").text
    given = {"name": "Synthetic new place", "region": "abai", "kind": "prison", "body": "synthetic_colony"}
    assert "Synthetic new place" in browser.post("/new-place", given, form_of="/new-place").text
    assert "Synthetic colony" in browser.get("/places").text
    taken = browser.post("/new-place", given, form_of="/new-place")
    assert taken.status_code == 409
    assert re.search(r'aria-label="Abai region: 1"', browser.get("/regions").text)


def test_a_post_is_filled_and_a_vacancy_shows(as_user: Any) -> None:
    browser = as_user("administrator")
    given = {
        "email": "new@office.example",
        "name": "Synthetic chair",
        "valid_from": "2026-02-01",
        "valid_to": "2026-02-20",
    }
    browser.post("/posts/council_chair", given, form_of="/posts/council_chair")
    page = as_user("caseworker-one").get("/posts").text
    chair = page[page.index("Chair of the Coordination Council") :]
    assert "Synthetic chair" not in chair[: chair.index("</tr>")]
    later = {"email": "next@office.example", "name": "Synthetic successor", "valid_from": "2026-05-01"}
    page = browser.post("/posts/council_chair", later, form_of="/posts/council_chair").text
    assert "Synthetic successor, from May 1, 2026" in page
    assert "Recorded." in page
    assert "next@office.example" not in as_user("caseworker-one").get("/posts").text
    assert (
        browser.post("/posts/council_chair", {**later, "valid_from": "soon"}, form_of="/posts/board").status_code == 422
    )
    assert browser.get("/posts/caseworker").status_code == 404  # found from the case, held by nobody by name


def test_who_may_look_and_who_may_add(app: App, as_user: Any) -> None:
    looks, adds = ("/visits", "/places", "/bodies", "/posts", "/regions"), ("/new-place", "/new-body", "/new-visit")
    for path in looks:
        assert as_user("auditor").get(path).status_code == 200
    for path in adds:
        assert as_user("auditor").get(path).status_code == 403
    assert as_user("participant").get("/new-visit").status_code == 200
    assert as_user("administrator").get("/new-visit").status_code == 403
    assert list_bodies(app.lists, Wanted(), ADMINISTRATOR).rows


def test_a_name_of_letters_that_look_alike_is_kept_and_marked_in_the_list(app: App, as_user: Any) -> None:
    false = "Синтетическaя колония"  # a Latin a before the last letter
    add_body(app.office, {"id": "false", "name": false}, CASEWORKER, MON_2_MAR)
    a_place(app, false)
    add_body(app.office, {"id": "honest", "name": "Синтетическая колония"}, CASEWORKER, MON_2_MAR)
    worker = as_user("caseworker-one")
    for path in ("/bodies", "/places"):
        page = worker.get(path).text
        assert page.count("Latin and Cyrillic letters in one word") == 1
        assert false in page
