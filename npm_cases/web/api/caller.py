"""Who calls: the bearer of a token, what the token is for, and what the person may do at this very moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from npm_cases.bootstrap import App
from npm_cases.domain import access
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.api_tokens import Scope, TokenHolder, by_api_token
from npm_cases.services.ports import Office
from npm_cases.web.rates import Rates, address_of

BEARER = "Bearer "
LONGEST_KEY = 200
TRIED = "api"
"""What tokens that open nothing are counted as, by address."""


class Unknown(NotAllowed):
    """No token, or one that opens nothing: the caller is asked for another."""


@dataclass(frozen=True)
class Caller:
    """One call: who, when, and with which key a repeat of it is harmless."""

    app: App
    actor: Actor
    at: str
    key: str

    @property
    def office(self) -> Office:
        """The office the use cases work in."""
        return self.app.office


@dataclass(frozen=True)
class Right:
    """What one route asks for: a scope of the token, and one of these roles of its person."""

    scope: Scope
    roles: frozenset[str]


@dataclass(frozen=True)
class Rights:
    """Who may call what, by endpoint: what is not in it is not served."""

    app: App
    clock: Callable[[], str]
    rates: Rates
    by_endpoint: dict[Any, Right]


Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", max_length=LONGEST_KEY, pattern=r"^[\x21-\x7e]*$",
        description="Makes a repeat of this call harmless: it answers what the first one answered.",
    ),
]  # fmt: skip


def caller(request: Request, idempotency_key: Key = "") -> Caller:
    """Let a call pass whose token opens the route and whose person may do it.

    Raises Unknown; NotAllowed for a scope or a role that is missing.
    """
    rights: Rights = request.app.state.rights
    holder, at = known(request, rights)
    right = rights.by_endpoint[request.scope["endpoint"]]
    if right.scope not in holder.scopes:
        raise NotAllowed(say("scope_missing", scope=right.scope.value))
    access.need_role(holder.actor, right.roles, "make this call")
    return Caller(rights.app, holder.actor, at, idempotency_key)


def known(request: Request, rights: Rights) -> tuple[TokenHolder, str]:
    """Return whom the token of a call speaks for, and the present instant.

    Raises Unknown; TooManyTries for an address that guesses.
    """
    rights.app.renew()
    at, address = rights.clock(), address_of(request)
    rights.rates.need_room(TRIED, address)
    header = request.headers.get("authorization", "")
    if not header.startswith(BEARER):
        raise Unknown(say("bearer_needed"))
    try:
        return by_api_token(rights.app.office, header.removeprefix(BEARER), at), at
    except NotAllowed as error:
        rights.rates.count(TRIED, address)
        raise Unknown(error.message) from error


Called = Annotated[Caller, Depends(caller)]
