"""Git over HTTP, as GitHub serves it: who may read, who may push, by the same tokens."""

from __future__ import annotations

import base64
import binascii
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.github.people import Token

if TYPE_CHECKING:
    from tests.github.emulated import GitHub

_PUSH: Final = "git-receive-pack"
_HOOK: Final = """#!/bin/sh
case " $PROTECTED " in
*" $1 "*) echo "error: GH006: Protected branch update failed for $1." >&2; exit 1 ;;
esac
"""


def protect(repository: Path) -> None:
    """Let the repository refuse what moves a protected branch by a workflow's token."""
    hook = repository / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_HOOK, encoding="utf-8")
    hook.chmod(0o755)


async def answer(github: GitHub, request: Request) -> Response:
    """What `git fetch` and `git push` hear."""
    pushing = _PUSH in (request.url.path + request.url.query)
    token = _token(github, request.headers.get("authorization", ""))
    if token is None and (pushing or github.private):
        headers = {"WWW-Authenticate": 'Basic realm="GitHub"'}
        return PlainTextResponse("No anonymous access.", status_code=401, headers=headers)
    if token and not token.may("contents:write" if pushing else "contents:read"):
        words = f"Permission to {github.full_name}.git denied to {token.actor.login}."
        return PlainTextResponse(words, status_code=403)
    body = await request.body()
    return await run_in_threadpool(_served, github, request, body, token)


def _served(github: GitHub, request: Request, body: bytes, token: Token | None) -> Response:
    owner, _, rest = request.path_params["path"].partition("/")
    name, _, tail = rest.partition("/")
    repository = github.repository_of(owner, name.removesuffix(".git"))
    if repository is None:
        return PlainTextResponse("Repository not found.", status_code=404)
    before = github.bare.refs()
    environment = _environment(github, request, repository, tail, token)
    command = ["git", "http-backend"]
    done = subprocess.run(command, input=body, capture_output=True, env=environment, check=True)
    if token:
        github.note_pushes(before, token.actor)
    return _response(done.stdout)


def _environment(
    github: GitHub, request: Request, repository: Path, tail: str, token: Token | None
) -> dict[str, str]:
    protected = github.protected if token and token.actions else set()
    return {
        "PATH": github.path,
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.parent),
        "PATH_INFO": f"/{repository.name}/{tail}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        "REMOTE_USER": token.actor.login if token else "",
        "REMOTE_ADDR": "127.0.0.1",
        "PROTECTED": " ".join(f"refs/heads/{branch}" for branch in protected),
    }


def _token(github: GitHub, header: str) -> Token | None:
    """The password of basic authentication; the user's name does not matter."""
    _, _, encoded = header.partition(" ")
    try:
        _, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return github.tokens.get(password)


def _response(output: bytes) -> Response:
    head, _, body = output.partition(b"\r\n\r\n")
    pairs = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
    headers = dict(pairs)
    status = int(headers.pop("Status", "200 OK").split(" ")[0])
    return Response(body, status_code=status, headers=headers)
