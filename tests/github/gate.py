"""The way of a request: known, allowed, valid, answered, and its answer valid too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from tests.github.description import Operation, Request
from tests.github.people import Token
from tests.github.records import Seen
from tests.github.refusals import Refusal, bad_credentials, forbidden, not_found
from tests.github.routes.table import ROUTES, Answer, Call

if TYPE_CHECKING:
    from tests.github.emulated import GitHub

API: Final = "/api/v3"


class Violation(Exception):
    """A request or an answer that GitHub's description forbids; the words are the proof."""


async def answer(github: GitHub, http: HttpRequest) -> Response:
    """What the REST API answers; every request is remembered."""
    path, query = http.url.path.removeprefix(API), dict(http.query_params)
    body = json.loads(written) if (written := await http.body()) else None
    request = Request(http.method, path, query, body)
    with github.lock:
        github.sync()
        answered = _answer(github, request, http.headers)
        actor = _speaker(github, http.headers)
        github.seen.append(Seen(http.method, path, query, actor, answered.status, body))
    return _response(github, answered)


def _answer(github: GitHub, request: Request, headers: Mapping[str, str]) -> Answer:
    try:
        return _valid_answer(github, request, headers)
    except Violation as violation:
        github.violations.append(str(violation))
        return Answer(500, {"message": f"violation: {violation}"})


def _valid_answer(github: GitHub, request: Request, headers: Mapping[str, str]) -> Answer:
    operation = github.description.find(request.method, request.path)
    if operation is None or operation.key not in ROUTES:
        raise Violation(f"{request.method} {request.path} is not emulated")
    if objections := list(operation.objections(request)):
        raise Violation(" · ".join(objections))
    answered = _faulty_answer(github, operation, request, headers)
    if objections := list(operation.answer_objections(answered.status, answered.body)):
        raise Violation("the answer: " + " · ".join(objections))
    return answered


def _faulty_answer(
    github: GitHub, operation: Operation, request: Request, headers: Mapping[str, str]
) -> Answer:
    fault = github.faults.take(request.method, request.path)
    if fault and not fault.after:
        return _refused(fault.refusal)
    answered = _honest_answer(github, operation, request, headers)
    return _refused(fault.refusal) if fault else answered


def _honest_answer(
    github: GitHub, operation: Operation, request: Request, headers: Mapping[str, str]
) -> Answer:
    try:
        call = _call(github, operation, request, headers)
        route = ROUTES[operation.key]
        if not call.token.may(route.needed(call)):
            raise forbidden()
        return route.handler(call)
    except Refusal as refusal:
        return _refused(refusal)


def _call(
    github: GitHub, operation: Operation, request: Request, headers: Mapping[str, str]
) -> Call:
    if not headers.get("user-agent"):
        raise Refusal(403, "Request forbidden by administrative rules.")
    token = _token(github, headers)
    values = operation.match(request.path) or {}
    if "owner" in values and (values["owner"], values["repo"]) != (github.owner, github.name):
        raise not_found()
    url = github.api_url + request.path
    return Call(github, token, values, request.query, request.body, url)


def _token(github: GitHub, headers: Mapping[str, str]) -> Token:
    header = headers.get("authorization")
    if header is None:
        raise Refusal(401, "Requires authentication")
    found = re.fullmatch(r"(?:Bearer|token) (\S+)", header, re.IGNORECASE)
    token = github.tokens.get(found[1]) if found else None
    if token is None:
        raise bad_credentials()
    return token


def _speaker(github: GitHub, headers: Mapping[str, str]) -> str | None:
    try:
        return _token(github, headers).actor.login
    except Refusal:
        return None


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.body, refusal.headers)


def _response(github: GitHub, answered: Answer) -> Response:
    left = max(5000 - len(github.seen), 0)
    headers = {
        "x-github-request-id": f"{len(github.seen):04X}",
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(int(github.now().timestamp()) + 3600),
    }
    headers |= dict(answered.headers)
    if answered.body is None:
        return Response(status_code=answered.status, headers=headers)
    return JSONResponse(answered.body, status_code=answered.status, headers=headers)
