"""What products carry and are described by, back into their offerings' fields."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map

from providers.saleor.mapping.contract import mapping_of
from providers.saleor.mapping.taxonomy import taxonomies
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.intent.mapping import Destination, Mapping
from reconciler.intent.offering import FieldValue, Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Compilation, Restatement


def offering(
    intent: Offering, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    """Every field of the offering whose content moved."""
    contract = mapping_of(compilation, intent.mapping)
    assert contract is not None
    if wish.values is None:
        yield Edit(intent.path, (), REMOVE)
    elif wish.address.kind == "product_attributes":
        yield from _carried(intent, wish.values, contract, compilation)
    else:
        for field, destination in contract.fields.items():
            path = f"entries.{destination.metadata}"
            if destination.metadata is not None and path in wish.values:
                yield _described(intent, field, destination, wish.values[path])


def _carried(
    intent: Offering,
    values: Map[str, Value],
    contract: Mapping,
    compilation: Compilation,
) -> Iterator[Edit | Problem]:
    known = taxonomies(compilation)
    for field, value in intent.fields.items():
        about = known.get(contract.fields[field].attribute or "")
        if about is None:
            continue
        path = f"{'booleans' if about.input == 'boolean' else 'choices'}.{about.taxonomy}"
        if path in values:
            yield from _field(intent, field, value, about, values[path])


def _described(
    intent: Offering, field: str, destination: Destination, live: str | None
) -> Edit | Problem:
    """A text as the field takes it. What was made of other fields is then said itself."""
    place = ("fields", field)
    if live is None:
        return Edit(intent.path, place, None)
    match destination.type:
        case "flag" if live in ("true", "false"):
            return Edit(intent.path, place, live == "true")
        case "number" if (number := _number(live)) is not None:
            return Edit(intent.path, place, number)
        case "flag" | "number":
            return Problem(
                intent.at(*place),
                f"the live text is {live!r}, which is no {destination.type}",
                "correct it in the dashboard, or apply to put back what git says",
            )
    return Edit(intent.path, place, live)


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number == int(number) else number


def _field(
    intent: Offering, field: str, value: FieldValue, about: Taxonomy, live: Value
) -> Iterator[Edit | Problem]:
    place = ("fields", field)
    if about.input == "boolean":
        yield Edit(intent.path, place, live)
        return
    unknown = [term for term in live or () if term not in about.terms]
    if unknown:
        yield Problem(
            intent.at(*place),
            f"the product carries {', '.join(unknown)}, no term of {about.taxonomy}",
            "add it to the taxonomy's terms first, or apply to put back what git says",
        )
    elif about.input == "dropdown":
        yield Edit(intent.path, place, next(iter(live or ()), None))
    else:
        stated = value if isinstance(value, tuple) else ()
        yield Edit(intent.path, place, substituted(stated, live or ()))
