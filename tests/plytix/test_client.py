"""Sessions: tokens renewed in time, rate windows kept and used up, nothing believed blindly."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from providers.plytix import PROVIDER
from providers.plytix.client import Credentials, PlytixReader, Refused
from providers.plytix.tokens import SMALLEST_PLAN, Token
from reconciler.provider import Distrusted, Remotes, Target, Unauthorised
from tests.plytix.account import TARGET, Account
from tests.virtual_time import run_in_virtual_time

SEARCH = "/api/v2/products/search"

Answer = Callable[[httpx.Request], httpx.Response]


class Seen(httpx.AsyncBaseTransport):
    """A door that notes every status that came through it, of the API and of the auth host."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.api: list[int] = []
        self.auth: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        log = self.auth if request.url.path.endswith("/get-token") else self.api
        log.append(response.status_code)
        return response


def _windows(*windows: tuple[int, int]) -> list[dict[str, int]]:
    return [{"limit": limit, "window_size": seconds} for limit, seconds in windows]


def _ask(account: Account, requests: int, pause: float = 0.0) -> tuple[Seen, float]:
    """So many reads in one session, side by side or with a pause between; and how long it took."""
    door = Seen(account.wire())

    async def run() -> float:
        async with PROVIDER.reading(TARGET, door) as session:
            began = anyio.current_time()
            async with anyio.create_task_group() as tasks:
                for _ in range(requests):
                    tasks.start_soon(session.get, f"/api/v2/products/{'0' * 24}")
                    await anyio.sleep(pause)
            return anyio.current_time() - began

    return door, run_in_virtual_time(run)


def test_the_short_window_is_kept_and_used_up(account: Account) -> None:
    """400 requests at 20 in 10 s: none is refused, and the rate is at least 95 % of the limit."""
    account.edit("account", "", rate_limit=_windows((20, 10), (2_000, 3_600)), retry_after=False)
    door, took = _ask(account, 400)

    assert set(door.api) == {404}
    assert (400 - 20) / took >= 0.95 * 20 / 10


def test_the_long_window_is_kept_too(account: Account) -> None:
    """30 requests at 10 an hour take two hours, and no longer than that by the margin; tokens
    that lapse while a request waits for its turn are renewed before it is sent."""
    account.edit("account", "", rate_limit=_windows((5, 10), (10, 3_600)), retry_after=False)
    door, took = _ask(account, 30)

    assert set(door.api) == {404}
    assert set(door.auth) == {200}
    assert 7_200 <= took <= 7_230


def test_limits_that_others_use_up_are_waited_out(account: Account) -> None:
    """Somebody else fills the window: 429 without `Retry-After` waits, and is asked again."""
    account.edit("account", "", rate_limit=_windows((3, 10), (100, 3_600)), retry_after=False)

    async def run() -> list[int]:
        door = Seen(account.wire())
        async with PROVIDER.reading(TARGET, door) as session:
            for _ in range(3):
                await account.raw("GET", f"/api/v2/products/{'0' * 24}")
            await session.get(f"/api/v2/products/{'0' * 24}")
        return door.api

    assert run_in_virtual_time(run) == [429, 404]


def test_a_real_clock_agrees() -> None:
    """Twelve requests at five a second take at least two seconds, and none is refused."""
    account = Account()
    account.edit("account", "", rate_limit=_windows((5, 1)), retry_after=False)
    door = Seen(account.wire())

    async def run() -> None:
        async with PROVIDER.reading(TARGET, door) as session:
            for _ in range(12):
                await session.get(f"/api/v2/products/{'0' * 24}")

    began = time.monotonic()
    anyio.run(run)

    assert set(door.api) == {404}
    assert time.monotonic() - began >= 2.0


def test_a_token_is_renewed_before_it_lapses(account: Account) -> None:
    """An hour of work with a request each ten seconds: five tokens, and never a 401."""
    door, _ = _ask(account, 360, pause=10.0)

    assert set(door.api) == {404}
    assert door.auth == [200] * 5


class Revoking(httpx.AsyncBaseTransport):
    """A door behind which the first token is refused once, as after a revocation."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.tokens: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/get-token"):
            await anyio.sleep(1.5)
            return await self._inner.handle_async_request(request)
        self.tokens.append(request.headers["Authorization"])
        if len(set(self.tokens)) == 1:
            return httpx.Response(401, json={"error": {"msg": "no", "errors": []}})
        return await self._inner.handle_async_request(request)


def test_a_revoked_token_is_replaced_once_for_all(account: Account) -> None:
    """Three requests are refused together: one new token serves them all."""
    door = Revoking(account.wire())

    async def run() -> list[Any]:
        answers: list[Any] = []

        async def ask(session: PlytixReader) -> None:
            answers.append(await session.get(f"/api/v2/products/{account.product_id('MCA0032')}"))

        async with (
            PROVIDER.reading(TARGET, door) as session,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(3):
                tasks.start_soon(ask, session)
        return answers

    answers = run_in_virtual_time(run)

    assert [row["sku"] for row in answers] == ["MCA0032"] * 3
    assert (len(door.tokens), len(set(door.tokens))) == (6, 2)


def test_wrong_credentials_are_told(account: Account) -> None:
    """In the vendor's words, before anything is read."""
    account.edit("account", "", api_password="another")

    async def run() -> None:
        async with account.reading():
            pass

    with pytest.raises(Unauthorised, match="HTTP 401 Bad api_key or api_password"):
        run_in_virtual_time(run)


def test_missing_credentials_name_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real target reads them from the environment, under its prefix."""
    monkeypatch.setenv("PIM_API_KEY", "key")

    async def run() -> None:
        async with PROVIDER.reading(TARGET, None):
            pass

    with pytest.raises(Unauthorised, match="pim has no credential · set PIM_API_PASSWORD"):
        run_in_virtual_time(run)


def test_credentials_do_not_show() -> None:
    """Not in a representation, which is what logs and tracebacks print."""
    held = Credentials(api_key="the-key", api_password="the-password")

    assert "the-" not in repr(held)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/assets"),
        ("PATCH", f"/api/v1/assets/{'0' * 24}"),
        ("POST", f"/api/v1/products/{'0' * 24}/assets"),
        ("DELETE", f"/api/v1/products/{'0' * 24}/assets/{'0' * 24}"),
    ],
)
def test_a_read_session_can_not_write(account: Account, method: str, path: str) -> None:
    """It has no such method, and its client lets no such request out."""

    async def run() -> None:
        async with account.reading() as session:
            assert not hasattr(session, "write")
            await session.client.request(method, path, json={})

    with pytest.raises(ValueError, match=f"a read session does not send {method} {path}"):
        run_in_virtual_time(run)

    assert account.writes == []


class Answering(httpx.AsyncBaseTransport):
    """A door that gives tokens and answers everything else as it is told."""

    def __init__(self, account: Account, answer: Answer) -> None:
        self._inner = account.wire()
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/get-token"):
            return await self._inner.handle_async_request(request)
        return self._answer(request)


def _search_through(
    account: Account, answer: Callable[[httpx.Request], httpx.Response]
) -> list[Any]:
    async def run() -> list[Any]:
        async with PROVIDER.reading(TARGET, Answering(account, answer)) as session:
            return [row async for row in session.search(SEARCH, [], [], "sku")]

    return run_in_virtual_time(run)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"detail": "something else"}),
        httpx.Response(308, headers={"Location": "http://elsewhere/"}),
    ],
    ids=["a page", "another envelope", "a redirect"],
)
def test_an_answer_that_is_not_plytixs_is_not_believed(
    account: Account, response: httpx.Response
) -> None:
    """Redirects are not followed either: they would drop the token."""
    with pytest.raises(Distrusted, match="check the target's endpoint"):
        _search_through(account, lambda request: response)


def test_a_forbidden_request_says_so(account: Account) -> None:
    """403 is a missing permission."""
    body = {"error": {"msg": "Forbidden", "errors": []}}

    with pytest.raises(Unauthorised, match="HTTP 403 Forbidden"):
        _search_through(account, lambda request: httpx.Response(403, json=body))


def test_a_refused_search_is_an_error_in_the_vendors_words(account: Account) -> None:
    """With every field's message."""

    async def run() -> None:
        async with account.reading() as session:
            async for _ in session.search(SEARCH, [], ["attributes.nothing"], "sku"):
                pass

    with pytest.raises(Refused) as caught:
        run_in_virtual_time(run)

    assert str(caught.value) == (
        "HTTP 422 Schema validation error (attributes.nothing: unknown field)"
    )


def test_pages_that_overlap_are_not_believed(account: Account) -> None:
    """A row that is told twice means that another may be missing."""
    rows = [{"id": f"{number:024x}", "sku": str(number)} for number in range(100)]
    body = {"data": rows, "pagination": {"total_count": 200}}

    with pytest.raises(Distrusted, match="twice"):
        _search_through(account, lambda request: httpx.Response(200, json=body))


def test_the_account_is_known_by_its_token(account: Account) -> None:
    """Without one request to the API."""

    async def run() -> str:
        async with account.reading() as session:
            return await PROVIDER.identify(session)

    assert run_in_virtual_time(run) == "69ac00000000000000000001"
    assert account.asked == []


class Opaque(httpx.AsyncBaseTransport):
    """A door whose tokens tell nothing about themselves."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/get-token"):
            return httpx.Response(200, json={"data": [{"access_token": "opaque"}]})
        body = json.loads(request.content or "{}")
        return await self._account.raw(request.method, request.url.path, body)


def test_a_token_that_tells_nothing_does_no_harm(account: Account) -> None:
    """The account is read from a product, the limits are those of the smallest plan."""

    async def run() -> tuple[str, Any]:
        async with PROVIDER.reading(TARGET, Opaque(account)) as session:
            token = await session.bearer.token()
            return await PROVIDER.identify(session), token.windows

    assert run_in_virtual_time(run) == ("69ac00000000000000000001", SMALLEST_PLAN)


def _jwt(claims: dict[str, Any]) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"head.{payload}.signature"


@pytest.mark.parametrize(
    ("claims", "renew_at"),
    [
        ({"iat": 1_000, "exp": 1_900}, 100 + 840),
        ({"iat": 1_000, "exp": 1_040}, 100 + 20),
        ({}, 100 + 840),
    ],
    ids=["a quarter of an hour", "a short one", "one that does not say"],
)
def test_when_a_token_is_renewed(claims: dict[str, Any], renew_at: float) -> None:
    """A minute before it lapses, or half-way; by its own two instants, whatever the clock."""
    assert Token.read(_jwt(claims), now=100).renew_at == renew_at


@pytest.mark.parametrize(
    "claims",
    [
        {"user_claims": {"account": {"rate_limit": [{"limit": 7, "window_size": 9}]}}},
        {"rate_limit": [{"limit": 7, "window_size": 9}]},
    ],
)
def test_limits_are_read_from_the_token(claims: dict[str, Any]) -> None:
    """In both places where they have been seen."""
    (window,) = Token.read(_jwt(claims), now=0).windows

    assert (window.limit, window.seconds) == (7, 9.0)


def test_a_write_session_knows_the_remotes(account: Account) -> None:
    """It is a reading session that can write, with what the executor hands it."""

    async def run() -> tuple[Remotes, int]:
        async with account.writing() as session:
            await session.write("PATCH", f"/api/v2/products/{account.product_id('MCA0032')}", {})
            return session.remotes, session.usage.requests

    remotes, requests = run_in_virtual_time(run)

    assert remotes == Remotes("pim", {})
    assert requests == 2


def test_the_auth_host_may_be_another(account: Account) -> None:
    """Tokens come from `settings.auth_endpoint`, whatever the endpoint."""
    settings = TARGET.settings.model_copy(update={"auth_endpoint": "https://auth.example.com/"})
    target = Target(**{**_fields(TARGET), "settings": settings})

    async def run() -> None:
        async with PROVIDER.reading(target, account.wire()):
            pass

    run_in_virtual_time(run)

    assert [str(r.url) for r in account.sent] == ["https://auth.example.com/auth/api/get-token"]


def _fields(target: Target) -> dict[str, Any]:
    return {name: getattr(target, name) for name in Target.__slots__}
