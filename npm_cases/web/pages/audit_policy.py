"""The policy and the calendar this installation works by: versions, sources, doubts, and who adopted them."""

from starlette.responses import Response

from npm_cases.domain.terms import Term
from npm_cases.services.derivation_words import UNITS
from npm_cases.services.policy_view import policy
from npm_cases.web.pages.audit import AUDITORS
from npm_cases.web.pages.audit_parts import today
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit
from npm_cases.web.words import plural


def _show(visit: Visit) -> Response:
    with visit.app.reader as reader:
        found = policy(visit.office, reader, visit.actor, visit.at)

    def amount(count: int, unit: str) -> str:
        return UNITS[unit][visit.lang][plural(visit.lang, count)].format(n=count)

    def term(one: Term) -> str:
        return amount(one.amount, one.unit.value)

    return visit.render(
        "audit_policy.html", found=found, amount=amount, term=term, names=visit.office.pack.calendar.names,
        today=today(visit),
    )  # fmt: skip


PAGES = (Page("audit_policy", "/audit/policy", AUDITORS, Data.NONE, get=_show),)
