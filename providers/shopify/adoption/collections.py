"""Collections back into their documents: single ones at their handle, of styles as overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.kinds.publication_listing import Stand
from providers.shopify.mapping.collections import SORT_ORDERS, SORT_WORDS, entry_of
from providers.shopify.sources import Part, part_of
from providers.shopify.spoken import collection_words, condition_words, foreign
from reconciler.intent.base import Place
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections, Condition
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.intent.styles import handle_of, of_style
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.spec import UNSTATED, Path, Value
from reconciler.provider import Adopted, Compilation, Restatement

Values = Mapping[Path, Value]

_FIELDS: Final[Mapping[str, Place]] = {
    "title": ("title",),
    "description_html": ("description",),
    "sort_order": ("sort",),
    "template_suffix": ("template",),
    "seo_title": ("seo", "title"),
    "seo_description": ("seo", "description"),
    "image_alt": ("image", "alt"),
}
"""Fields of the spec, and where they are in a document."""

_RULES: Final = ("match", "excluded_match", "conditions")


def collections(intent: Collections, wish: Restatement, _: Compilation) -> Adopted:
    if wish.address.kind == "publication_listing":
        return [_listing(wish)]
    handle = wish.address.key
    if handle in intent.collections:
        return _single(intent, wish, handle)
    return _of_style(intent, wish, handle)


def _listing(wish: Restatement) -> Problem:
    """A collection's document says where it is visible, and not where it is not."""
    channel = Stand.of(wish.address.key).publication
    cause = f"it is not published to {channel} any more, which only channels/ can say"
    remedy = "take the channel out of channels, and write published: false in channels/"
    return Problem(wish.source, cause, f"{remedy}; or apply to publish it again")


def _single(intent: Collections, wish: Restatement, handle: Key) -> Adopted:
    place: Place = ("collections", handle)
    if wish.values is None:
        return [Edit(intent.path, place, REMOVE)]
    return _stated(intent, place, intent.collections[handle], wish, wish.values)


def _of_style(intent: Collections, wish: Restatement, handle: Key) -> Iterator[Edit | Problem]:
    """The template stays as it is: a style that is otherwise gets an override, one that is gone
    leaves the list."""
    template = intent.per_style
    assert template is not None
    style = next(s for s in template.styles if handle_of(template, s) == handle)
    place: Place = ("per_style", "overrides", style)
    if wish.values is None:
        yield Edit(intent.path, ("per_style", "styles", template.styles.index(style)), REMOVE)
        if style in template.overrides:
            yield Edit(intent.path, place, REMOVE)
        return
    yield from _stated(intent, place, of_style(template, style), wish, wish.values)


def _stated(
    intent: Collections, place: Place, declared: Declared, wish: Restatement, values: Values
) -> Iterator[Edit | Problem]:
    for path, way in _FIELDS.items():
        if path not in values:
            continue
        value = values[path]
        if path != "sort_order":
            yield Edit(intent.path, (*place, *way), value)
        elif value in SORT_WORDS:
            yield Edit(intent.path, (*place, *way), SORT_WORDS[value])
        else:
            yield _no_word_for(value, wish.source)
    if "image" in values:
        yield from _picture(intent, place, wish, values["image"])
    if values.get("model") == "ruleSet":
        yield from _as_it_was(intent, place, wish)
    if any(name in values for name in _RULES):
        yield from _rules(intent, place, declared, wish, values)


def _as_it_was(intent: Collections, place: Place, wish: Restatement) -> Iterator[Edit | Problem]:
    """Rules of the older model may stay what they are. Of a style, the template says it."""
    if place[0] == "collections":
        yield Edit(intent.path, (*place, "migrate"), REMOVE)
        return
    cause = "the live collection has rules of the older model, and the template says migrate"
    yield Problem(wish.source, cause, "take migrate out of the template, or apply to bring it over")


def _picture(
    intent: Collections, place: Place, wish: Restatement, name: Value
) -> Iterator[Edit | Problem]:
    """Shopify keeps a copy of a picture and forgets where it came from."""
    if name is None:
        yield Edit(intent.path, (*place, "image"), None)
        return
    yield Problem(
        wish.source,
        f"the live collection shows {name}, and Shopify does not tell where it came from",
        "write its file or url, or apply to put back the picture that git states",
    )


def _rules(
    intent: Collections, place: Place, declared: Declared, wish: Restatement, values: Values
) -> Iterator[Edit | Problem]:
    """An override states its rules whole, also where only a part of them is otherwise. Otherwise
    what stays is left as it is written, and only the lists that moved are written anew."""
    spec = wish.resource.spec
    texts = values.get("conditions", spec.conditions)
    strange = foreign(texts)
    if strange or not texts:
        yield _no_words_for(strange, wish.source)
        return
    written = {entry_of(asked): _said(asked) for asked in declared.conditions}
    ordered = substituted(list(written), texts)
    words = collection_words(ordered, values.get("match", spec.match), _joined(values, spec))
    conditions = [text for text in ordered if part_of(text) is Part.CONDITION]
    if conditions:
        said = [written.get(text) or condition_words(text) for text in conditions]
        words["rules"]["conditions"] = said
    if place[0] == "per_style":
        yield from _override(intent, place, declared, words)
        return
    before = collection_words(spec.conditions, spec.match, _joined({}, spec))
    for name in ("products", "collections"):
        if words.get(name) != before.get(name):
            yield Edit(intent.path, (*place, name), words.get(name, REMOVE))
    yield from _moved_rules(intent, place, words.get("rules"), before.get("rules"), values)


def _moved_rules(
    intent: Collections,
    place: Place,
    rules: dict[str, Any] | None,
    before: dict[str, Any] | None,
    values: Values,
) -> Iterator[Edit]:
    if rules is None or before is None:
        if rules != before:
            yield Edit(intent.path, (*place, "rules"), rules or REMOVE)
        return
    if "match" in values:
        yield Edit(intent.path, (*place, "rules", "match"), values["match"])
    if "conditions" in values:
        yield Edit(intent.path, (*place, "rules", "conditions"), rules["conditions"])
    if rules.get("excluding") != before.get("excluding"):
        excluding = rules.get("excluding", REMOVE)
        yield Edit(intent.path, (*place, "rules", "excluding"), excluding)


def _override(
    intent: Collections, place: Place, declared: Declared, words: dict[str, Any]
) -> Iterator[Edit]:
    rules = words.get("rules")
    if rules is not None:
        says_match = declared.rules and "match" in declared.rules.model_fields_set
        match = {"match": "all"} if says_match and "match" not in rules else {}
        yield Edit(intent.path, (*place, "rules"), match | rules)
    if words.get("products", []) != list(declared.products or ()):
        yield Edit(intent.path, (*place, "products"), words.get("products", []))


def _joined(values: Values, spec: Any) -> str | None:
    stated = getattr(spec, "excluded_match", UNSTATED)
    joined: str | None = values.get("excluded_match", None if stated is UNSTATED else stated)
    return joined


def _said(declared: Condition) -> dict[str, Any]:
    """A condition as it stands in the document."""
    return declared.model_dump(include=declared.model_fields_set)


def _no_word_for(order: Value, source: Source) -> Problem:
    return Problem(
        source,
        f"the live collection is sorted {order}, for which desired/ has no word",
        f"choose one of {', '.join(SORT_ORDERS)} in the admin, or apply to put back git's",
    )


def _no_words_for(foreign: Sequence[str], source: Source) -> Problem:
    return Problem(
        source,
        f"the live collection has {', '.join(foreign) or 'no rules at all'},"
        " for which desired/ has no words",
        "apply, to put back the rules that git states",
    )
