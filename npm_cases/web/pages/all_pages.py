"""Every page there is, from the modules that hold them."""

from npm_cases.web.pages import (
    acting,
    admin,
    audit,
    audit_history,
    audit_past,
    audit_policy,
    audit_proofs,
    board,
    bulk,
    case,
    day,
    find,
    forecast,
    importing,
    invitation,
    me,
    month,
    new_case,
    people,
    probes,
    protected,
    registers,
    sign_in,
)
from npm_cases.web.routes import Page

PAGES: tuple[Page, ...] = (
    *sign_in.PAGES, *day.PAGES, *find.PAGES, *case.PAGES, *acting.PAGES, *new_case.PAGES, *protected.PAGES,
    *audit.PAGES, *audit_history.PAGES, *audit_past.PAGES, *audit_proofs.PAGES, *audit_policy.PAGES,
    *month.PAGES, *forecast.PAGES, *board.PAGES,
    *bulk.PAGES, *importing.PAGES,
    *admin.PAGES, *people.PAGES, *invitation.PAGES, *me.PAGES, *registers.PAGES, *probes.PAGES,
)  # fmt: skip
