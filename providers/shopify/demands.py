"""What a definition asks of its values, held against a value, and against itself.

Told is only what Shopify surely refuses. Where it says nowhere how it judges (what it counts as one
character of an emoji, subdomains of an allowed domain, measures in two units, dialects of regular
expressions), a value is let through that any reading would take.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from providers.shopify import patterns
from providers.shopify.content import Misfit, Rules, part, shown
from providers.shopify.measures import UNITS
from providers.shopify.types import base_of, fields, is_list
from providers.shopify.validations import said, stored
from reconciler.intent.assets import ENDINGS
from reconciler.intent.base import Place
from reconciler.intent.metafields import Content, Definition
from reconciler.model.spec import canonical_json, plain

MOST_CHOICES: Final = 128
LONGEST_NAME: Final = 255

Asked = Mapping[str, str]
"""The validations that are stated and not null, by name, as they are compared."""


def check(name: str, definition: Definition, value: Content) -> None:
    """Raises `Misfit` where a value that fits its type breaks what its definition asks. name: of
    the metafield. A definition that contradicts itself is told where it stands, not here."""
    if value is None or not (definition.validations or definition.choices):
        return
    asked = _to_be_met(definition.type, canonical_json(plain(definition.validations)))
    if asked is None:
        return
    if not is_list(definition.type):
        _check_one(name, definition, asked, value)
        return
    assert isinstance(value, list | tuple)
    _check_count(name, asked, len(value))
    for index, one in enumerate(value):
        with part(index):
            _check_one(name, definition, asked, one)


@lru_cache
def _to_be_met(type_: str, validations: str) -> Asked | None:
    """Once for all values, of which there may be very many; None where no value meets them."""
    asked = _asked(type_, json.loads(validations))
    return None if any(_crossed(type_, asked)) else asked


def contradictions(definition: Definition) -> Iterator[tuple[Place, Misfit]]:
    """What can be told of a definition without any value, each with its place in it."""
    asked = _asked(definition.type, definition.validations)
    yield from _of_its_name(definition.name)
    yield from _crossed(definition.type, asked)
    if "regex" in asked and (wrong := patterns.broken(asked["regex"])):
        yield (
            ("validations", "regex"),
            Misfit(f"{asked['regex']} is no regular expression: {wrong}", "correct it"),
        )
    yield from _of_choices(definition, asked)


def _asked(type_: str, validations: Rules) -> Asked:
    """Without what is wrong in itself, which is told at its own line."""
    found = {}
    for name, content in validations.items():
        try:
            text = stored(type_, name, content)
        except Misfit:
            continue
        if text is not None:
            found[name] = text
    return found


def _of_its_name(name: str) -> Iterator[tuple[Place, Misfit]]:
    if not name.strip():
        yield ("name",), Misfit("Shopify takes no blank name", "write one")
    if len(name) > LONGEST_NAME:
        cause = f"the name has {len(name)} characters, and Shopify takes {LONGEST_NAME}"
        yield ("name",), Misfit(cause, "shorten it")


_PAIRS: Final = (("min", "max"), ("list.min", "list.max"), ("scale_min", "scale_max"))


def _crossed(type_: str, asked: Asked) -> Iterator[tuple[Place, Misfit]]:
    for low, high in _PAIRS:
        if low in asked and high in asked and _exceeds(type_, low, asked[low], asked[high]):
            least, most = _told(type_, low, asked), _told(type_, high, asked)
            yield (
                ("validations", low),
                Misfit(f"{low} is {least} and {high} is {most}: no value is both", "swap them"),
            )


def _of_choices(definition: Definition, asked: Asked) -> Iterator[tuple[Place, Misfit]]:
    choices = definition.choices or ()
    if len(choices) > MOST_CHOICES:
        cause = f"{len(choices)} choices are more than the {MOST_CHOICES} that Shopify takes"
        yield ("choices",), Misfit(cause, "take some out")
    for index, choice in enumerate(choices):
        place: Place = ("choices", index)
        if choice in choices[:index]:
            yield place, Misfit(f"{choice} is among the choices already", "take it out")
            continue
        try:
            fields(base_of(definition.type), choice)
            _check_rules("the definition", base_of(definition.type), asked, choice)
        except Misfit as misfit:
            yield place, misfit


def _check_one(name: str, definition: Definition, asked: Asked, value: Content) -> None:
    if definition.choices and value not in definition.choices:
        listed = ", ".join(definition.choices)
        raise Misfit(f"{shown(value)} is not among the choices of {name}", f"write one of {listed}")
    _check_rules(name, base_of(definition.type), asked, value)


def _check_rules(name: str, base: str, asked: Asked, value: Content) -> None:
    for rule, text in asked.items():
        demand = _Demand(name, base, rule, text)
        judge = demand.judge
        wrong = judge and judge(demand, value)
        if wrong:
            remedy = f"write another one, or change {rule} where it is defined"
            raise Misfit(f"{wrong} ({rule}: {_told(base, rule, asked)})", remedy)


def _check_count(name: str, asked: Asked, count: int) -> None:
    if count < int(asked.get("list.min", count)):
        cause = f"these {count} are fewer entries than {name} asks for"
        bound = f"list.min: {asked['list.min']}"
        raise Misfit(f"{cause} ({bound})", "add some, or change list.min where it is defined")
    if count > int(asked.get("list.max", count)):
        cause = f"these {count} are more entries than {name} allows"
        bound = f"list.max: {asked['list.max']}"
        raise Misfit(f"{cause} ({bound})", "take some out, or change list.max where it is defined")


@dataclass(frozen=True, slots=True)
class _Demand:
    """One validation of the metafield of this name. asked: as it is compared."""

    name: str
    base: str
    rule: str
    asked: str

    @property
    def judge(self) -> _Judge | None:
        if self.rule in ("min", "max"):
            return _length if self.base in _COUNTED else _size
        return _JUDGES.get(self.rule)


_Judge = Callable[[_Demand, Content], str | None]
"""What is wrong with a value, if anything is."""


_COUNTED: Final = ("single_line_text_field", "multi_line_text_field", "id")


def _length(demand: _Demand, value: Content) -> str | None:
    text = str(value)
    if demand.rule == "max" and _fewest(text) > int(demand.asked):
        return f"it has {len(text)} characters, more than {demand.name} allows"
    if demand.rule == "min" and _most(text) < int(demand.asked):
        return f"it has {len(text)} characters, fewer than {demand.name} asks for"
    return None


def _fewest(text: str) -> int:
    """Characters, however they are counted: signs that join others, and what stands beyond the
    basic plane, may count as one with their neighbours."""
    joining = ("Mn", "Mc", "Me", "Cf")
    return sum(ord(c) < 0x10000 and unicodedata.category(c) not in joining for c in text.strip())


def _most(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _size(demand: _Demand, value: Content) -> str | None:
    base, rule = demand.base, demand.rule
    item = str(fields(base, value)["value"])
    less, more = ("earlier", "later") if base in ("date", "date_time") else ("less", "more")
    if rule == "max" and _exceeds(base, rule, item, demand.asked):
        return f"{_shortly(value)} is {more} than {demand.name} allows"
    if rule == "min" and _exceeds(base, rule, demand.asked, item):
        return f"{_shortly(value)} is {less} than {demand.name} asks for"
    return None


def _exceeds(type_: str, rule: str, text: str, other: str) -> bool:
    """Whether the one is surely more than the other."""
    unit, size = _quantity(type_, rule, text)
    same, limit = _quantity(type_, rule, other)
    return unit == same and bool(size > limit)


def _quantity(type_: str, rule: str, text: str) -> tuple[str, Any]:
    base = base_of(type_)
    if rule in ("min", "max") and base in UNITS:
        measure = json.loads(text)
        return measure["unit"], Decimal(str(measure["value"]))
    if rule in ("min", "max") and base in ("date", "date_time"):
        return "", datetime.fromisoformat(text)
    return "", Decimal(text)


def _told(type_: str, rule: str, asked: Asked) -> str:
    content = said(type_, rule, asked[rule])
    return ", ".join(map(str, content)) if isinstance(content, tuple) else _shortly(content)


def _shortly(value: Content) -> str:
    return f"{value['value']} {value['unit']}" if isinstance(value, Mapping) else shown(value)


def _pattern(demand: _Demand, value: Content) -> str | None:
    fits = patterns.may_fit(demand.asked, str(value))
    return None if fits else f"{shown(value)} is not of the form that {demand.name} asks for"


def _places(demand: _Demand, value: Content) -> str | None:
    """Noughts at the end do not count."""
    fraction = str(fields(demand.base, value)["value"]).partition(".")[2].rstrip("0")
    if len(fraction) <= int(demand.asked):
        return None
    return f"{shown(value)} has more decimal places than {demand.name} allows"


def _domain(demand: _Demand, value: Content) -> str | None:
    host = urlsplit(str(value)).hostname
    allowed = [_host_of(domain) for domain in json.loads(demand.asked)]
    if host is None or any(host == one or host.endswith(f".{one}") for one in allowed):
        return None
    return f"{host} is none of the domains that {demand.name} allows"


def _host_of(domain: str) -> str:
    host = urlsplit(domain if "//" in domain else f"//{domain}").hostname or ""
    return host.removeprefix("www.").removeprefix("*.")


_FILMS: Final = ("mp4", "mov", "webm", "m4v")
_PAPERS: Final = ("pdf", "txt", "csv", "doc", "docx", "xls", "xlsx", "zip", "json", "mp3")
_SHOWING: Final[Mapping[str, tuple[str, ...]]] = {"Image": ENDINGS, "Video": _FILMS}


def _file(demand: _Demand, value: Content) -> str | None:
    """By the file's name: what ends like a paper is no picture, nor is a film; what ends like none
    of these may be either."""
    ending = PurePosixPath(str(value)).suffix.lower().removeprefix(".")
    is_known = ending in (*ENDINGS, *_FILMS, *_PAPERS)
    wanted = json.loads(demand.asked)
    if not is_known or any(ending in _SHOWING.get(sort, (ending,)) for sort in wanted):
        return None
    return f"{value} is no file that {demand.name} takes"


def _metaobject(demand: _Demand, value: Content) -> str | None:
    """A type that begins with `$app` is an app's, and is told by another name."""
    wanted = json.loads(demand.asked) if demand.asked.startswith("[") else [demand.asked]
    type_ = str(value).partition("/")[0]
    if type_ in wanted or any(one.startswith("$app") for one in (type_, *wanted)):
        return None
    return f"{value} is no metaobject that {demand.name} takes"


_JUDGES: Final[Mapping[str, _Judge]] = {
    "regex": _pattern,
    "max_precision": _places,
    "allowed_domains": _domain,
    "file_type_options": _file,
    "metaobject_definition_type": _metaobject,
    "metaobject_definition_types": _metaobject,
}
"""A metaobject's definition by id, a JSON schema and a taxonomy's attribute are Shopify's to judge;
a rating's scale is part of its value."""
