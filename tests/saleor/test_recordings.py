"""Everything recorded on a real Saleor 3.23 is answered alike by the sandbox."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    NamedTypeNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    type_from_ast,
    visit,
)
from graphql.language.ast import ArgumentNode

from providers.kit.store import Store
from providers.saleor.sandbox import SaleorSandbox
from providers.saleor.sandbox.engine import schema
from providers.saleor.sandbox.planting import plant
from providers.saleor.sandbox.world import World
from tests.recorded import Comparison, Place, recordings
from tests.saleor.starting_world import Row, beginnings, decoded, sessions

NAME = "saleor-3.23.jsonl"

FLOOR = 185
"""At least so many of the 206 shared recordings are replayed."""

MOMENTS = ("updatedAt", "created")

DIGESTED = re.compile(r"_[0-9a-f]{8}\.")
"""What a file's name is made unique by."""


def test_recorded_answers_are_answered_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """Shape, codes, fields, messages, cost and status are as recorded; ids, moments and how much
    else the shop holds may differ. A recording is passed over only where its document uses what
    the sandbox's schema does not have."""
    rows = recordings(NAME)
    replayed, passed_over, differing = anyio.run(_replay, rows)
    with capsys.disabled():
        print(_told(replayed, passed_over))  # noqa: T201 - the list is what was asked for

    assert differing == []
    assert "PLANOGRAM_RECORDINGS" in os.environ or len(replayed) >= FLOOR


def _told(replayed: list[str], passed_over: list[tuple[str, str]]) -> str:
    lines = [f"\nsaleor: {len(replayed)} recordings replayed, {len(passed_over)} passed over"]
    lines += [f"  replayed     {title}" for title in replayed]
    lines += [f"  passed over  {title}: {reason}" for title, reason in passed_over]
    return "\n".join(lines)


async def _replay(rows: Sequence[Row]) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    replayed: list[str] = []
    passed_over: list[tuple[str, str]] = []
    differing: list[str] = []
    parts = sessions(rows)
    begun_with = beginnings(parts, sessions(_shared_rows()))
    for number, (part, begun) in enumerate(zip(parts, begun_with, strict=True), 1):
        sandbox = SaleorSandbox(Store(), begun.world)
        comparison = Comparison(is_id=_is_id, is_volatile=_is_volatile)
        for index, row in enumerate(part):
            with sandbox.store.transaction():
                plant(World(sandbox.store), begun.arrivals.get(index, {}))
            title = f"{number}.{row['n']} {row['title']}"
            reason = _beyond_the_schema(row)
            if reason:
                passed_over.append((title, reason))
                continue
            _edit_what_was_edited_unseen(sandbox, comparison, row)
            differing += [f"{title}: {d}" for d in await _differences(sandbox, comparison, row)]
            replayed.append(title)
    return replayed, passed_over, differing


def _shared_rows() -> Sequence[Row]:
    """The shared recordings, beside others: they may show more of the same shop."""
    shared = Path(__file__).parents[3] / "shared" / "recordings" / NAME
    is_beside = "PLANOGRAM_RECORDINGS" in os.environ and shared.exists()
    return [json.loads(line) for line in shared.read_text().splitlines()] if is_beside else []


async def _differences(sandbox: SaleorSandbox, comparison: Comparison, row: Row) -> list[str]:
    door = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=door, base_url="http://sandbox") as client:
        body = comparison.bindings.translate(row["request"])
        answer = await client.post("/graphql/", json=body, headers=_headers(row))
    wrong = [f"HTTP {answer.status_code}"] if answer.status_code != row["status"] else []
    recorded, answered = (_undigested(content) for content in (row["response"], answer.json()))
    return wrong + list(comparison.differences(recorded, answered))


def _undigested(answer: Any) -> Any:
    return json.loads(DIGESTED.sub("_digest.", json.dumps(answer)))


def _headers(row: Row) -> dict[str, str]:
    """Headers were not recorded: who asked is told by the title, or by what was refused."""
    title = row["title"].lower()
    said = str(row["response"])
    if "without the permission" in title:
        return {"Authorization": "Bearer poor"}
    is_visitor = "no token" in title or "wrong token" in title or "anonymous" in title
    if is_visitor or "PermissionDenied" in said or "More than one channel exists" in said:
        return {"Authorization": "Bearer wrong"}
    return {"Authorization": "Bearer sandbox"}


def _edit_what_was_edited_unseen(sandbox: SaleorSandbox, comparison: Comparison, row: Row) -> None:
    """Some edits between two recordings are known by their consequence only: an attribute that
    demands a value was made to."""
    for payload in (_data(row) or {}).values():
        for error in (payload or {}).get("errors") or () if isinstance(payload, dict) else ():
            if error.get("message") == "Attribute expects a value but none were given.":
                for id_ in error.get("attributes") or ():
                    _demand_a_value(sandbox, comparison.bindings.sandbox_of.get(id_, id_))


def _demand_a_value(sandbox: SaleorSandbox, id_: str) -> None:
    found = decoded(id_)
    attribute = sandbox.store.get("Attribute", str(found[1])) if found else None
    if attribute is not None:
        sandbox.admin_edit("attribute", attribute["slug"], {"valueRequired": True})


def _data(row: Row) -> Any:
    return row["response"].get("data") if isinstance(row["response"], dict) else None


def _is_id(text: str) -> bool:
    return decoded(text) is not None or bool(re.fullmatch(r"Wy[A-Za-z0-9+/]+={0,2}", text))


def _is_volatile(place: Place) -> bool:
    return bool(place) and (place[-1] in MOMENTS or place[-1] == "totalCount")


def _beyond_the_schema(row: Row) -> str | None:
    """What a document or its variables use that the sandbox's schema does not have, unless the
    platform itself said that it does not have it either."""
    requests = row["request"] if isinstance(row["request"], list) else [row["request"]]
    said = str(row["response"])
    for request in requests:
        for name in sorted(set(_unknown_names(schema(), request))):
            short = name.rsplit(".", 1)[-1]
            if f'"{short}": Unknown field' in said or f'field "{short}" on type' in said:
                lacking = _unknown_suggestions(said)
                if lacking:
                    return f"the answer suggests {lacking[0]}, which the sandbox does not have"
                continue
            return f"it uses {name}"
    return None


def _unknown_suggestions(said: str) -> list[str]:
    suggested = re.findall(r'"(\w+)"', said.partition("Did you mean")[2].partition("?")[0])
    mutation, query = schema().mutation_type, schema().query_type
    assert mutation is not None
    assert query is not None
    return [n for n in suggested if n not in mutation.fields and n not in query.fields]


def _unknown_names(known: GraphQLSchema, request: Mapping[str, Any]) -> Iterator[str]:
    try:
        document = parse(request.get("query") or "")
    except GraphQLSyntaxError:
        return
    info = TypeInfo(known)
    looking = _Unknown(known, info)
    visit(document, TypeInfoVisitor(info, looking))
    yield from looking.names
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                type_ = type_from_ast(known, variable.type)
                value = (request.get("variables") or {}).get(variable.variable.name.value)
                yield from _unknown_fields(type_, value)


class _Unknown(Visitor):
    """Collects fields, arguments, input fields and types that a schema does not have."""

    def __init__(self, known: GraphQLSchema, info: TypeInfo) -> None:
        super().__init__()
        self.names: list[str] = []
        self._known = known
        self._info = info

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._info.get_parent_type()
        if parent is not None and self._info.get_field_def() is None:
            self.names.append(f"{parent.name}.{node.name.value}")

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        field = self._info.get_field_def()
        if field is not None and self._info.get_argument() is None:
            self.names.append(f"the argument {node.name.value}")

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = get_named_type(self._info.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType) and node.name.value not in parent.fields:
            self.names.append(f"{parent.name}.{node.name.value}")

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> None:
        if self._known.get_type(node.name.value) is None:
            self.names.append(node.name.value)


def _unknown_fields(type_: Any, value: Any) -> Iterator[str]:
    named = get_named_type(type_)
    if not isinstance(named, GraphQLInputObjectType):
        return
    for item in value if isinstance(value, list) else [value]:
        for name, inner in item.items() if isinstance(item, dict) else ():
            if name not in named.fields:
                yield f"{named.name}.{name}"
            else:
                yield from _unknown_fields(named.fields[name].type, inner)
