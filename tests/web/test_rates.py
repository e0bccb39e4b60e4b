"""Trying too often from one address: ten tries a minute, told in the reader's language, and nobody else is kept out."""

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from npm_cases.web.rates import TRIES, Rates, TooManyTries, address_of
from npm_cases.web.rendering import LANGUAGE_NAMES
from tests.web.conftest import ADDRESS

FORM = {"user": "nobody", "password": "x", "code": "000000"}


def client_at(web: Starlette, peer: str, **headers: str) -> TestClient:
    return TestClient(web, base_url=ADDRESS, client=(peer, 50_000), headers={"Origin": ADDRESS, **headers})


def test_the_eleventh_try_of_a_minute_is_refused_and_another_address_is_not(web: Starlette) -> None:
    near, far = client_at(web, "203.0.113.7"), client_at(web, "203.0.113.8")
    statuses = [near.post("/sign-in", data=FORM).status_code for _ in range(TRIES + 1)]
    assert statuses == [403] * TRIES + [429]
    assert far.post("/sign-in", data=FORM).status_code == 403
    assert near.get("/sign-in").status_code == 200  # looking costs nothing


@pytest.mark.parametrize("lang", LANGUAGE_NAMES)
def test_it_is_said_in_the_language_of_the_reader(lang: str, web: Starlette) -> None:
    near = client_at(web, f"203.0.113.{10 + list(LANGUAGE_NAMES).index(lang)}")
    answers = [near.post(f"/invitations/none?lang={lang}", data=FORM) for _ in range(TRIES + 1)]
    assert [answer.status_code for answer in answers] == [403] * TRIES + [429]
    assert f'<html lang="{lang}">' in answers[-1].text
    assert "60" in re.sub(r"<[^>]+>", "", answers[-1].text)


def test_what_is_tried_is_counted_apart() -> None:
    rates = Rates(1)
    rates.count("sign_in", "203.0.113.7")
    rates.count("invitation", "203.0.113.7")
    with pytest.raises(TooManyTries):
        rates.count("sign_in", "203.0.113.7")
    with pytest.raises(TooManyTries):
        rates.need_room("sign_in", "203.0.113.7")
    rates.need_room("api", "203.0.113.7")


def test_no_address_is_kept_in_clear() -> None:
    rates = Rates()
    rates.count("sign_in", "203.0.113.7")
    assert "203.0.113" not in repr(vars(rates._window.storage))


def a_connection(peer: str, forwarded: str = "") -> HTTPConnection:
    headers: list[Any] = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # anybody may write the header: only our own proxy is believed
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 198.51.100.2", "198.51.100.2"),  # the last one is what the proxy itself saw
        ("127.0.0.1", "", "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("a-socket", "", "a-socket"),
    ],
)
def test_whose_try_it_is(peer: str, forwarded: str, address: str) -> None:
    assert address_of(a_connection(peer, forwarded)) == address
