"""The other host: where artifacts are downloaded from, by signed links."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.github.records import Artifact

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


class Blobs:
    """Links to artifacts. A token that is shown here has been given away: a violation."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._links: dict[str, bytes] = {}
        self.address = ""
        self.app = Starlette(routes=[Route("/{signature}", self._answer)])

    def link(self, artifact: Artifact) -> str:
        """A link that nobody guesses."""
        signature = secrets.token_hex(8)
        self._links[signature] = artifact.content
        return f"{self.address}/{signature}"

    def _answer(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self._github.violations.append("a token was shown to the host of the artifacts")
            return PlainTextResponse("InvalidAuthenticationInfo", status_code=401)
        content = self._links.get(request.path_params["signature"])
        if content is None:
            return PlainTextResponse("BlobNotFound", status_code=404)
        return Response(content, media_type="application/zip")
