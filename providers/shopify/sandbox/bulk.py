"""Bulk operations: a query's whole answer as a file, and a mutation once for each line of one.

What they do takes time, and is done when its time has come: whoever asks next finds it done.
How fast it goes, and how the next one ends, may be set (`sandbox edit bulk`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from starlette.requests import Request
from starlette.responses import Response

from providers.shopify.sandbox import search, staged
from providers.shopify.sandbox.bulk_checks import mutation_error, operation_in, query_errors
from providers.shopify.sandbox.documents import document
from providers.shopify.sandbox.exporting import Export
from providers.shopify.sandbox.ids import gid, number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, refusal, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

DOOR: Final = "/bulk-operation-outputs/"

AT_ONCE: Final = 5
AT_ONCE_BEFORE: Final = 1
"""How many of each type may run side by side: since 2026-01, and in earlier versions."""

LARGEST: Final = 100 * 1024 * 1024

SETTINGS: Final[Mapping[str, Any]] = {
    "begins": 0.5, "nodes": 5_000, "lines": 20, "ends": 1.0, "fate": None,
}  # fmt: skip
"""begins: seconds until it runs. nodes, lines: root nodes that are read, lines that are carried
out, in a second. ends: seconds to write the file. fate: how they end half-way (`FAILED`,
`TIMEOUT`, `CANCELED`), instead of well; or that their files have `EXPIRED`, or are `CUT` off. As a
list: of those that come, one after another."""

_FAILURES: Final = {"FAILED": "INTERNAL_SERVER_ERROR", "TIMEOUT": "TIMEOUT"}
"""The error code of an operation that failed, by its fate."""

_OVER: Final = ("COMPLETED", "CANCELED", "FAILED", "EXPIRED")

Carry = Callable[[DocumentNode, OperationDefinitionNode, Mapping[str, Any]], dict[str, Any]]
"""Carries out a mutation that was looked at before; its answer."""


def advance(shop: Shop, schema: GraphQLSchema, carry: Carry) -> None:
    """Let every operation come to where it is by now."""
    running: list[str] = shop.setting("bulk running").get("ids", [])
    for id_ in running:
        operation = shop.get(id_)
        if operation is not None:
            try:
                _advanced(shop, operation, schema, carry)
            except GraphQLError as error:
                shop.change(operation, status="FAILED", errorCode=_code_of(error))
    left = [id_ for id_ in running if (shop.get(id_) or {}).get("status") not in _OVER]
    if left != running:
        shop.keep("bulk running", {"ids": left})


def _code_of(error: GraphQLError) -> str:
    """A refusal comes as the vendor's own error, but where a scope is missing."""
    code = (error.extensions or {}).get("code")
    return code if code == "ACCESS_DENIED" else "INTERNAL_SERVER_ERROR"


def _advanced(shop: Shop, operation: Thing, schema: GraphQLSchema, carry: Carry) -> None:
    if operation["status"] == "CANCELING":
        if _since(shop, operation["canceled"]) >= 1:
            shop.change(operation, status="CANCELED")
        return
    elapsed = _since(shop, operation["started"])
    if elapsed < operation["begins"]:
        return
    work = _Work(shop, operation, schema, carry)
    due = _due(elapsed - operation["begins"], operation["rate"], work.total)
    half = operation["fate"] in (*_FAILURES, "CANCELED")
    due = min(due, work.total // 2) if half else due
    done = work.do(due)
    finishes = operation["begins"] + work.total / operation["rate"] + operation["ends"]
    if elapsed >= finishes:
        shop.change(done, **_ended(shop, done))
    elif done is not operation or operation["status"] == "CREATED":
        shop.change(done, status="RUNNING")


def _since(shop: Shop, moment: float) -> float:
    """A moment that lies in the future was before the clock began anew."""
    return shop.now - moment if moment <= shop.now else math.inf


def _due(elapsed: float, rate: float, total: int) -> int:
    return total if math.isinf(elapsed) else min(total, int(elapsed * rate))


def _ended(shop: Shop, operation: Thing) -> dict[str, Any]:
    fate, size = operation["fate"], operation["size"]
    file = _address(shop, operation) if size else None
    if fate in _FAILURES:
        return {"status": "FAILED", "errorCode": _FAILURES[fate], "partialDataUrl": file}
    if fate == "CANCELED":
        return {"status": "CANCELED", "partialDataUrl": file}
    if fate == "EXPIRED":
        return {"status": "EXPIRED", "completedAt": operation["updatedAt"]}
    told = str(size) if size else None
    completed = operation["updatedAt"]
    return {"status": "COMPLETED", "completedAt": completed, "url": file, "fileSize": told}


class _Work:
    """What one operation has to do: nodes to tell, or lines to carry out."""

    def __init__(self, shop: Shop, operation: Thing, schema: GraphQLSchema, carry: Carry) -> None:
        self._shop = shop
        self._operation = operation
        self._carry = carry
        node = document(operation["query"]).node
        assert node is not None
        asked = operation_in(node)
        assert asked is not None
        self._node, self._asked = node, asked
        self._export: Export | None = None
        if operation["type"] == "QUERY":
            self._export = Export(shop, schema, node, self._asked, operation["is_grouped"])
            self._units: Sequence[Any] = self._export.roots()
        else:
            text = (staged.uploaded(shop, operation["path"]) or b"").decode("utf-8", "replace")
            self._units = [line for line in text.split("\n") if line.strip()]

    @property
    def total(self) -> int:
        return len(self._units)

    def do(self, due: int) -> Thing:
        """The operation after so many of its units."""
        begun = self._operation["done"]
        if due <= begun:
            return self._operation
        part = self._units[begun:due]
        lines = list(self._export.lines(part)) if self._export else list(self._lines(part, begun))
        told = "".join(f"{line}\n" for line in lines)
        self._keep(told)
        counted = len(lines) if self._export else len(part)
        return self._shop.change(
            self._operation,
            done=due,
            size=self._operation["size"] + len(told.encode()),
            rootObjectCount=str(due),
            objectCount=str(int(self._operation["objectCount"]) + counted),
            parts=self._operation["parts"] + 1,
        )

    def _keep(self, text: str) -> None:
        part = f"{number(self._operation['id'])}.{self._operation['parts']}"
        self._shop.keep_under("bulk part", part, {"text": text})

    def _lines(self, lines: Sequence[str], begun: int) -> Iterable[str]:
        for place, line in enumerate(lines, begun):
            answer = {**self._answer(line), "__lineNumber": place}
            yield json.dumps(answer, separators=(",", ":"), ensure_ascii=False)

    def _answer(self, line: str) -> dict[str, Any]:
        try:
            variables = json.loads(line)
        except ValueError:
            return {"errors": [{"message": "The line is not valid JSON."}]}
        if not isinstance(variables, dict):
            return {"errors": [{"message": "The line is no JSON object."}]}
        return self._carry(self._node, self._asked, variables)


def result(shop: Shop, request: Request) -> Response:
    """The file of an operation, for whoever has its address; no token is asked for."""
    name = request.url.path.removeprefix(DOOR)
    operation = shop.get(gid("BulkOperation", name))
    signed = request.query_params.get("Signature", "")
    if operation is None or signed != _signature(operation) or operation["fate"] == "EXPIRED":
        return Response("<Error><Code>ExpiredToken</Code></Error>", 400)
    parts = (shop.kept("bulk part", f"{name}.{part}") for part in range(operation["parts"]))
    text = "".join(part["text"] for part in parts if part is not None)
    if operation["fate"] == "CUT":
        text = text[: len(text) * 2 // 3]
    return Response(text, media_type="application/jsonl")


def _address(shop: Shop, operation: Thing) -> str:
    return f"{shop.door}{DOOR}{number(operation['id'])}?Signature={_signature(operation)}"


def _signature(operation: Thing) -> str:
    return hashlib.sha256(operation["id"].encode()).hexdigest()[:32]


def add_operation(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """An operation that was told of elsewhere; or with its `started`, one that is to run."""
    settings = {**SETTINGS, **shop.setting("bulk")}
    type_ = fields["type"]
    new = {
        "query": "",
        "status": "CREATED",
        "errorCode": None,
        "completedAt": None,
        "objectCount": "0",
        "rootObjectCount": "0",
        "fileSize": None,
        "url": None,
        "partialDataUrl": None,
        "done": 0,
        "size": 0,
        "parts": 0,
        "rate": settings["nodes" if type_ == "QUERY" else "lines"],
        "fate": None,
        "is_grouped": False,
        **{name: settings[name] for name in ("begins", "ends")},
    }
    return shop.add("BulkOperation", {**new, **fields}, id_)


def _start(shop: Shop, type_: str, text: str, **fields: Any) -> Thing:
    told = {"type": type_, "query": text, "started": shop.now, "fate": _next_fate(shop), **fields}
    operation = add_operation(shop, told)
    _watch(shop, operation)
    return operation


def _next_fate(shop: Shop) -> str | None:
    """How the next one ends; of a list, the first is taken."""
    settings = shop.setting("bulk")
    fates = settings.get("fate")
    if not isinstance(fates, list):
        return fates
    shop.keep("bulk", {**settings, "fate": fates[1:] or None})
    return fates[0] if fates else None


def _watch(shop: Shop, operation: Thing) -> None:
    """From now on it goes on with time."""
    running = shop.setting("bulk running").get("ids", [])
    if operation["id"] not in running:
        shop.keep("bulk running", {"ids": [*running, operation["id"]]})


def _in_progress(shop: Shop, type_: str) -> UserError | None:
    known = (shop.get(id_) for id_ in shop.setting("bulk running").get("ids", []))
    busy = [op["id"] for op in known if op and op["type"] == type_ and op["status"] not in _OVER]
    if len(busy) < (AT_ONCE if shop.asked >= "2026-01" else AT_ONCE_BEFORE):
        return None
    text = (
        f"A bulk {type_.lower()} operation for this app and shop is already in progress:"
        f" {', '.join(busy)}."
    )
    return user_error(None, text, "OPERATION_IN_PROGRESS")


def _answered(operation: Thing | None, *errors: UserError | None) -> Mapping[str, Any]:
    return {"bulkOperation": operation, "userErrors": [error for error in errors if error]}


def _run_query(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
    shop, text = info.context, args["query"]
    errors: Sequence[UserError | None] = query_errors(info.schema, text)
    errors = errors or [_in_progress(shop, "QUERY")]
    if any(errors):
        return _answered(None, *errors)
    return _answered(_start(shop, "QUERY", text, is_grouped=args["groupObjects"]))


def _run_mutation(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
    shop, text, path = info.context, args["mutation"], args["stagedUploadPath"]
    error = (
        mutation_error(text)
        or _identifier_error(args.get("clientIdentifier"))
        or _file_error(shop, path)
        or _in_progress(shop, "MUTATION")
    )
    return _answered(None if error else _start(shop, "MUTATION", text, path=path), error)


def _identifier_error(name: str | None) -> UserError | None:
    if name is None or 10 <= len(name) <= 255:
        return None
    short = "is too short (minimum is 10 characters)"
    text = short if len(name) < 10 else "is too long (maximum is 255 characters)"
    return user_error(["clientIdentifier"], text, "INVALID_MUTATION")


def _file_error(shop: Shop, path: str) -> UserError | None:
    size = staged.size_of(shop, path)
    if size is None:
        text = (
            "The JSONL file could not be found. Try uploading the file again, and check that"
            " you've entered the URL correctly for the stagedUploadPath mutation argument."
        )
        return user_error(None, text, "NO_SUCH_FILE")
    if size == 0:
        return user_error(None, "The input file is empty.", "INVALID_STAGED_UPLOAD_FILE")
    if size > LARGEST:
        text = "The input file size exceeds the maximum allowed size of 100 MB."
        return user_error(None, text, "INVALID_STAGED_UPLOAD_FILE")
    return None


def _cancel(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
    """That what is over can not be cancelled is not recorded; the words are the vendor's docs'."""
    shop = info.context
    operation = shop.one("BulkOperation", args["id"])
    if operation is None:
        return _answered(None, user_error(["id"], "Bulk operation does not exist"))
    if operation["status"] in _OVER:
        status = operation["status"].lower()
        text = f"A bulk operation cannot be canceled when it is {status}"
        return _answered(operation, user_error(None, text))
    if operation["status"] != "CANCELING":
        operation = shop.change(operation, status="CANCELING", canceled=shop.now)
        _watch(shop, operation)
    return _answered(operation, None)


def _by_id(_: Any, info: Info, **args: Any) -> Thing | None:
    if not args["id"].startswith("gid://shopify/BulkOperation/"):
        raise refusal(f"Invalid id: {args['id']}", "RESOURCE_NOT_FOUND")
    shop = info.context
    return shop.get(args["id"])


def _current(_: Any, info: Info, **args: Any) -> Thing | None:
    """The most recent one of a type."""
    own = [op for op in info.context.all("BulkOperation") if op["type"] == args["type"]]
    return own[-1] if own else None


_ACCEPTED: Final = {
    "status": ("canceled", "canceling", "completed", "created", "failed", "running"),
    "operation_type": ("query", "mutation"),
}
_SEARCHED: Final[search.Fields] = {
    "id": search.id_matches,
    "status": search.text_is(lambda operation: str(operation["status"])),
    "operation_type": search.text_is(lambda operation: str(operation["type"])),
    "created_at": lambda operation, value: _is_at(operation["createdAt"], value),
}
_ORDER: Final = {
    "CREATED_AT": lambda operation: operation["createdAt"],
    "COMPLETED_AT": lambda operation: operation["completedAt"] or "",
}


def _is_at(moment: str, value: str) -> bool:
    bound = value.lstrip("<>=")
    comparison = value[: len(value) - len(bound)]
    if comparison.startswith(">"):
        return moment >= bound if "=" in comparison else moment > bound
    if comparison.startswith("<"):
        return moment <= bound if "=" in comparison else moment < bound
    return moment.startswith(bound)


def _all(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
    """The newest first."""
    shop, query = info.context, args.get("query")
    for term in search.terms(query or ""):
        if term.field == "created_at" and not term.value.lstrip("<>=")[:4].isdigit():
            raise refusal("Invalid timestamp for query filter `created_at`.", "BAD_REQUEST")
    found = search.found(
        shop,
        shop.all("BulkOperation"),
        query,
        _SEARCHED,
        lambda operation: (),
        str(info.path.key),
        _ACCEPTED,
    )
    order = {**args, "reverse": not args.get("reverse")}
    return connection(found, order, _ORDER[args["sortKey"]])


FIELDS: Final = {
    "QueryRoot": {
        "bulkOperation": _by_id,
        "bulkOperations": _all,
        "currentBulkOperation": _current,
    },
    "Mutation": {
        "bulkOperationCancel": _cancel,
        "bulkOperationRunMutation": _run_mutation,
        "bulkOperationRunQuery": _run_query,
    },
}
