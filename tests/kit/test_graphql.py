"""A client whose queries can not write, and which believes no half answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from providers.kit.graphql import GraphQLError, GraphQLReader, GraphQLWriter, Mutation, Query
from providers.kit.retry import Deadline
from reconciler.provider import Ambiguous, Distrusted, PlatformError, Unauthorised
from tests.conftest import ROOT

QUERY = Query("query { shop { name } }")
MUTATION = Mutation("mutation { shopRename { name } }")


def asked(status: int, body: Any, *, write: bool = False) -> Any:
    """What a caller gets when the platform answers so."""

    def answer(request: httpx.Request) -> httpx.Response:
        content = {"text": body} if isinstance(body, str) else {"json": body}
        return httpx.Response(status, **content)

    async def run() -> Any:
        transport = Deadline(httpx.MockTransport(answer), 5)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            writer = GraphQLWriter(client, "/graphql")
            return await (writer.mutate(MUTATION) if write else writer.query(QUERY))

    return anyio.run(run)


def test_data_is_handed_over() -> None:
    """A whole answer is its data."""
    assert asked(200, {"data": {"shop": {"name": "A"}}}) == {"shop": {"name": "A"}}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, {"data": {"shop": None}, "errors": [{"message": "denied"}]}, GraphQLError),
        (400, {"errors": [{"message": "syntax"}]}, GraphQLError),
        (200, {"errors": "Not Found"}, GraphQLError),
        (401, {"errors": "[API] Invalid API key or access token"}, Unauthorised),
        (403, "<html>", Unauthorised),
        (200, "<html>", Distrusted),
        (404, "<html>", Distrusted),
        (301, "", Distrusted),
    ],
)
def test_half_an_answer_is_none(status: int, body: Any, error: type[PlatformError]) -> None:
    """Partial data reads like absence, so errors are raised; a login page is not believed."""
    with pytest.raises(error):
        asked(status, body)


def test_a_write_that_something_else_answered_is_ambiguous() -> None:
    """A proxy's page says nothing about what the platform did."""
    with pytest.raises(Ambiguous):
        asked(200, "<html>", write=True)
    with pytest.raises(Distrusted):
        asked(404, "<html>", write=True)


def test_a_server_that_broke_over_a_write_may_have_done_it() -> None:
    """HTTP 200 with an internal error: definite for a query, open for a mutation."""
    broken = {"errors": [{"message": "?", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
    with pytest.raises(Ambiguous):
        asked(200, broken, write=True)
    with pytest.raises(GraphQLError):
        asked(200, broken)


def test_a_query_can_not_hold_a_mutation() -> None:
    """Neither plainly nor behind white space; and a mutation is no query."""
    for text in ("mutation { x }", "  \n mutation { x }", "subscription { x }"):
        with pytest.raises(ValueError, match="one query"):
            Query(text)
    with pytest.raises(ValueError, match="one mutation"):
        Mutation("query { x }")


def test_a_reader_has_no_method_that_writes() -> None:
    """What a planner is handed can not mutate."""
    assert not hasattr(GraphQLReader, "mutate")


@pytest.mark.long
def test_the_type_checker_proves_that_a_plan_can_not_write(tmp_path: Path) -> None:
    """Calling `mutate` on a reader, or sending a mutation as a query, does not type-check; the
    same on a writer does."""
    snippet = tmp_path / "snippet.py"
    snippet.write_text(
        "from providers.kit.graphql import GraphQLReader, GraphQLWriter, Mutation\n"
        "async def plan(reader: GraphQLReader, writer: GraphQLWriter, m: Mutation) -> None:\n"
        "    await reader.mutate(m)\n"
        "    await reader.query(m)\n"
        "    await writer.mutate(m)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(snippet)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    wrong = [
        line.split(":")[1] for line in told.splitlines() if "snippet.py" in line and "error" in line
    ]

    assert sorted(set(wrong)) == ["3", "4"], told
