"""The sources of a collection: which of them is ours, and what it says, in one canonical form.

Since 2026-07 a collection is the union of its sources. One conditions source of it is ours: the
one titled `Planogram`, else the only conditions source that there is. The others are left alone.
A condition is a text like `tag is style_Harold_Sweater`. What our source holds beyond conditions
on one tag or type is told as a text in brackets, which no desired condition can equal: so it
always shows as a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.address import Remote

TITLE: Final = "Planogram"

FRAGMENT: Final = """fragment Sources on Collection {
  ruleSet { appliedDisjunctively rules { column relation condition } }
  sources {
    __typename id title
    ... on CollectionConditionsSource {
      inclusion {
        matchType
        conditions {
          __typename id
          ... on CollectionSourceInclusionConditionProductTag {
            ofTag: relation values matchOfTag: matchType
          }
          ... on CollectionSourceInclusionConditionProductType {
            ofType: relation values matchOfType: matchType
          }
        }
        selections(first: 1) { nodes { product { id } } }
      }
      exclusion {
        conditions { id }
        selections(first: 1) { nodes { product { id } } }
      }
    }
  }
}"""

_RELATIONS: Final = {
    "tag": {"is": "TAGGED_WITH", "is_not": "NOT_TAGGED_WITH"},
    "type": {"is": "EQUALS", "is_not": "NOT_EQUALS"},
}
_INPUTS: Final = {"tag": "productTag", "type": "productType"}
_CONDITION: Final = re.compile(r"(tag|type) (is|is_not) (.+)", re.DOTALL)

Row = Mapping[str, Any]


def condition(by: str, relation: str, value: str) -> str:
    """The canonical text of a condition on one tag or type."""
    return f"{by} {relation} {value}"


def condition_parts(text: str) -> tuple[str, str, str] | None:
    """What the condition is on, its relation and its value; None for a text in brackets."""
    match = _CONDITION.fullmatch(text)
    return (match[1], match[2], match[3]) if match else None


def condition_input(text: str) -> dict[str, Any]:
    """A canonical condition as the platform takes it."""
    match = _CONDITION.fullmatch(text)
    assert match is not None, text
    by, relation, value = match.groups()
    fields = {"relation": _RELATIONS[by][relation], "values": [value], "matchType": "ANY"}
    return {_INPUTS[by]: fields}


@dataclass(frozen=True, slots=True)
class OurSource:
    """What is ours of a live collection's rules.

    id: None where there is no conditions source. match: `all`, `any`, or None where nothing is
    matched. conditions: canonical text by the condition's id. unfit: what is there and can not
    be taken away by a change of conditions.
    """

    id: Remote | None
    match: str | None
    conditions: Sequence[tuple[Remote, str]]
    unfit: Sequence[str]

    @property
    def texts(self) -> tuple[str, ...]:
        return (*(text for _, text in self.conditions), *self.unfit)


def our_source(collection: Row) -> OurSource:
    """Raises nothing: what can not be told apart is told as unfit."""
    known = [s for s in collection["sources"] if s["__typename"] == "CollectionConditionsSource"]
    ours = [s for s in known if s["title"] == TITLE] or known
    if len(ours) > 1:
        return OurSource(None, None, (), (f"[{len(ours)} sources, none of them the only one]",))
    if ours:
        return _read(ours[0])
    legacy = ["[a rule set of the older model]"] if collection.get("ruleSet") else []
    return OurSource(None, None, (), legacy)


def _read(source: Row) -> OurSource:
    inclusion, exclusion = source["inclusion"], source.get("exclusion")
    match = inclusion["matchType"]
    return OurSource(
        source["id"],
        match.lower() if match else None,
        tuple((row["id"], _text(row)) for row in inclusion["conditions"]),
        tuple(_unfit(inclusion, exclusion)),
    )


def _text(row: Row) -> str:
    for by, relations in _RELATIONS.items():
        told = row.get(f"of{by.capitalize()}")
        if told is None:
            continue
        for relation, name in relations.items():
            if name == told and len(row["values"]) == 1:
                return condition(by, relation, row["values"][0])
        match = str(row[f"matchOf{by.capitalize()}"]).lower()
        return f"[{by} {told.lower()} {match} of {', '.join(row['values'])}]"
    return f"[{row['__typename'].removeprefix('CollectionSourceInclusionCondition')}]"


def _unfit(inclusion: Row, exclusion: Row | None) -> Iterable[str]:
    if inclusion["selections"]["nodes"]:
        yield "[products chosen by hand]"
    if exclusion and (exclusion["conditions"] or exclusion["selections"]["nodes"]):
        yield "[products excluded]"
