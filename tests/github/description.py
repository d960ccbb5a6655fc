"""GitHub's own OpenAPI description, cut to a subset: what exists, what is wrong with a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT.parent / "shared" / "schemas" / "github-rest-subset.json"

LIMITS: Final = frozenset({"maxLength", "maxItems", "maxProperties"})
"""What GitHub refuses in words of its own: the emulation answers these, they are no violation."""

_URN: Final = "urn:github"
_SLASHES: Final = frozenset({"ref", "branch", "basehead"})
"""Parameters of a path whose value may hold slashes."""


@dataclass(frozen=True)
class Request:
    """One request as the description sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object = None


class Operation:
    """One method on one path, with validators that are built once."""

    def __init__(self, description: Description, method: str, template: str, spec: Any) -> None:
        self.method, self.template = method, template
        self._description, self._spec = description, spec
        self._pattern = re.compile(_pattern(template))

    @property
    def key(self) -> str:
        """Names it in tables and messages, as in `GET /user`."""
        return f"{self.method} {self.template}"

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the path's parameters, or nothing if this is another path."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def objections(self, request: Request) -> Iterator[str]:
        """What GitHub's description has against a request, limits left aside."""
        yield from self._path_objections(self.match(request.path) or {})
        yield from self._query_objections(request.query)
        yield from self._body_objections(request.body)

    def answer_objections(self, status: int, body: object) -> Iterator[str]:
        """What the description has against an answer; errors it does not list are basic errors."""
        if status not in self._answers and status < 400:
            yield f"{self.key} does not answer {status}"
        elif validator := self._answers.get(status, self._description.basic_error):
            yield from _sentences(f"{self.key} → {status}", validator.iter_errors(body))
        elif body is not None:
            yield f"{self.key} → {status} has no body"

    def _path_objections(self, values: Mapping[str, str]) -> Iterator[str]:
        for parameter in self._parameters("path"):
            yield from self._value_objections(parameter, values[parameter["name"]])

    def _query_objections(self, query: Mapping[str, str]) -> Iterator[str]:
        known = {parameter["name"]: parameter for parameter in self._parameters("query")}
        for name, value in query.items():
            if name not in known:
                yield f"{self.key} knows no query parameter {name}"
            else:
                yield from self._value_objections(known[name], value)

    def _value_objections(self, parameter: Any, text: str) -> Iterator[str]:
        validator = self._description.validator(parameter["schema"])
        if not any(validator.is_valid(value) for value in _readings(text)):
            yield f"{self.key}: {parameter['name']}={text!r} is not {parameter['schema']}"

    def _body_objections(self, body: object) -> Iterator[str]:
        schema = self._body_schema
        if schema is None:
            if body is not None:
                yield f"{self.key} takes no body"
        elif body is not None or self._spec["requestBody"].get("required"):
            errors = self._description.validator(schema).iter_errors(body)
            yield from _sentences(self.key, (e for e in errors if not _only_limit(e)))
            yield from self._stray_fields(body)

    def _stray_fields(self, body: object) -> Iterator[str]:
        """GitHub ignores a misspelt field; a test that sends one should not pass."""
        known = self._body_schema.get("properties") if self._body_schema else None
        if known and isinstance(body, dict):
            yield from (f"{self.key}: no field {name}" for name in body if name not in known)

    def _parameters(self, where: str) -> list[Any]:
        resolved = [self._description.resolve(one) for one in self._spec.get("parameters", [])]
        return [parameter for parameter in resolved if parameter["in"] == where]

    @cached_property
    def _body_schema(self) -> Any:
        content = self._spec.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    @cached_property
    def _answers(self) -> dict[int, OAS30Validator | None]:
        return {int(status): self._answer(spec) for status, spec in self._spec["responses"].items()}

    def _answer(self, spec: Any) -> OAS30Validator | None:
        content = self._description.resolve(spec).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return self._description.validator(schema) if schema is not None else None


class Description:
    """The operations of the subset."""

    def __init__(self, document: Any) -> None:
        self._document = document
        resource = Resource.from_contents(_absolute(document), default_specification=DRAFT4)
        self._registry: Registry[Any] = Registry().with_resource(_URN, resource)
        self.basic_error = self.validator({"$ref": "#/components/schemas/basic-error"})
        self.operations = [
            Operation(self, method.upper(), template, spec)
            for template in sorted(document["paths"], key=_specific_first)
            for method, spec in document["paths"][template].items()
        ]

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request is for."""
        fitting = (one for one in self.operations if one.method == method)
        return next((one for one in fitting if one.match(path) is not None), None)

    def resolve(self, part: Any) -> Any:
        """A part of the document, its reference followed."""
        if "$ref" not in part:
            return part
        found = self._document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def validator(self, schema: Any) -> OAS30Validator:
        """A validator of one schema, which may refer to any other."""
        return OAS30Validator(
            _absolute(schema), registry=self._registry, format_checker=oas30_format_checker
        )


def load() -> Description:
    """The description beside the checkout; a `FileNotFoundError` says that it is not there."""
    return Description(json.loads(FILE.read_text(encoding="utf-8")))


def _absolute(part: Any) -> Any:
    """References made absolute, so that a schema can be taken out of its document.

    Discriminators go: they only hint at which alternative is meant.
    """
    if isinstance(part, dict):
        kept = {key: value for key, value in part.items() if key != "discriminator"}
        whole = {key: _reference(key, value) for key, value in kept.items()}
        return whole | ({"enum": [*whole["enum"], None]} if _may_be_null(whole) else {})
    if isinstance(part, list):
        return [_absolute(item) for item in part]
    return part


def _may_be_null(schema: dict[str, Any]) -> bool:
    """GitHub means null by `nullable`, also where its list of values forgets it."""
    return schema.get("nullable") is True and isinstance(schema.get("enum"), list)


def _reference(key: str, value: Any) -> Any:
    if key == "$ref" and isinstance(value, str) and value.startswith("#"):
        return _URN + value
    return _absolute(value)


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    names = [rf"(?P<{name}>{'.+' if name in _SLASHES else '[^/]+'})" for name in parts[1::2]]
    texts = [re.escape(text) for text in parts[0::2]]
    return "".join(a + b for a, b in zip(texts, [*names, ""], strict=True))


def _specific_first(template: str) -> tuple[int, int]:
    return template.count("{"), -len(template)


def _readings(text: str) -> Iterator[object]:
    """What a value in a URL may mean: a text, and a number or a claim that it spells."""
    yield text
    if re.fullmatch(r"-?\d+", text):
        yield int(text)
    if text in ("true", "false"):
        yield text == "true"


def _only_limit(error: ValidationError) -> bool:
    """Whether nothing but a limit is passed, also inside of alternatives."""
    if error.context:
        return all(_only_limit(one) for one in error.context if one.validator != "enum")
    return error.validator in LIMITS


def _sentences(where: str, errors: Iterator[ValidationError]) -> Iterator[str]:
    for error in errors:
        reason = "; ".join(one.message[:200] for one in error.context or [])
        at = "/".join(str(step) for step in error.absolute_path)
        yield f"{where}: {at or 'body'}: {error.message[:400]} {reason}".rstrip()
