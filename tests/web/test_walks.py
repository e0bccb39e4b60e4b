"""Cases walked through the pages without a browser's scripts: forms, second persons, stale pages, refusals."""

from typing import Any

from npm_cases.bootstrap import App
from npm_cases.services.case_views import history
from tests.makers import CASEWORKER, a_recommendation, an_allegation
from tests.web.conftest import Browser, Clock
from tests.web.forms import hidden

LETTER = ("letter.txt", b"A synthetic letter.", "text/plain")


def act(browser: Browser, number: str, event: str, letter: bool = False, **fields: str) -> Any:
    path = f"/cases/{number}/acts/{event}"
    data = {f"f.{name}": value for name, value in fields.items()}
    page = browser.get(path).text
    shown = dict(hidden(page).items())
    files = {"f.file": LETTER} if letter else {}
    return browser.client.post(path, data={**shown, **data}, files=files)


def state_of(app: App, number: str) -> str:
    from npm_cases.services.case_views import show_case

    return str(show_case(app.office, number, CASEWORKER, "2030-01-01T00:00:00.000000Z")["state"])


def test_a_recommendation_goes_from_draft_to_implemented_by_four_people(app: App, as_user: Any) -> None:
    worker, leader = as_user("caseworker-one"), as_user("commissioner")
    secretary, second = as_user("secretary"), as_user("caseworker-two")
    given = {"f.channel": "ombudsman", "f.title": "Repair the roof", "f.addressee": "synthetic_colony"}
    made = worker.post("/new/recommendation", given, form_of="/new/recommendation")
    assert made.status_code == 200
    assert "Recorded." in made.text
    number = made.url.path.rpartition("/")[2]
    steps: list[tuple[Browser, str, bool, dict[str, str]]] = [
        (leader, "approve", False, {}),
        (secretary, "issue", False, {"measurable": "true"}),
        (secretary, "record_service", True, {}),
        (worker, "acknowledge", False, {}),
        (worker, "record_reply", True, {}),
        (worker, "accept", False, {}),
        (worker, "start_implementation", False, {"due_on": "2026-05-29"}),
        (worker, "record_claim", True, {}),
    ]
    for who, event, letter, fields in steps:
        answer = act(who, number, event, letter, **fields)
        assert "Recorded." in answer.text, (event, answer.text.partition("<main")[2])
    proposed = act(worker, number, "verify", letter=True)
    approval = proposed.text.partition("/proposals/")[2].partition('"')[0]
    assert not approval  # the proposer is not offered what only another person may confirm
    page = second.get(f"/cases/{number}")
    approval = page.text.partition("/proposals/")[2].partition('"')[0]
    head = second.get(f"/proposals/{approval}")
    assert "This exact act" not in head.text
    shown = second.client.post(f"/proposals/{approval}/exact", data=hidden(head.text))
    assert "This exact act" in shown.text
    done = second.client.post(f"/proposals/{approval}", data=hidden(shown.text))
    assert done.status_code == 200
    assert "Recorded." in done.text
    assert state_of(app, number) == "implemented"


def test_a_stale_page_records_nothing_and_keeps_what_was_typed(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "replied").number
    one, two = as_user("caseworker-one"), as_user("caseworker-two")
    stale = one.get(f"/cases/{number}/acts/reject").text
    assert "Recorded." in act(two, number, "record_meeting", happened_on="2026-03-01").text
    data = {**hidden(stale), "f.reasons": "They say there is no money for it."}
    answer = one.client.post(f"/cases/{number}/acts/reject", data=data)
    assert answer.status_code == 409
    assert "They say there is no money for it." in answer.text
    assert "What happened since you opened the page" in answer.text
    assert state_of(app, number) == "replied"
    again = one.client.post(
        f"/cases/{number}/acts/reject", data={**hidden(answer.text), "f.reasons": "No money.", "key": "another"}
    )
    assert "Recorded." in again.text
    assert state_of(app, number) == "rejected"


def test_an_act_that_is_no_longer_possible_shows_both_versions(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "replied").number
    one, two = as_user("caseworker-one"), as_user("caseworker-two")
    stale = one.get(f"/cases/{number}/acts/reject").text
    act(two, number, "accept")
    answer = one.client.post(f"/cases/{number}/acts/reject", data={**hidden(stale), "f.reasons": "Typed at length."})
    assert answer.status_code == 409
    assert "Typed at length." in answer.text
    assert "no longer possible" in answer.text


def test_a_form_sent_twice_is_done_once(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "served").number
    worker = as_user("caseworker-one")
    page = hidden(worker.get(f"/cases/{number}/acts/acknowledge").text)
    answers = [worker.client.post(f"/cases/{number}/acts/acknowledge", data=page) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    events = [line["event"] for line in history(app.office, app.views, number, CASEWORKER)]
    assert events.count("acknowledge") == 1


def test_what_is_missing_is_said_beside_its_field(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "replied").number
    answer = act(as_user("caseworker-one"), number, "record_meeting", happened_on="2031-01-01")
    assert answer.status_code == 422
    assert 'id="f-happened_on-wrong"' in answer.text
    assert 'value="2031-01-01"' in answer.text


def test_protected_text_is_opened_by_a_recorded_act_only(app: App, as_user: Any) -> None:
    number = an_allegation(app).number
    worker = as_user("caseworker-one")
    page = worker.get(f"/cases/{number}")
    assert "A synthetic statement." not in page.text
    opened = worker.client.post(f"/cases/{number}/texts/1", data={"csrf": worker.csrf, "reason": "casework"})
    assert "A synthetic statement." in opened.text
    assert opened.headers["cache-control"] == "no-store"
    with app.office.open_reading() as work:
        case = work.case(number)
        assert work.chain(f"reads-{case.id}").seq == 1


def test_a_document_is_downloaded_as_an_attachment(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "served").number
    worker = as_user("caseworker-one")
    page = worker.get(f"/cases/{number}").text
    document = page.partition(f"/cases/{number}/documents/")[2].partition('"')[0]
    got = worker.client.post(f"/cases/{number}/documents/{document}", data={"csrf": worker.csrf, "reason": "casework"})
    assert got.content == b"A synthetic letter."
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["content-type"] == "application/octet-stream"


def test_small_acts_beside_the_machines(app: App, as_user: Any, clock: Clock) -> None:
    one, other = a_recommendation(app, "served").number, a_recommendation(app, "served").number
    worker = as_user("caseworker-one")
    form = f"/cases/{one}/beside"
    for what, data in {
        "assign": {"user": "caseworker-two"},
        "link": {"other": other, "kind": "repeats"},
        "suspend": {"duty": "reply", "reason": "court_stay"},
        "resume": {"duty": "reply"},
        "hold": {"reason": "court_order", "lift": ""},
    }.items():
        if what == "resume":
            clock.at = "2026-03-03T05:00:00.000000Z"
            worker.enter("delegate")  # a day later the sign-in of the day before has ended
        answer = worker.post(f"{form}/{what}", {**data, "key": f"k-{what}"}, form_of=form)
        assert "Recorded." in answer.text, (what, answer.text.partition("<main")[2])
    files = {"file": LETTER}
    answer = worker.client.post(f"{form}/document", data={"csrf": worker.csrf, "key": "k"}, files=files)
    assert "Recorded." in answer.text
    page = worker.get(f"/cases/{one}").text
    assert other in page
    assert "caseworker-two" in page
    assert "Repeated by" in worker.get(f"/cases/{other}").text


def test_why_and_why_not_are_told_in_words(app: App, as_user: Any) -> None:
    number = a_recommendation(app, "served").number
    page = as_user("caseworker-one").get(f"/cases/{number}/why").text
    assert "If nobody acts" in page
    assert "Not yet" in page
