"""Fields as texts: metadata holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin

from reconciler.intent.mapping import Destination, Estimate
from reconciler.intent.offering import FieldValue
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Key
from reconciler.model.spec import UNSTATED, Owned
from reconciler.model.wording import nearest, sort_of

_ABSOLUTE: Final = re.compile(r"https?://[^\s/]+(/\S*)?")


class Unfit(Exception):
    """A value can not be kept where its field goes: how it is, and what to do."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(cause)


def text_of(
    value: FieldValue, destination: Destination, taxonomies: Mapping[Key, Taxonomy]
) -> str | None:
    """Raises `Unfit` for what is of another type than the field, and for unknown terms."""
    if value is None:
        return None
    if destination.taxonomy is not None:
        return _term(value, destination.taxonomy, taxonomies)
    match destination.type, value:
        case "flag", bool():
            return "true" if value else "false"
        case "number", int() | float() if not isinstance(value, bool):
            return _number(value)
        case "text", str() if value:
            return value
        case "url", str() if value:
            return _address(value, destination.base)
        case "text", int() | float() if not isinstance(value, bool):
            raise Unfit("is a number, and goes where texts are kept", "put it in quotes")
    wanted = {"flag": "true or false", "number": "a number without quotes", "url": "an address"}
    how = sort_of(value) if value or value is False else "empty"
    raise Unfit(
        f"is {how}, and goes where a {destination.type} is kept",
        f"write {wanted.get(destination.type, 'a text')}, or null",
    )


def label(fields: Mapping[str, FieldValue], estimate: Estimate) -> Owned[str | None]:
    """`~15/run`, `~3-8/message`: of what an offering says, UNSTATED where it says nothing of it,
    None where it says that there is none. Raises `Unfit` for a least above the most."""
    if estimate.min not in fields and estimate.max not in fields:
        return UNSTATED
    least, most = (_amount(fields.get(name)) for name in (estimate.min, estimate.max))
    known = [amount for amount in (least, most) if amount is not None]
    if not known:
        return None
    if known != sorted(known):
        cause = f"would go from {_number(known[0])} to {_number(known[1])}"
        raise Unfit(cause, f"let {estimate.min} be the smaller one")
    unit = fields.get(estimate.unit)
    if unit is not None and not isinstance(unit, str):
        cause = f"has a unit that is {sort_of(unit)}"
        raise Unfit(cause, f"write {estimate.unit}: run, or message")
    amounts = "-".join(dict.fromkeys(_number(amount) for amount in known))
    return f"~{amounts}/{unit}" if isinstance(unit, str) and unit else f"~{amounts}"


def _amount(value: FieldValue) -> int | float | None:
    """None for what is no number: its own field's problem says so."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(value: int | float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _address(value: str, base: str | None) -> str:
    absolute = urljoin(base, value) if base else value
    if not _ABSOLUTE.fullmatch(absolute):
        raise Unfit(
            f"is no whole address ({value})",
            "write it with https:// and the host, or give the mapping's field a base",
        )
    return absolute


def _term(value: FieldValue, name: Key, taxonomies: Mapping[Key, Taxonomy]) -> str | None:
    if not isinstance(value, str):
        raise Unfit(
            f"is {sort_of(value)}, and goes where a term of {name} is kept", "write one term"
        )
    taxonomy = taxonomies.get(name)
    if taxonomy is not None and value not in taxonomy.terms:
        cause = f"is {value}, which is no term of {name}"
        raise Unfit(cause, nearest(value, list(taxonomy.terms)))
    return value
