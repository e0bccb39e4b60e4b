"""The administrator's first page: how the installation fares, what went wrong and what to do, and a letter to try."""

from starlette.responses import Response

from npm_cases import health
from npm_cases.domain.rights import ADMINISTRATORS
from npm_cases.services.incidents import close_incident, open_incidents
from npm_cases.services.mailroom import Tried
from npm_cases.services.trial_letter import send_test
from npm_cases.services.vitals import seconds_since
from npm_cases.web.health_words import ago, found_in, to_do
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.trying import tried
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit
from npm_cases.web.words import all_words

OTHER = "other"


def _show(visit: Visit) -> Response:
    return _page(visit, None, 200)


def _page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    checks = health.examine(visit.app, visit.at)
    seen = health.vitals(visit.app, visit.at)
    return visit.render(
        "admin.html", status, wrong=wrong, checks=checks, seen=seen, to_look=sum(not check.well for check in checks),
        found={check.code: found_in(visit.speaker, check) for check in checks},
        do={check.code: to_do(visit.speaker, check) for check in checks},
        incidents=[(row, _known(row["kind"])) for row in open_incidents(visit.app.views, visit.actor)],
        waiting=sum(seen.mail.values()), kind_of_database="SQLite" if visit.app.database.is_sqlite else "PostgreSQL",
        pack=visit.office.pack, since=lambda at: ago(visit.speaker, seconds_since(at, visit.at)),
    )  # fmt: skip


def _known(kind: str) -> str:
    """Return the kind of an incident if there are words for it."""
    return kind if f"incidents.kind_{kind}" in all_words() else OTHER


def _close(visit: Visit) -> Response:
    wrong, status = tried(visit, lambda: close_incident(visit.office, visit.given("incident"), visit.actor, visit.at))
    return _page(visit, wrong, status) if wrong else visit.go("admin")


def _mail_form(visit: Visit) -> Response:
    return _mail_page(visit, None, None, 200)


def _send(visit: Visit) -> Response:
    sent: list[Tried] = []
    to = visit.given("email")

    def send() -> None:
        sent.append(send_test(visit.office, visit.app.sender(), to, visit.lang, visit.actor, visit.at))

    wrong, status = tried(visit, send, ("email",))
    return _mail_page(visit, wrong, sent[0] if sent else None, status)


def _mail_page(visit: Visit, wrong: Wrong | None, sent: Tried | None, status: int) -> Response:
    settings = visit.app.settings
    server = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_port else ""
    return visit.render("mail_test.html", status, wrong=wrong, sent=sent, to=visit.given("email"), server=server)


PAGES = (
    Page("admin", "/admin", ADMINISTRATORS, Data.ENGINE, get=_show, post=_close),
    Page("mail_test", "/admin/mail", ADMINISTRATORS, Data.ENGINE, get=_mail_form, post=_send, rated=True),
)
