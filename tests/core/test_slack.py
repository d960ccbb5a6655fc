"""Sending to a webhook: again where Slack says wait, loudly where it says no, never by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from providers.kit.served import served
from reconciler.model.errors import Usage
from reports.slack import ATTEMPTS, SlackFailed, post

SECRET = "/services/T000/B000/XXXX"
MESSAGE = {"text": "Planogram: no drift", "blocks": []}


@contextmanager
def slack(*answers: Response) -> Iterator[tuple[str, list[Any]]]:
    """A webhook on loopback that answers so, one after another, and what it was sent."""
    sent: list[Any] = []

    async def hook(request: Request) -> Response:
        sent.append(json.loads(await request.body()))
        return answers[min(len(sent), len(answers)) - 1]

    with served(Starlette(routes=[Route(SECRET, hook, methods=["POST"])])) as address:
        yield f"{address}{SECRET}", sent


BUSY = PlainTextResponse("rate_limited", 429, {"Retry-After": "0"})
FINE = PlainTextResponse("ok")


def test_it_waits_and_sends_again() -> None:
    """A 429 was not read: after its Retry-After the same message goes out once more."""
    with slack(BUSY, BUSY, FINE) as (url, sent):
        anyio.run(post, url, MESSAGE)

    assert sent == [MESSAGE] * 3


def test_it_gives_up_some_time() -> None:
    """And says so."""
    with slack(BUSY) as (url, sent), pytest.raises(SlackFailed, match="429 rate_limited"):
        anyio.run(post, url, MESSAGE)

    assert len(sent) == ATTEMPTS


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_a_refusal_is_loud_and_is_not_repeated(status: int) -> None:
    """With Slack's own words; a redirection is not followed, and the address is not said."""
    answer = PlainTextResponse("invalid_blocks\x1b[2J", status, {"Location": "http://127.0.0.1:9/"})
    with slack(answer) as (url, sent), pytest.raises(SlackFailed) as failed:
        anyio.run(post, url, MESSAGE)

    assert f"{status} invalid_blocks" in str(failed.value)
    assert "\x1b" not in str(failed.value)
    assert SECRET not in str(failed.value)
    assert len(sent) == 1


def test_nobody_there_is_told_without_the_address() -> None:
    """The library's own words would hold it."""
    with pytest.raises(SlackFailed) as failed:
        anyio.run(post, f"http://127.0.0.1:9{SECRET}", MESSAGE)

    assert str(failed.value) == "Slack can not be reached (ConnectError) · run it again"
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    ["", "hooks", f"http://hooks.slack.example{SECRET}", f"ftp://127.0.0.1{SECRET}", "https://[x"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Only https, but for this very machine; and it is not said."""
    with pytest.raises(Usage, match="begins with https") as refused:
        anyio.run(post, url, MESSAGE)

    assert SECRET not in str(refused.value)
