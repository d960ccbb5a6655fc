"""The sandbox's doors: tokens, both rate windows, paths and envelopes."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

import anyio
import httpx
import uvicorn

from providers.kit.store import Store
from providers.plytix.sandbox import PlytixSandbox
from tests.plytix.account import Account
from tests.virtual_time import run_in_virtual_time

SEARCH = "/api/v2/products/search"
CREDENTIALS = {"api_key": "sandbox", "api_password": "sandbox"}


async def _token(client: httpx.AsyncClient) -> str:
    response = await client.post("/auth/api/get-token", json=CREDENTIALS)
    return str(response.json()["data"][0]["access_token"])


def _claims(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_a_token_lives_fifteen_minutes_and_names_the_limits(account: Account) -> None:
    """The JWT's claims are where the vendor has them."""

    async def claims() -> Any:
        async with account.client() as client:
            return _claims(await _token(client))

    told = run_in_virtual_time(claims)

    assert told["exp"] - told["iat"] == 900
    assert told["user_claims"]["account"]["rate_limit"] == [{"limit": 100_000, "window_size": 10}]


def test_wrong_credentials_are_told_in_the_vendors_words(account: Account) -> None:
    """401, with the status as a field's message."""

    async def refused() -> httpx.Response:
        async with account.client() as client:
            wrong = CREDENTIALS | {"api_password": "wrong"}
            return await client.post("/auth/api/get-token", json=wrong)

    response = run_in_virtual_time(refused)

    assert (response.status_code, response.json()) == (
        401,
        {
            "error": {
                "msg": "Bad api_key or api_password: Credentials not valid",
                "errors": [{"field": "http_status_code", "msg": 401}],
            }
        },
    )


def test_a_token_lapses_and_a_new_password_revokes_it(account: Account) -> None:
    """Statuses: fresh, after fifteen minutes, forged, with a new one, after a new password."""

    async def statuses() -> list[int]:
        seen = []
        async with account.client() as client:

            async def ask(token: str) -> None:
                headers = {"Authorization": f"Bearer {token}"}
                seen.append((await client.post(SEARCH, json={}, headers=headers)).status_code)

            token = await _token(client)
            await ask(token)
            await anyio.sleep(901)
            await ask(token)
            token = await _token(client)
            await ask(token[:-3] + "abc")
            await ask(token)
            account.edit("account", "", api_password="changed")
            await ask(token)
        return seen

    assert run_in_virtual_time(statuses) == [200, 401, 401, 200, 401]


def test_both_windows_count_and_end(account: Account) -> None:
    """Two in ten seconds and three in an hour: the third waits for the first window's end, the
    fourth for the second's; the body names the window, and `Retry-After` is there when asked."""
    windows = [{"limit": 2, "window_size": 10}, {"limit": 3, "window_size": 3600}]
    account.edit("account", "", rate_limit=windows, retry_after=True)

    async def answers() -> list[tuple[int, str | None, Any]]:
        seen = []
        for wait in (0, 0, 0, 11, 0, 3590):
            await anyio.sleep(wait)
            response = await account.raw("POST", SEARCH, {})
            body = response.json() if response.status_code == 429 else None
            seen.append((response.status_code, response.headers.get("Retry-After"), body))
        return seen

    def full(limit: int, seconds: int) -> dict[str, Any]:
        return {"message": "API rate limit exceeded", "limit": limit, "window_size": seconds}

    assert run_in_virtual_time(answers) == [
        (200, None, None),
        (200, None, None),
        (429, "10", full(2, 10)),
        (200, None, None),
        (429, "3589", full(3, 3600)),
        (200, None, None),
    ]


def test_a_refusal_need_not_say_when(account: Account) -> None:
    """The same 429 without `Retry-After`."""
    account.edit("account", "", rate_limit=[{"limit": 0, "window_size": 10}], retry_after=False)

    response = run_in_virtual_time(lambda: account.raw("POST", SEARCH, {}))

    assert (response.status_code, "Retry-After" in response.headers) == (429, False)


def test_a_window_that_lies_in_the_future_is_a_new_one(account: Account) -> None:
    """Clocks restart: what was counted on another one holds nobody up."""
    with account.sandbox.store.transaction() as store:
        store.put("window", "api/10", {"began": 1e9, "count": 100_000})

    assert run_in_virtual_time(lambda: account.raw("POST", SEARCH, {})).status_code == 200


def test_paths_and_methods(account: Account) -> None:
    """Trailing slash → redirect; unknown → 404; wrong method → 405; no JSON → 400."""

    async def statuses() -> list[int]:
        seen = [
            (await account.raw("POST", SEARCH + "/", {})).status_code,
            (await account.raw("GET", "/api/v1/unknown")).status_code,
            (await account.raw("GET", "/api/v3/products")).status_code,
            (await account.raw("GET", "/api/v1/assets")).status_code,
            (await account.raw("POST", SEARCH)).status_code,
        ]
        async with account.client() as client:
            seen.append((await client.post(SEARCH, json={})).status_code)
        return seen

    assert run_in_virtual_time(statuses) == [308, 404, 404, 405, 400, 401]


def test_the_served_door_answers_like_the_one_in_process() -> None:
    """The same sandbox over a socket, in real time."""
    config = uvicorn.Config(PlytixSandbox(Store()), port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            token = client.post("/auth/api/get-token", json=CREDENTIALS).json()
            bearer = {"Authorization": "Bearer " + token["data"][0]["access_token"]}
            found = client.post(SEARCH, json={"filters": []}, headers=bearer).json()
    finally:
        server.should_exit = True
        thread.join()

    assert found["pagination"]["total_count"] == 11
