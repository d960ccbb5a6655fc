"""A world made of what was inferred of its things: every gap is filled with something plain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Thing = dict[str, Any]
Things = dict[str, Thing]
"""By what is known of a thing: its primary key as text, or `slug:` and its slug."""

ARRIVED = "(arrived before row)"
"""A thing that was first seen in a mutation: it need not have been there earlier."""

EVERYTHING = (
    "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES", "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
    "MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES", "MANAGE_PRODUCTS", "MANAGE_TRANSLATIONS", "MANAGE_APPS",
)  # fmt: skip


def arrival(things: Mapping[tuple[str, str], Thing]) -> dict[str, Any]:
    """Attributes, and values in an attribute of their own: whose they were was not shown."""
    attributes: list[Thing] = []
    values: list[Thing] = []
    for (sort, identity), facts in things.items():
        named = {"pk": int(identity)} if identity.isdecimal() else {}
        slug = facts.get("slug", f"some-{identity}")
        plain = {n: v for n, v in facts.items() if n not in (ARRIVED, "of")}
        thing = {"slug": slug, "name": slug, **plain, **named}
        (attributes if sort == "Attribute" else values).append(thing)
    if values:
        home = f"home-of-{values[0]['slug']}"
        attributes.append({"slug": home, "name": home, "values": values})
    return {"attributes": attributes}


class Building:
    """Things that refer to one another, every gap filled with something plain."""

    def __init__(self, things: Mapping[str, Things], first_created: Mapping[str, int]) -> None:
        self.things = things
        self.first_created = first_created
        self._numbers: dict[str, Iterator[int]] = {}

    def world(self) -> dict[str, Any]:
        products = self._products()
        types = self._types(products)
        attributes = self._attributes(types, products)
        return {
            "shop": {"name": "Saleor", **self.things.get("Shop", {}).get("the", {})},
            "apps": self._apps(),
            "channels": self._channels(products),
            "attributes": attributes,
            "productTypes": types,
            "categories": self._categories(products),
            "products": products,
            "collections": self._all("Collection"),
            "sequences": {sort: pk - 1 for sort, pk in self.first_created.items()},
        }

    def _all(self, sort: str) -> list[Thing]:
        """The things of a type with a primary key and a slug each, oldest first."""
        found = []
        for identity, facts in self.things.get(sort, {}).items():
            pk = int(identity) if identity.isdecimal() else self._free(sort)
            told = {name: value for name, value in facts.items() if name != ARRIVED}
            found.append({"slug": f"some-{pk}", **told, "pk": pk})
        return sorted(found, key=lambda thing: int(thing["pk"]))

    def _free(self, sort: str) -> int:
        taken = {int(i) for i in self.things.get(sort, {}) if i.isdecimal()}
        numbers = self._numbers.setdefault(sort, iter(n for n in range(1, 10_000)))
        return next(number for number in numbers if number not in taken)

    def _products(self) -> list[Thing]:
        products = []
        for facts in self._all("Product"):
            carries = facts.pop("carries", {})
            attributes = {slug: values for slug, values in carries.items() if None not in values}
            described = facts.pop("description", None)
            product = {"name": facts["slug"], "productType": f"type-of-{facts['slug']}", **facts}
            product["description"] = json.loads(described) if described else None
            products.append(product | {"attributes": attributes})
        return products

    def _types(self, products: Sequence[Thing]) -> list[Thing]:
        by_pk = {facts["pk"]: facts["slug"] for facts in self._all("Attribute")}
        types = {facts["slug"]: facts for facts in self._all("ProductType")}
        for type_ in types.values():
            own = [by_pk[pk] for pk in type_.pop("has", ()) if pk in by_pk]
            type_["productAttributes"] = list(
                dict.fromkeys([*type_.get("productAttributes", ()), *own])
            )
        for product in products:
            slug = product["productType"]
            type_ = types.setdefault(
                slug, {"slug": slug, "pk": self._free("ProductType"), "productAttributes": []}
            )
            seen = [*type_["productAttributes"], *product["attributes"]]
            type_["productAttributes"] = list(dict.fromkeys(seen))
        return [{"name": type_["slug"], **type_} for type_ in types.values()]

    def _attributes(self, types: Sequence[Thing], products: Sequence[Thing]) -> list[Thing]:
        attributes = {facts["slug"]: facts for facts in self._all("Attribute")}
        needed = [slug for type_ in types for slug in type_["productAttributes"]]
        orphans = [value for value in self._values() if value.get("of") is None]
        youngest = list(attributes)[-1:] if orphans else []
        needed += ["of-unknown-values"] if orphans and not youngest else []
        for slug in needed:
            attributes.setdefault(slug, {"slug": slug, "pk": self._free("Attribute")})
        home = (youngest or ["of-unknown-values"])[0]
        values: dict[str, list[Thing]] = {}
        for value in self._values():
            values.setdefault(value.pop("of", None) or home, []).append(value)
        for product in products:
            for slug, carried in product["attributes"].items():
                own = values.setdefault(slug, [])
                known = {value["slug"] for value in own}
                own += [
                    {"slug": v, "name": v, "pk": self._free("AttributeValue")}
                    for v in carried
                    if v not in known
                ]
        return [
            {"name": slug, "inputType": _kind(values.get(slug)), **facts,
             "values": sorted(values.get(slug, []), key=lambda v: int(v["pk"]))}
            for slug, facts in attributes.items()
        ]  # fmt: skip

    def _values(self) -> list[Thing]:
        return [{"name": facts["slug"], **facts} for facts in self._all("AttributeValue")]

    def _categories(self, products: Sequence[Thing]) -> list[Thing]:
        categories = {facts["slug"]: facts for facts in self._all("Category")}
        for product in products:
            if product.get("category"):
                slug = product["category"]
                categories.setdefault(slug, {"slug": slug, "pk": self._free("Category")})
        return [{"name": facts["slug"], **facts} for facts in categories.values()]

    def _channels(self, products: Sequence[Thing]) -> list[Thing]:
        channels = {facts["slug"]: facts for facts in self._all("Channel")}
        for owner in [*products, *self._all("Collection")]:
            for listing in owner.get("channels") or ():
                slug = listing["channel"]
                channels.setdefault(slug, {"slug": slug, "pk": self._free("Channel")})
        for slug in ("default-channel", "channel-pln"):
            channels.setdefault(slug, {"slug": slug, "pk": self._free("Channel")})
        plain = {"isActive": True, "currencyCode": "USD",
                 "defaultCountry": {"code": "US", "country": "United States"}}  # fmt: skip
        return [{"name": facts["slug"], **plain, **facts} for facts in channels.values()]

    def _apps(self) -> list[Thing]:
        seen = self.things.get("App", {})
        facts = next((f for f in seen.values() if f.get("permissions")), {})
        app = {"name": "recorder", "permissions": list(EVERYTHING), **facts, "token": "sandbox"}
        return [app, {"name": "poor", "permissions": [], "token": "poor"}]


def _kind(values: Sequence[Thing] | None) -> str:
    """A guess where no answer told: flags have flags as values."""
    is_flag = bool(values) and all(
        re.fullmatch(r"\d+_(true|false)", v["slug"]) for v in values or ()
    )
    return "BOOLEAN" if is_flag else "DROPDOWN"
