"""What a recorded scenario takes for granted: the shop as it was before its first request.

A starting state (step 0) is such a shop's part. What no starting state tells is told by the
answers: a thing that an answer shows, and that no request of the scenario made, was there
before. What a request that is passed over did is told by its answer, and of the things that it
was about by the next answer that shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    parse,
)

from providers.shopify.sandbox import media, publications
from providers.shopify.sandbox.ids import parts
from providers.shopify.sandbox.membership import join
from providers.shopify.sandbox.metafields import metafield_of
from providers.shopify.sandbox.planting import metafield, plant
from providers.shopify.sandbox.products import change_product
from providers.shopify.sandbox.shop import LONG_AGO, Shop

Row = Mapping[str, Any]

_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "Product": (
        "title",
        "handle",
        "status",
        "vendor",
        "productType",
        "tags",
        "descriptionHtml",
        "templateSuffix",
        "seo",
        "isGiftCard",
    ),
    "ProductVariant": (
        "title",
        "price",
        "compareAtPrice",
        "sku",
        "barcode",
        "taxable",
        "inventoryPolicy",
        "inventoryQuantity",
    ),
    "Collection": ("title", "handle", "sortOrder", "ruleSet", "descriptionHtml"),
    "Metafield": ("namespace", "key", "type", "value"),
    "MetafieldDefinition": ("namespace", "key", "name", "ownerType", "description", "validations"),
    "Page": ("title", "handle", "body", "isPublished", "publishedAt", "templateSuffix"),
    "Blog": ("title", "handle", "commentPolicy", "templateSuffix"),
    "Article": ("title", "handle", "body", "summary", "tags", "isPublished", "author"),
    "Comment": ("body", "status"),
    "MediaImage": ("alt", "fileStatus"),
    "GenericFile": ("alt", "fileStatus", "url"),
    "Video": ("alt", "fileStatus"),
    "ExternalVideo": ("alt", "fileStatus"),
    "Publication": ("name",),
    "BulkOperation": ("type", "status", "query", "completedAt", "objectCount", "rootObjectCount"),
}


_ON_THE_WAY: Final = ("UPLOADED", "PROCESSING")
"""A file that is still being processed is shown otherwise later."""


@dataclass
class Shown:
    """One thing in an answer: its id, its fields under their real names, what it stands in."""

    id: str
    fields: Mapping[str, Any]
    within: Shown | None
    under: str = ""

    @property
    def sort(self) -> str:
        found = parts(self.id)
        return found[0] if found else ""


def shown(row: Row) -> Iterator[Shown]:
    """The things in a row's answer, from the outside in."""
    response = row["response"]
    data = response.get("data") if isinstance(response, Mapping) else None
    if isinstance(data, Mapping):
        yield from _things(data, _names(row.get("document")), None, "")


def operation_of(text: str) -> OperationDefinitionNode:
    found = (d for d in parse(text).definitions if isinstance(d, OperationDefinitionNode))
    return next(found)


def is_graphql(text: str | None) -> bool:
    """Whether it can be read at all."""
    try:
        return bool(text) and bool(parse(str(text)))
    except GraphQLSyntaxError:
        return False


def is_mutation(row: Row) -> bool:
    text = row.get("document")
    return is_graphql(text) and operation_of(str(text)).operation is OperationType.MUTATION


Names = Mapping[str, tuple[str, Any]]
"""What stands in an answer under a name: the field's real name, and its own names."""


def _names(text: str | None) -> Names | None:
    if text is None or not is_graphql(text):
        return None
    document = parse(text)
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    return _names_in(operation_of(text).selection_set, fragments)


def _names_in(selected: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> Names:
    names: dict[str, tuple[str, Any]] = {}
    for node in selected.selections if selected else ():
        if isinstance(node, FieldNode):
            inner = _names_in(node.selection_set, fragments)
            answered = (node.alias or node.name).value
            known = names.get(answered, (node.name.value, {}))[1]
            names[answered] = (node.name.value, {**known, **inner})
        elif isinstance(node, InlineFragmentNode):
            names.update(_names_in(node.selection_set, fragments))
        elif isinstance(node, FragmentSpreadNode):
            names.update(_names_in(fragments[node.name.value].selection_set, fragments))
    return names


def _things(value: Any, names: Names | None, within: Shown | None, under: str) -> Iterator[Shown]:
    if isinstance(value, list):
        for item in value:
            yield from _things(item, names, within, under)
    if not isinstance(value, Mapping):
        return
    here = within
    if isinstance(value.get("id"), str) and parts(value["id"]):
        fields = {_real(names, name): inner for name, inner in value.items()}
        here = Shown(value["id"], fields, within, under)
        under = ""
        yield here
    for name, inner in value.items():
        real = _real(names, name)
        below = None if names is None else names.get(name, (name, None))[1]
        yield from _things(inner, below, here, under if real in _THROUGH else real)


_THROUGH: Final = ("nodes", "edges", "node")


def _real(names: Names | None, name: str) -> str:
    return name if names is None else names.get(name, (name, None))[0]


def ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)
    elif isinstance(value, str) and parts(value):
        yield value


@dataclass
class StartingShop:
    """Plants what a scenario takes for granted."""

    shop: Shop
    known: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)

    def pass_over(self, row: Row) -> None:
        """A request is not sent: the shop becomes what its answer shows."""
        self.hold(row)
        self.uncertain |= {t.id for t in shown(row) if t.fields.get("status") in _ON_THE_WAY}
        if is_mutation(row):
            told = {thing.id for thing in shown(row) if thing.fields.keys() - {"id"}}
            self.uncertain |= set(ids_in(row["variables"])) - told

    def prepare(self, row: Row) -> None:
        """Before a request is sent: as it shows the uncertain things, so they are."""
        told = [thing for thing in shown(row) if thing.id in self.uncertain]
        if told and not is_mutation(row):
            self._make(told)
            self.known |= {thing.id for thing in told}
            self.uncertain -= {thing.id for thing in told if _is_all_of(thing)}
        if is_mutation(row):
            for thing in shown(row):
                self._put_up(thing, row)
        for thing in shown(row):
            self._say(thing)

    def _say(self, thing: Shown) -> None:
        """Comments are left by visitors, not by requests: where one is shown, it stands."""
        found = self.shop.get(thing.id)
        if found and thing.sort == "Comment" and thing.within and thing.within.sort == "Article":
            self.shop.change(found, **_plain("Comment", thing.fields), articleId=thing.within.id)

    def _put_up(self, thing: Shown, row: Row) -> None:
        """Where a thing stood besides, an answer to a publication tells by its count alone."""
        found = self.shop.get(thing.id)
        count = (thing.fields.get("resourcePublicationsCount") or {}).get("count")
        if found is None or count is None or publications.published_of(found):
            return
        adds = "publishablePublish" in row["document"]
        named = {publications.own_publication(self.shop)["id"], *ids_in(row["variables"])}
        others = [p for p in self.shop.all("Publication") if p["id"] not in named]
        for publication in others[: count - adds]:
            found = publications.put_up(self.shop, found, publication, self.shop.today())

    def open(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._take_names(row)
        for row in (row for row in rows if row["step"] == 0):
            if row.get("live"):
                self.hold(row)
            else:
                self._make(list(shown(row)))
        if any(_has_older_files(row) for row in rows):
            plant(self.shop, "MediaImage", {"name": "unseen.jpg"}, "gid://shopify/MediaImage/1")
        self._take_for_granted([row for row in rows if row["step"] != 0])

    def _take_names(self, row: Row) -> None:
        """A name without letters that was counted up tells that the plain one was taken."""
        for thing in shown(row):
            counted = re.fullmatch(
                r"(product|collection|page)-(\d+)", str(thing.fields.get("handle"))
            )
            if counted is None or counted[1] != thing.sort.lower():
                continue
            names = [counted[1], *(f"{counted[1]}-{n}" for n in range(1, int(counted[2])))]
            for name in names:
                if self.shop.find(thing.sort, handle=name) is None:
                    plant(self.shop, thing.sort, {"title": "Unseen", "handle": name})

    def hold(self, row: Row) -> None:
        """Make the shop what an answer shows."""
        things = list(shown(row))
        self._make(things)
        self.known |= {thing.id for thing in things}

    def _make(self, things: Sequence[Shown]) -> None:
        """What was modelled and not recorded gives way to what a live answer shows."""
        for thing in things:
            self._put(thing, thing.fields)
            self._empty(thing)
        for thing in things:
            self._connect(thing)

    def _take_for_granted(self, rows: Sequence[Row]) -> None:
        """In the order of the rows, so that what a row made is not taken for granted by a
        later one."""
        for place, row in enumerate(rows):
            if is_mutation(row):
                for id_ in ids_in(row["variables"]):
                    self._grant(id_, rows[place:])
                self.known |= {thing.id for thing in shown(row)}
                self._sort_by_hand(row)
            else:
                self._grant_all(row)

    def _sort_by_hand(self, row: Row) -> None:
        """That products could be put in order tells how their collection was sorted."""
        if "collectionReorderProducts" in row["document"] and not _refused(row["response"]):
            collection = self.shop.get((row["variables"] or {}).get("id") or "")
            if collection is not None:
                self.shop.change(collection, sortOrder="MANUAL")

    def _grant(self, id_: str, rows: Sequence[Row]) -> None:
        """A thing that a mutation is about, if any answer shows that it was there. Its fields
        are those of the first answer, without what the request itself said, if it was heard."""
        if id_ in self.known:
            return
        for row in rows:
            heard = row is rows[0] and not _refused(row["response"])
            said = set(_keys(row["variables"])) if heard else set()
            for thing in shown(row):
                if thing.id == id_:
                    kept = {n: v for n, v in thing.fields.items() if n not in said}
                    self._put(thing, kept)
                    self.known.add(id_)
                    return
            if id_ in _deleted(row["response"]):
                self._put(Shown(id_, {}, None), {})
                self.known.add(id_)
                return

    def _grant_all(self, row: Row) -> None:
        new = [thing for thing in shown(row) if thing.id not in self.known]
        for thing in new:
            self._put(thing, thing.fields)
        fresh = {thing.id for thing in new}
        for thing in shown(row):
            around = thing.within
            if thing.id in fresh or (around is not None and around.id in fresh):
                self._connect(thing, fresh)
        for thing in reversed(new):
            self._add_unseen(thing)
            self._touch(thing)
        self.known |= fresh

    def _put(self, thing: Shown, fields: Mapping[str, Any]) -> None:
        """Make it, or change it, with the fields that the shop knows."""
        given = _plain(thing.sort, fields)
        there = self.shop.get(thing.id)
        if thing.sort == "Shop":
            self.shop.keep("shop", {**self.shop.setting("shop"), **fields})
        elif thing.sort == "Metafield":
            self._put_metafield(thing, given)
        elif thing.sort == "Job":
            self.shop.add("Job", {"started": LONG_AGO}, thing.id)
        elif there is not None and thing.sort == "Product":
            change_product(self.shop, there, given)
            self._keep_stock(thing)
        elif there is not None:
            self.shop.change(there, **given)
        elif thing.sort == "ProductVariant":
            self._put_variant(thing, given)
        elif thing.sort == "MetafieldDefinition":
            self._put_definition(thing, given)
        elif thing.sort in _FIELDS:
            plant(self.shop, thing.sort, given, thing.id)
            self._keep_stock(thing)

    def _keep_stock(self, thing: Shown) -> None:
        """A product's stock is that of its variants; of one, where they are not shown."""
        if not thing.fields.keys() & {"tracksInventory", "totalInventory"}:
            return
        for variant in self.shop.where("ProductVariant", "product_id", thing.id)[:1]:
            quantity = thing.fields.get("totalInventory", 0)
            tracked = bool(thing.fields.get("tracksInventory"))
            self.shop.change(variant, tracked=tracked, inventoryQuantity=quantity)

    def _touch(self, thing: Shown) -> None:
        """What an answer shows first was changed last: its order is the only sign of it."""
        there = self.shop.get(thing.id)
        if there is not None:
            self.shop.change(there)

    def _empty(self, thing: Shown) -> None:
        """A collection's products are those that are shown, where any are."""
        there = self.shop.get(thing.id)
        if there is not None and thing.sort == "Collection" and "products" in thing.fields:
            self.shop.change(there, products=[], settled_count=0)

    def _add_unseen(self, thing: Shown) -> None:
        """Where a collection is told to have more products than are shown, there are more."""
        there = self.shop.get(thing.id)
        page = thing.fields.get("products")
        if there is None or thing.sort != "Collection" or not isinstance(page, Mapping):
            return
        more = int(bool((page.get("pageInfo") or {}).get("hasNextPage")))
        counted = (thing.fields.get("productsCount") or {}).get("count", 0)
        for _ in range(max(more, counted - len(there["products"]))):
            found = self.shop.get(thing.id) or there
            join(self.shop, found, plant(self.shop, "Product", {"title": "Unseen"})["id"])

    def _put_metafield(self, thing: Shown, fields: Mapping[str, Any]) -> None:
        owner = self.shop.get(thing.within.id) if thing.within else None
        if owner is None or not {"namespace", "key", "type", "value"} <= fields.keys():
            return
        if metafield_of(self.shop, owner["id"], fields["namespace"], fields["key"]) is None:
            metafield(self.shop, owner, fields, thing.id)

    def _put_variant(self, thing: Shown, fields: Mapping[str, Any]) -> None:
        """A product's first variant takes the place of the one it was planted with."""
        if thing.within is None:
            return
        product_id = thing.within.id
        for variant in self.shop.where("ProductVariant", "product_id", product_id):
            if variant["id"] not in self.known:
                self.shop.remove(variant)
        plant(self.shop, "ProductVariant", {**fields, "product_id": product_id}, thing.id)
        self.known.add(thing.id)

    def _put_definition(self, thing: Shown, fields: Mapping[str, Any]) -> None:
        type_ = thing.fields.get("type")
        if isinstance(type_, Mapping) and {"namespace", "key", "name"} <= fields.keys():
            planted = {**fields, "type": type_["name"]}
            plant(self.shop, "MetafieldDefinition", planted, thing.id)

    def _connect(self, thing: Shown, fresh: set[str] | None = None) -> None:
        """Membership, where a product is shown in a collection or the other way round."""
        around = thing.within
        if around is not None and (thing.under, around.sort) == ("media", "Product"):
            self._show(around.id, thing.id)
            return
        if around is None or (thing.under, around.sort) not in (
            ("products", "Collection"),
            ("collections", "Product"),
        ):
            return
        pair = (around.id, thing.id) if around.sort == "Collection" else (thing.id, around.id)
        collection, product = (self.shop.get(id_) for id_ in pair)
        if collection is None or product is None or (fresh is not None and pair[0] not in fresh):
            return
        join(self.shop, collection, product["id"])

    def _show(self, product: str, file: str) -> None:
        """A file that is shown in a product's gallery stands there."""
        if self.shop.get(product) is not None and self.shop.get(file) is not None:
            media.attach(self.shop, product, file)


def _plain(sort: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: fields[name] for name in _FIELDS.get(sort, ()) if fields.get(name) is not None}
    blog = fields.get("blog")
    if sort == "Article" and isinstance(blog, Mapping):
        given["blogId"] = blog.get("id")
    image = fields.get("image")
    if sort == "MediaImage" and isinstance(image, Mapping) and image.get("url"):
        given |= {name: image[name] for name in ("url", "width", "height") if name in image}
    return given


def _is_all_of(thing: Shown) -> bool:
    """An image is not known before its size was shown."""
    return thing.sort != "MediaImage" or bool(thing.fields.get("image"))


def _has_older_files(row: Row) -> bool:
    """Whether a page of the newest files says that there are more."""
    data = row["response"].get("data") if isinstance(row["response"], Mapping) else None
    page = (data or {}).get("files")
    return isinstance(page, Mapping) and bool((page.get("pageInfo") or {}).get("hasNextPage"))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _refused(value: Any) -> bool:
    """Whether an answer has user errors."""
    if isinstance(value, Mapping):
        return any(
            (name.lower().endswith("usererrors") and inner) or _refused(inner)
            for name, inner in value.items()
        )
    return isinstance(value, list) and any(_refused(inner) for inner in value)


def _deleted(value: Any) -> Iterator[str]:
    """The ids that an answer says are deleted now."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name.startswith("deleted"):
                yield from ids_in(inner)
            else:
                yield from _deleted(inner)
