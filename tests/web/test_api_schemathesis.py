"""Schemathesis over the OpenAPI document: no call fails unforeseen, and every answer is one the document promises."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,  # left out: a rule refuses with 422 what has the right form
)

from npm_cases.domain.records import Actor
from npm_cases.services.api_tokens import make_api_token
from npm_cases.services.users import HUMAN_ROLES, AddUser, add_user
from npm_cases.web.api.application import CALLS, Call
from npm_cases.web.application import build_web
from tests.makers import ADMINISTRATOR, MON_2_MAR, a_recommendation, an_allegation, an_app
from tests.web.conftest import Clock

EXAMPLES = 12
EVERYTHING = Actor("everything", frozenset(HUMAN_ROLES))


def _served() -> tuple[Any, str]:
    app = an_app(Path(tempfile.mkdtemp(prefix="npm-cases-api-")) / "data")
    add_user(app.office, AddUser("everything", HUMAN_ROLES, ADMINISTRATOR, MON_2_MAR))
    for state in ("draft", "served", "replied", "implemented"):
        a_recommendation(app, state)
    an_allegation(app)
    token = make_api_token(
        app.office, "test", ("read", "act", "text", "audit"), date(2026, 12, 31), EVERYTHING, MON_2_MAR
    )
    return build_web(app, Clock()), token


@pytest.fixture(scope="module")
def served() -> tuple[Any, dict[str, str]]:
    web, token = _served()
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", web), {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_answers_as_the_document_says(call: Call, served: tuple[Any, dict[str, str]]) -> None:
    schema, headers = served

    @settings(
        max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema[call.path][call.method].as_strategy())
    def called(case: Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    called()
