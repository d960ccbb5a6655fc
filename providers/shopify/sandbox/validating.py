"""What a definition's validations make of a value. Recorded: the words about smallest and largest
numbers, dates and moments, choices, patterns and scales; those about lengths and lists were not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

OPTIONS: Final = {
    "choices": "list.single_line_text_field",
    "min": "number_integer",
    "max": "number_integer",
    "regex": "single_line_text_field",
    "max_precision": "number_integer",
    "scale_min": "number_decimal",
    "scale_max": "number_decimal",
    "list.min": "number_integer",
    "list.max": "number_integer",
    "allowed_domains": "list.single_line_text_field",
    "file_type_options": "list.single_line_text_field",
    "metaobject_definition_id": "metaobject_definition_id",
    "metaobject_definition_ids": "list.metaobject_definition_id",
    "metaobject_definition_type": "single_line_text_field",
    "metaobject_definition_types": "list.single_line_text_field",
    "product_taxonomy_attribute_handle": "single_line_text_field",
    "schema": "json",
}
"""Every validation that a definition may state, and the type of its own value."""


class Unfit(Exception):
    """A value does not fit its type or its definition; the message is for the user error."""


def check(type_: str, text: str, validations: Sequence[Mapping[str, Any]]) -> None:
    """Raises `Unfit`. text: one value as it is kept, outside of its list."""
    rules = {rule["name"]: rule["value"] for rule in validations}
    if "choices" in rules and text not in json.loads(rules["choices"]):
        choices = json.dumps(json.loads(rules["choices"]), ensure_ascii=False)
        raise Unfit(f"Value does not exist in provided choices: {choices}.")
    if "regex" in rules and not re.search(rules["regex"], text):
        raise Unfit("Value is not the correct format.")
    if type_ == "rating" and "scale_min" in rules:
        _check_scale(json.loads(text), rules)
    if "min" in rules or "max" in rules:
        _check_bounds(type_, text, rules)
    if type_ == "url" and "allowed_domains" in rules:
        _check_domain(text, json.loads(rules["allowed_domains"]))
    if "max_precision" in rules and len(text.partition(".")[2]) > int(rules["max_precision"]):
        raise Unfit(f"Value can't exceed {rules['max_precision']} decimal places.")


def _check_domain(text: str, domains: Sequence[str]) -> None:
    if (urlsplit(text).hostname or "") not in domains:
        raise Unfit(f"Value must be one of the following domains: {', '.join(domains)}.")


def check_count(items: int, validations: Sequence[Mapping[str, Any]]) -> None:
    """Raises `Unfit`."""
    rules = {rule["name"]: rule["value"] for rule in validations}
    if "list.min" in rules and items < int(rules["list.min"]):
        raise Unfit(f"Value must have at least {rules['list.min']} elements.")
    if "list.max" in rules and items > int(rules["list.max"]):
        raise Unfit(f"Value must have at most {rules['list.max']} elements.")


def _check_scale(rating: Mapping[str, str], rules: Mapping[str, str]) -> None:
    if any(Decimal(rating[name]) != Decimal(rules[name]) for name in ("scale_min", "scale_max")):
        raise Unfit(
            "Value min and max on the rating value must be the same as the min and max on the"
            " definition."
        )


def _check_bounds(type_: str, text: str, rules: Mapping[str, str]) -> None:
    if type_ in ("single_line_text_field", "multi_line_text_field", "id"):
        if "max" in rules and len(text) > int(rules["max"]):
            raise Unfit(f"Value has a maximum length of {rules['max']}.")
        if "min" in rules and len(text) < int(rules["min"]):
            raise Unfit(f"Value has a minimum length of {rules['min']}.")
        return
    value = _size(type_, text)
    if "min" in rules and value < _size(type_, rules["min"]):
        raise Unfit(f"Value has a minimum of {_told(type_, rules['min'])}.")
    if "max" in rules and value > _size(type_, rules["max"]):
        raise Unfit(f"Value has a maximum of {_told(type_, rules['max'])}.")


def _size(type_: str, text: str) -> Any:
    """Measures in other units are not converted here: the numbers alone are compared."""
    match type_:
        case "number_integer" | "number_decimal":
            return Decimal(text)
        case "date_time":
            return datetime.fromisoformat(text if "+" in text[10:] else f"{text}+00:00")
        case "date":
            return text
    return float(json.loads(text)["value"])


def _told(type_: str, text: str) -> str:
    return f"{_size(type_, text):%Y-%m-%d %H:%M:%S %z}" if type_ == "date_time" else text
