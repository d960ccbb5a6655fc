"""How a Saleor catalog answers what intents ask of it.

Saleor has no rules of its own for collections, and names no product by anything but its slug in
our addresses: so collections and offerings ask here, where other platforms leave them alone.
Products are searched for on the server, and each one found is looked at again: a search that was
not understood finds everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from providers.kit.graphql import Query
from providers.saleor.client import SaleorReader
from providers.saleor.listing import PAGE, PAGE_INFO, attributes, by_id, by_slug, in_parts, listed
from providers.saleor.shelf import By, Node
from providers.saleor.terms import terms_of
from reconciler.intent.asking import EVERY
from reconciler.model.address import Key, Remote
from reconciler.model.wording import nearest
from reconciler.provider import Answers, Distrusted, PlatformError, Question

_FOUND: Final = Query(f"""query Found(
  $filter: ProductFilterInput, $channel: String, $after: String
) {{
  products(filter: $filter, channel: $channel, first: {PAGE}, after: $after) {{
    edges {{ node {{
      id slug productType {{ slug name }}
      attributes {{ attribute {{ slug }} values {{ id }} }}
    }} }}
    {PAGE_INFO}
  }}
}}""")

_NAMED: Final = Query(f"""query Named($where: ProductWhereInput, $after: String) {{
  products(where: $where, first: {PAGE}, after: $after) {{
    edges {{ node {{ id slug }} }}
    {PAGE_INFO}
  }}
}}""")

_EVERY: Final = Query(f"""query Every($channel: String, $after: String) {{
  products(channel: $channel, first: {PAGE}, after: $after) {{
    edges {{ node {{ slug }} }}
    {PAGE_INFO}
  }}
}}""")

_CHANNELS: Final = Query("query Channels { channels { id slug } }")

_TYPES: Final = Query(f"""query ProductTypes($filter: ProductTypeFilterInput, $after: String) {{
  productTypes(filter: $filter, first: {PAGE}, after: $after) {{
    edges {{ node {{
      id slug name productAttributes {{ id slug }} variantAttributes {{ id slug }}
    }} }}
    {PAGE_INFO}
  }}
}}""")

_AT_ONCE: Final = 50


async def answer(session: SaleorReader, asked: Sequence[Question]) -> Answers:
    """The slugs of the products that each question finds.

    Raises `PlatformError` where the settings name a channel, or a question a product type, that
    is not there: nothing would be found, without a word, and a collection would be emptied. (An
    attribute that is not there may be one that git is about to make: nothing carries it yet.)
    """
    await _check_channel(session)
    answers: dict[Question, Sequence[Key]] = {}
    answers |= await _by_id(session, [q for q in asked if q.by == "id"])
    answers |= await _by_reference(session, [q for q in asked if q.by == "external_reference"])
    answers |= await _by_type(session, [q for q in asked if q.by == "type"])
    answers |= await _by_term(session, [q for q in asked if q.by in ("term", "tag")])
    if EVERY in asked:
        nodes = await listed(
            session, _EVERY, "products", [session.settings.channel], condition="channel"
        )
        answers[EVERY] = sorted(node["slug"] for node in nodes)
    return answers


async def channels(session: SaleorReader) -> dict[Key, Remote]:
    """All channels: slug → id."""
    data = await session.query(_CHANNELS)
    return {channel["slug"]: channel["id"] for channel in data["channels"] or ()}


async def _check_channel(session: SaleorReader) -> None:
    named = session.settings.channel
    if named is None:
        return
    known = await channels(session)
    if named not in known:
        raise _missing("channel", named, list(known))


async def slugs_by_id(session: SaleorReader, ids: Iterable[Remote]) -> dict[Remote, Key]:
    """The slugs of products; what is not there is left out."""
    nodes = await listed(session, _NAMED, "products", by_id(ids))
    return {node["id"]: node["slug"] for node in nodes}


async def ids_by_slug(session: SaleorReader, slugs: Iterable[Key]) -> dict[Key, Remote]:
    """The ids of products; what is not there is left out."""
    nodes = await listed(session, _NAMED, "products", by_slug(slugs))
    return {node["slug"]: node["id"] for node in nodes}


async def _by_id(session: SaleorReader, asked: Sequence[Question]) -> Answers:
    slugs = await slugs_by_id(session, [question.value for question in asked])
    return {q: tuple(slugs[q.value] for _ in (0,) if q.value in slugs) for q in asked}


async def _by_reference(session: SaleorReader, asked: Sequence[Question]) -> Answers:
    """`where` knows no external references, so each is a field of its own."""
    answers: dict[Question, Sequence[Key]] = {}
    for part in in_parts(asked, _AT_ONCE):
        variables = {f"r{index}": question.value for index, question in enumerate(part)}
        data = await session.query(_references(len(part)), **variables)
        for index, question in enumerate(part):
            found = data[f"p{index}"]
            answers[question] = (found["slug"],) if found else ()
    return answers


def _references(count: int) -> Query:
    declared_ = ", ".join(f"$r{index}: String" for index in range(count))
    fields = "\n".join(
        f"  p{index}: product(externalReference: $r{index}) {{ slug }}" for index in range(count)
    )
    return Query(f"query References({declared_}) {{\n{fields}\n}}")


async def _by_type(session: SaleorReader, asked: Sequence[Question]) -> Answers:
    """A type is named by its slug or by its name."""
    if not asked:
        return {}
    types = await filtered(session, _TYPES, "productTypes", [{}])
    answers: dict[Question, Sequence[Key]] = {}
    for question in asked:
        ids = [t["id"] for t in types if question.value in (t["slug"], t["name"])]
        if not ids:
            known = [t["slug"] for t in types]
            raise _missing("product type", question.value, known)
        answers[question] = await _search(session, {"productTypes": ids}, _is_of(question.value))
    return answers


async def product_types(session: SaleorReader, slugs: Iterable[str] | None = None) -> list[Node]:
    """Product types with their attributes, all of them or those with these slugs."""

    async def read(_by: By, names: list[str]) -> list[Node]:
        conditions = [{"slugs": list(part)} for part in in_parts(sorted(names), PAGE)]
        return await filtered(session, _TYPES, "productTypes", conditions)

    if slugs is None:
        return await filtered(session, _TYPES, "productTypes", [{}])
    return list((await session.product_types.at("slug", dict.fromkeys(slugs), read)).values())


async def filtered(
    session: SaleorReader, query: Query, field: str, conditions: Iterable[dict[str, Any]]
) -> list[Node]:
    """As `listed`, for lists that know `filter` only."""
    return await listed(session, query, field, conditions, condition="filter")


def _is_of(name: str) -> Callable[[Node], bool]:
    return lambda node: name in (node["productType"]["slug"], node["productType"]["name"])


async def _by_term(session: SaleorReader, asked: Sequence[Question]) -> Answers:
    """Products that carry a term. A tag is a term of the attribute that stands for tags."""
    places = {q: place for q in asked if (place := _place(session, q))}
    there = await attributes(session, dict.fromkeys(slug for slug, _ in places.values()))
    known = {node["slug"]: node for node in there}
    answers: dict[Question, Sequence[Key]] = dict.fromkeys(asked, ())
    for question, (slug, term) in places.items():
        value = _value(known.get(slug), term)
        condition = {"attributes": [{"slug": slug, "values": [value["slug"]]}]} if value else None
        answers[question] = await _search(session, condition, _carries(slug, value))
    return answers


def _place(session: SaleorReader, question: Question) -> tuple[str, str] | None:
    if question.by == "tag":
        tags = session.settings.tags
        return (tags, question.value) if tags else None
    attribute, _, term = question.value.partition("/")
    return attribute, term


def _missing(what: str, name: str, known: Sequence[str]) -> PlatformError:
    return PlatformError(f"there is no {what} {name} · {nearest(name, known)}")


def _value(attribute: Node | None, term: str) -> Node | None:
    """The value that a term, or a tag, means. There may be none yet."""
    if attribute is None:
        return None
    terms = terms_of(attribute["slug"], attribute["choices"])
    named = [v for v in attribute["choices"] if term in (terms[v["id"]], v["name"])]
    return named[0] if named else None


def _carries(attribute: str, value: Node | None) -> Callable[[Node], bool]:
    def carries(node: Node) -> bool:
        return value is not None and any(
            carried["id"] == value["id"]
            for selected in node["attributes"]
            if selected["attribute"]["slug"] == attribute
            for carried in selected["values"]
        )

    return carries


async def _search(
    session: SaleorReader, condition: dict[str, Any] | None, is_meant: Callable[[Node], bool]
) -> Sequence[Key]:
    """None: nothing can be found. Raises `Distrusted` where something else was found."""
    if condition is None:
        return ()
    channel = session.settings.channel
    nodes = await listed(
        session, _FOUND, "products", [condition], condition="filter", channel=channel
    )
    for node in nodes:
        if not is_meant(node):
            raise Distrusted(f"a search for {condition} found {node['slug']}, which is not meant")
    return sorted(node["slug"] for node in nodes)
