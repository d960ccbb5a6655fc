"""A mutation carried out once for each line of an uploaded file: not paid in points, and slow to
begin. Whether a line was carried out is told by its own line of the answer; where there is no
answer, it is not known, and whoever asked must look again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from providers.kit.graphql import Mutation, Query
from providers.shopify.bulk import Busy, Unfinished, awaited, in_turn, result
from providers.shopify.client import ShopifyWriter, UserErrors
from providers.shopify.storage import Refused
from reconciler.provider import Ambiguous, PlatformError, Unavailable

Row = dict[str, Any]

LARGEST: Final = 95 * 1024 * 1024
"""Bytes of one file; Shopify takes 100 MB."""

_STAGE: Final = Mutation(
    """mutation StageVariables($input: [StagedUploadInput!]!) {
      stagedUploadsCreate(input: $input) {
        stagedTargets { url parameters { name value } }
        userErrors { field message }
      }
    }""",
    cost=11,
)
_RUN: Final = Mutation(
    """mutation RunBulkMutation($text: String!, $path: String!) {
      bulkOperationRunMutation(mutation: $text, stagedUploadPath: $path) {
        bulkOperation { id status errorCode rootObjectCount fileSize url }
        userErrors { field message code }
      }
    }""",
    cost=11,
)
_LATEST: Final = Query(
    """query LatestBulkMutations {
      bulkOperations(first: 10, query: "operation_type:mutation") {
        nodes { id status errorCode rootObjectCount fileSize url query }
      }
    }""",
    cost=8,
)


def fits(lines: Sequence[str]) -> bool:
    """Whether they may stand in one file."""
    return sum(len(line.encode()) + 1 for line in lines) <= LARGEST


def written(variables: Sequence[Mapping[str, Any]]) -> list[str]:
    return [json.dumps(line, separators=(",", ":")) for line in variables]


async def carried_out(
    session: ShopifyWriter, mutation: Mutation, lines: Sequence[str]
) -> dict[int, Row]:
    """The answer of each line that has one, by its place: `data`, or `errors`.

    What an earlier run of ours left running is waited for first. Raises `Busy` where nothing was
    begun, and `Ambiguous` where it is not known what was done.
    """
    await _ours_are_over(session, mutation)
    path = await _uploaded(session, lines)
    run = partial(session.mutate, _RUN, "bulkOperationRunMutation", text=mutation.text, path=path)
    begun = (await in_turn(run))["bulkOperation"]
    try:
        ended = await awaited(session, begun)
        if ended["status"] != "COMPLETED":
            raise Unfinished(
                f"the bulk operation {ended['id']} ended {ended['status']} ({ended['errorCode']})"
            )
        return {row["__lineNumber"]: row async for row in result(session, ended)}
    except Ambiguous:
        raise
    except PlatformError as error:
        raise Ambiguous(str(error)) from error


async def _ours_are_over(session: ShopifyWriter, mutation: Mutation) -> None:
    """A run that was killed leaves its operation running."""
    for operation in (await session.query(_LATEST))["bulkOperations"]["nodes"]:
        if operation["query"] == mutation.text:
            await awaited(session, operation)


async def _uploaded(session: ShopifyWriter, lines: Sequence[str]) -> str:
    """Where the lines lie now, as `stagedUploadPath` wants it. Raises `Busy`: nothing is begun."""
    asked = {
        "resource": "BULK_MUTATION_VARIABLES",
        "filename": "variables.jsonl",
        "mimeType": "text/jsonl",
        "httpMethod": "POST",
    }
    try:
        payload = await session.mutate(_STAGE, "stagedUploadsCreate", input=[asked])
        (target,) = payload["stagedTargets"]
        content = "".join(f"{line}\n" for line in lines).encode()
        await session.storage.upload(target, asked["filename"], content, asked["mimeType"])
    except (UserErrors, Ambiguous, Unavailable, Refused) as error:
        raise Busy(f"the lines could not be uploaded: {error}") from error
    return next(str(p["value"]) for p in target["parameters"] if p["name"] == "key")
