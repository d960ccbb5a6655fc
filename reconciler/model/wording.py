"""What pydantic finds wrong with a value, in the words of the people who write it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

WANTED: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "null",
}

PATTERNS: Final = {
    r"^[a-z][a-z0-9_]*$": "lowercase snake_case, like sales_sdr",
    r"^[a-z][a-z0-9_-]*$": "lowercase letters, digits, underscores and dashes, like gsv_roles",
    r"^[a-z0-9-]+$": "lowercase letters, digits and dashes",
    r"^[A-Z][A-Z0-9_]*$": "capitals, digits and underscores, beginning with a capital",
    r"^[A-Za-z0-9_-]{2,64}$": "2 to 64 letters, digits, dashes and underscores",
    r"^[A-Za-z0-9_-]{3,255}$": "3 to 255 letters, digits, dashes and underscores",
    r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$": "namespace.key, like custom.look_image",
    r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}Z)?$": 'a day or a moment in UTC, like "2026-11-27T18:00Z"',
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$": (
        "a moment, like 2026-11-27T18:00:00Z"
    ),
    r"^[0-9A-Za-z]+-[0-9A-Za-z]+$": "style-colour, like 3004-416689",
    r"^[0-9a-f]{64}$": "a SHA-256 in lowercase hexadecimal",
    r"^\d+(\.\d+)? [A-Z]{3}$": "an amount and its currency, like 250 USD",
    r"^\d+(\.\d+)? (g|kg|oz|lb)$": "a weight and its unit (g, kg, oz or lb), like 1.5 kg",
    r"^[\w-]+\.[\w-]+$": "namespace.key, like custom.fit",
    r"^[^/]+/[^/]+$": "taxonomy/term, like gsv_roles/hr",
    r"^[\w-]+$": "a slug, like default-channel",
    r"^[A-Z]{2,3}(_[A-Z0-9]+)*$": "a language in capitals, like EN or PT_BR",
    r"^\d{4}-(01|04|07|10)$": 'a quarterly version, like "2026-10"',
    r"^[^/\\.][^/\\]*(/[^/\\.][^/\\]*)*$": (
        "the way down from desired/, without .. in it, like images/gown.jpg"
    ),
    r"^https?://\S+$": "an address that begins with https://",
    r"^https://[^\s/]+/\S*\{id\}\S*$": "an address with {id}, like https://a.example/{id}",
    r"^https://": "an address that begins with https://",
    r"^https?://[^\s/]+(/\S*)?$": "an address like https://example.myshopify.com",
}


def worded(
    place: tuple[str | int, ...], details: Sequence[ErrorDetails], model: Any
) -> tuple[str, str]:
    """Cause and remedy of what is wrong at a place. details: of one place, one or more where
    several types may stand there. model: what the whole document has to be."""
    detail = details[0]
    names = [str(step) for step in place if isinstance(step, str)]
    name = names[-1] if names else "the document"
    wanted = [WANTED[d["type"]] for d in details if d["type"] in WANTED]
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown field {name}", nearest(name, _fields_at(model, place[:-1]))
        case "missing":
            return f"the field {name} is missing", "add it"
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            return f"{detail['input']!r} does not fit {_of(place)}", (
                f"write {PATTERNS.get(pattern, f'what matches {pattern}')}"
            )
        case "literal_error" | "enum":
            return f"{detail['input']!r} does not fit {_of(place)}", (
                f"write one of {detail['ctx']['expected']}"
            )
        case "string_too_short" | "too_short":
            return f"{name} is empty", "fill it"
        case "greater_than_equal":
            return f"{name} is {detail['input']}", f"write {detail['ctx']['ge']} or more"
        case "less_than_equal":
            return f"{name} is {detail['input']}", f"write {detail['ctx']['le']} or less"
        case "value_error":
            cause, _, remedy = str(detail["ctx"]["error"]).partition(" · ")
            return cause, remedy or "correct it"
    if wanted:
        return _of_wrong_type(name, detail["input"], list(dict.fromkeys(wanted)))
    return f"{name}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", "correct it"


def _of_wrong_type(name: str, value: Any, wanted: list[str]) -> tuple[str, str]:
    if "text" in wanted and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{name} is a number where text is meant", f'quote it: "{value}"'
    said = "nothing" if value is None else sort_of(value)
    return f"{name} is {said}, not {' or '.join(wanted)}", "correct it"


def sort_of(value: Any) -> str:
    """What sort of thing a value is, in words."""
    match value:
        case bool():
            return "a flag"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "a mapping"
    return "a list"


def _of(place: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in place) or "the document"


def close(name: str, names: Sequence[str]) -> str | None:
    """A remedy, where a known name is near."""
    found = get_close_matches(name, names, 1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else None


def nearest(name: str, names: Sequence[str]) -> str:
    """A remedy: the nearest of the known names, or all of them."""
    near = close(name, names)
    if near:
        return near
    listed = ", ".join(sorted(names)[:12]) or "there are none yet"
    return f"known: {listed}" + (", …" if len(names) > 12 else "")


def _fields_at(model: Any, place: tuple[str | int, ...]) -> list[str]:
    for step in place:
        model = _inside(model, step)
    model = _model_in(model)
    return list(model.model_fields) if model else []


def _inside(annotation: Any, step: str | int) -> Any:
    model = _model_in(annotation)
    if model is not None and step in model.model_fields:
        return model.model_fields[str(step)].annotation
    arguments = [a for part in _parts(annotation) for a in get_args(part) if a is not Ellipsis]
    return next((a for a in reversed(arguments) if _model_in(a)), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for part in _unwrapped(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """The annotation itself, without `Annotated` and through unions, not into containers."""
    if get_origin(annotation) is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _unwrapped(part)
    else:
        yield annotation


def _parts(annotation: Any) -> Iterator[Any]:
    yield from (part for part in _unwrapped(annotation) if get_args(part))
