"""Several cases ticked in the list, one thing done to each, each answered for on the page."""

import re
from typing import Any

import pytest

from npm_cases.bootstrap import App
from tests.makers import a_recommendation, an_allegation, keep_from
from tests.web.conftest import Browser


def choose(browser: Browser, *numbers: str) -> Any:
    return browser.client.post("/bulk", data={"csrf": browser.csrf, "case": list(numbers)})


def send(browser: Browser, shown: Any, what: str, **fields: str) -> Any:
    """Send one form of the page as a browser would."""
    form = shown.text.partition(f'action="/bulk/{what}"')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    data: dict[str, Any] = {name: value for name, value in hidden if name != "case"}
    return browser.client.post(f"/bulk/{what}", data={**data, "case": [v for n, v in hidden if n == "case"], **fields})


def assignee(app: App, number: str) -> str:
    with app.office.open_reading() as work:
        return work.read_case(number).assignee


def test_ticked_cases_are_given_to_somebody(app: App, as_user: Any) -> None:
    one, two, other = (a_recommendation(app).number for _ in range(3))
    worker = as_user("caseworker-one")
    page = worker.get("/cases?ticked=1").text
    assert page.count(' form="bulk"') == page.count(" checked>") == 3
    assert " checked>" not in worker.get("/cases").text.partition("<table")[2]
    shown = choose(worker, one, two)
    assert "2 cases were chosen" in shown.text
    done = send(worker, shown, "assign", user="caseworker-two")
    assert "2 cases done" in done.text
    assert [assignee(app, number) for number in (one, two, other)] == ["caseworker-two", "caseworker-two", ""]


def test_the_page_says_of_each_case_what_became_of_it(app: App, as_user: Any) -> None:
    served, draft = a_recommendation(app, "served").number, a_recommendation(app).number
    worker = as_user("secretary")
    done = send(worker, choose(worker, served, draft), "remind")
    assert "1 case done" in done.text
    assert "1 case refused" in done.text
    assert done.text.index(f">{draft}<") < done.text.index(f">{served}<")  # what must be looked at comes first
    assert "nobody is reminded" in done.text


def test_the_same_form_sent_again_does_nothing_twice(app: App, as_user: Any) -> None:
    served = a_recommendation(app, "served").number
    worker = as_user("caseworker-one")
    shown = choose(worker, served)
    first, second = send(worker, shown, "remind"), send(worker, shown, "remind")
    receipt = re.compile(r"<code>([^<]+)</code>")
    assert receipt.findall(first.text) == receipt.findall(second.text) != []
    with app.office.open_reading() as work:
        assert len(work.rows("outbox")) == 1


def test_ticked_cases_are_linked_to_one_other(app: App, as_user: Any) -> None:
    one, two, first = (a_recommendation(app).number for _ in range(3))
    worker = as_user("caseworker-one")
    done = send(worker, choose(worker, one, two), "link", other=first, kind="repeats")
    assert "2 cases done" in done.text
    assert one in worker.get(f"/cases/{first}").text


def test_a_form_that_lacks_its_field_comes_back_with_the_cases_still_chosen(app: App, as_user: Any) -> None:
    number = a_recommendation(app).number
    worker = as_user("caseworker-one")
    answer = send(worker, choose(worker, number), "link", other="", kind="related")
    assert answer.status_code == 422
    assert 'id="f-other-wrong"' in answer.text
    assert f'name="case" value="{number}"' in answer.text
    assert '<option value="related" selected>' in answer.text


def test_nothing_ticked_is_said_and_leads_nowhere(as_user: Any) -> None:
    answer = choose(as_user("caseworker-one"))
    assert answer.status_code == 422
    assert "at least one case" in answer.text


def test_a_group_leader_may_assign_and_is_offered_nothing_else(app: App, as_user: Any) -> None:
    number = a_recommendation(app).number
    leader = as_user("leader")
    shown = choose(leader, number)
    assert 'action="/bulk/assign"' in shown.text
    assert 'action="/bulk/remind"' not in shown.text
    answer = leader.client.post("/bulk/remind", data={"csrf": leader.csrf, "case": number})
    assert answer.status_code == 403


def test_an_auditor_sees_no_boxes(app: App, as_user: Any) -> None:
    a_recommendation(app)
    page = as_user("auditor").get("/cases").text
    assert 'form="bulk"' not in page
    assert 'action="/bulk"' not in page


def test_a_case_kept_from_somebody_is_neither_shown_nor_done(app: App, as_user: Any) -> None:
    seen, hidden = a_recommendation(app).number, an_allegation(app).number
    keep_from(app, hidden, "caseworker-one")
    worker = as_user("caseworker-one")
    shown = choose(worker, seen, hidden)
    assert hidden not in shown.text
    answer = worker.client.post("/bulk/assign", data={"csrf": worker.csrf, "case": hidden, "user": "caseworker-two"})
    assert "refused" in answer.text
    assert assignee(app, hidden) == ""


@pytest.mark.parametrize("path", ["/bulk", "/bulk/assign", "/bulk/remind", "/bulk/link"])
def test_whoever_comes_without_a_form_is_sent_to_the_list(path: str, as_user: Any) -> None:
    assert as_user("caseworker-one").get(path).url.path == "/cases"
