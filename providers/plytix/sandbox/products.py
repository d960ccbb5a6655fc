"""Products: searched and read in the shapes of v1 (expanded) and v2 (ids), and patched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox import categories, relationships
from providers.plytix.sandbox.assets import expanded
from providers.plytix.sandbox.attributes import GALLERY, MEDIA, attribute_of, filter_type
from providers.plytix.sandbox.refusal import invalid, invalid_product, unknown_product
from providers.plytix.sandbox.search import Column, search

STATUSES: Final = ("Draft", "Completed", "Archived")
TYPES: Final[Mapping[str, Any]] = {
    "IntAttribute": int,
    "DecimalAttribute": int | float,
    "BooleanAttribute": bool,
    "MultiSelectAttribute": list,
}
"""What values are, where they are no texts."""
LEVELS: Final = {"SINGLE": 0, "PARENT": 1, "VARIANT": 2}
ALWAYS: Final = ("id", "sku")
PATCHABLE: Final = ("label", "gtin", "status", "thumbnail", "attributes")
AUDIT: Final = {
    "type": "API",
    "user_email": "api",
    "user_id": "69ac" + "0" * 20,
    "user_name": "api",
}


def existing(store: Store, id_: str) -> Document:
    product = store.get("product", id_)
    if product is None:
        raise unknown_product(id_)
    return product


def linked(product: Document) -> list[str]:
    """The ids of all assets of a product, under whatever attribute, each once."""
    thumbnail = [product["thumbnail"]] if product["thumbnail"] else []
    galleries = [id_ for ids in product["media"].values() for id_ in ids]
    return list(dict.fromkeys([*thumbnail, *galleries]))


def columns(store: Store) -> dict[str, Column]:
    """What products can be searched by: system columns, and the account's own attributes."""
    system = (
        Column("sku", "TextAttribute", lambda row: row["sku"]),
        Column("label", "TextAttribute", lambda row: row["label"]),
        Column("gtin", "TextAttribute", lambda row: row["gtin"]),
        Column("categories", "MultiSelectAttribute", lambda row: row["categories"], (), ()),
        Column("static_lists", "MultiSelectAttribute", lambda row: [], ("in",), ()),
        Column("assets", "MediaAttribute", linked),
        Column("images", "MediaAttribute", linked),
        Column("thumbnail", "MediaAttribute", lambda row: row["thumbnail"]),
        Column("modified", "DateAttribute", lambda row: row["modified"]),
        Column("created", "DateAttribute", lambda row: row["created"]),
        Column("status", "DropdownAttribute", lambda row: row["status"], ("eq", "in", "!in")),
        Column("product_level", "DropdownAttribute", _level, ("eq", "in", "!in")),
        Column("_is_variation", "BooleanAttribute", lambda row: row["parent_id"] is not None),
        Column("_has_variations", "BooleanAttribute", lambda row: row["num_variations"] > 0),
    )
    own = (_own_column(attribute) for attribute in store.all("attribute").values())
    return {column.key: column for column in (*system, *own)}


def filters(store: Store) -> dict[str, Any]:
    described = [column.described() for column in columns(store).values()]
    properties = [told for told in described if told["key"].startswith("_")]
    attributes = [told for told in described if told not in properties]
    return {"data": [{"attributes": attributes, "properties": properties}]}


def searched(store: Store, version: str, body: Any) -> dict[str, Any]:
    known = columns(store)
    found = search(body, store.all("product").values(), known, ALWAYS)
    shown = [_row(store, version, row, found.columns, known) for row in found.rows]
    return {"data": shown, "pagination": found.pagination}


def told(store: Store, version: str, product: Document) -> dict[str, Any]:
    """A product as `GET` shows it: v1 expands assets, v2 tells their ids. Empty attributes are
    left out."""
    media = _media(store, version)
    galleries = {label: media(label, ids) for label, ids in product["media"].items() if ids}
    common = {
        name: product[name]
        for name in (
            "id",
            "sku",
            "label",
            "gtin",
            "status",
            "created",
            "modified",
            "num_variations",
        )
    }
    common |= {
        "assets": media("assets", linked(product)),
        "attributes": product["attributes"] | galleries,
        "categories": _categories(store, version, product),
        "overwritten_attributes": [],
        "product_type": product["product_type"],
        "relationships": relationships.told(store, product),
        "thumbnail": media("thumbnail", [product["thumbnail"]] if product["thumbnail"] else []),
    }
    if version == "v1":
        return common | {"_parent_id": product["parent_id"]}
    return common | {
        "account_id": store.all("account")["account"]["id"],
        "created_user_audit": AUDIT,
        "modified_user_audit": AUDIT,
        "mark_as_deleted": False,
        "product_level": _level(product),
        "static_list_ids": [],
    }


def created(store: Store, version: str, body: Any, now: str) -> dict[str, Any]:
    """Make a product; parameters that nobody knows are passed over."""
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    sku = body.get("sku")
    if not isinstance(sku, str) or not sku:
        raise invalid(("sku", "Missing data for required field."))
    if any(product["sku"] == sku for product in store.all("product").values()):
        # Assumed words: that SKUs are unique is the vendor's.
        raise invalid_product(("sku", "a product with same sku already exists"))
    id_ = f"69c0{store.next_number('product'):020x}"
    product: Document = {
        "id": id_,
        "sku": sku,
        "label": None,
        "gtin": None,
        "status": "Draft",
        "created": now,
        "modified": now,
        "product_type": "SINGLE",
        "parent_id": None,
        "num_variations": 0,
        "categories": [row["id"] for row in body.get("categories") or ()],
        "attributes": {},
        "media": {},
        "thumbnail": None,
    }
    store.put("product", id_, product)
    return patched(store, version, id_, {k: v for k, v in body.items() if k in PATCHABLE}, now)


def deleted(store: Store, id_: str) -> None:
    """With its variants."""
    existing(store, id_)
    for other in list(store.all("product").values()):
        if other["parent_id"] == id_:
            store.delete("product", other["id"])
    store.delete("product", id_)


def patched(store: Store, version: str, id_: str, body: Any, now: str) -> dict[str, Any]:
    """Change what the body names and nothing else; null clears. v2 answers with ids only."""
    product = existing(store, id_)
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    changed = product | {"modified": now}
    for name in ("label", "gtin", "status"):
        if name in body:
            changed[name] = _checked(name, body[name])
    if "thumbnail" in body:
        changed["thumbnail"] = _thumbnail(store, body["thumbnail"])
    for label, value in (body.get("attributes") or {}).items():
        changed = _with_attribute(store, changed, label, value)
    store.put("product", id_, changed)
    if version == "v1":
        return told(store, "v1", changed)
    audit = {"created_user_audit": AUDIT, "modified_user_audit": AUDIT}
    return {"id": id_, "created": changed["created"], "modified": now, **audit}


def _categories(store: Store, version: str, product: Document) -> list[Any]:
    ids: list[str] = product["categories"]
    return ids if version == "v2" else categories.expanded(store, ids)


def _own_column(attribute: Document) -> Column:
    label, type_class = attribute["label"], attribute["type_class"]
    where = "media" if type_class in (MEDIA, GALLERY) else "attributes"
    options = tuple(attribute["options"]) if attribute["options"] else None
    return Column(
        f"attributes.{label}",
        filter_type(attribute),
        lambda row: row[where].get(label),
        options=options,
    )


def _level(product: Document) -> int:
    return LEVELS[product["product_type"]]


def _media(store: Store, version: str) -> Callable[[str, list[str]], Any]:
    """How links are shown: ids in v2; in v1 whole assets, and a single one where there is one."""
    single = {"thumbnail"} | {
        attribute["label"]
        for attribute in store.all("attribute").values()
        if attribute["type_class"] == MEDIA
    }

    def show(label: str, ids: list[str]) -> Any:
        if version == "v2":
            return ids
        assets = [expanded(store, id_) for id_ in ids]
        if label not in single:
            return assets
        return assets[0] if assets else None

    return show


def _row(
    store: Store, version: str, product: Document, asked: Any, known: Mapping[str, Column]
) -> dict[str, Any]:
    """A row of a search: what was asked for; own attributes apart, and only where not empty."""
    media = _media(store, version)
    row: dict[str, Any] = {
        "id": product["id"],
        "sku": product["sku"],
        "num_variations": product["num_variations"],
        "attributes": {},
    }
    if product["parent_id"]:
        row["_parent_id"] = product["parent_id"]
    for name in asked:
        value = known[name].value(product) if name in known else product[name]
        label = name.removeprefix("attributes.")
        if name == "categories":
            value = _categories(store, version, product)
        elif label in product["media"] or name in ("assets", "images", "thumbnail"):
            value = media(label, [value] if isinstance(value, str) else value or [])
        if not name.startswith("attributes."):
            row[name] = value
        elif value not in (None, "", []):
            row["attributes"][label] = value
    return row


def _checked(name: str, value: Any) -> Any:
    if name == "status" and value not in STATUSES:
        words = f"Value is not valid, valid values are [{', '.join(STATUSES)}]"
        raise invalid_product(("status", words))
    if value is not None and not isinstance(value, str):
        raise invalid((name, "Not a valid string."))
    return value


def _thumbnail(store: Store, value: Any) -> str | None:
    """`{"id": …}` or null; anything else has the wrong type."""
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise invalid(("thumbnail", {"_schema": ["Invalid input type."]}))
    if store.get("asset", value["id"]) is None:
        raise invalid_product(("thumbnail", "asset does not exist"))
    return str(value["id"])


def _with_attribute(store: Store, product: Document, label: str, value: Any) -> Document:
    attribute = attribute_of(store, label)
    if attribute is None:
        raise invalid_product((label, "attribute does not exist"))
    if attribute["type_class"] not in (MEDIA, GALLERY):
        _check_type(attribute, value)
        _check_options(attribute, value)
        value = None if value == [] else value
        kept = {name: held for name, held in product["attributes"].items() if name != label}
        return product | {"attributes": kept if value is None else kept | {label: value}}
    ids = value or []
    known = store.all("asset")
    if not isinstance(ids, list) or any(id_ not in known for id_ in ids):
        raise invalid_product((label, "asset does not exist"))
    return product | {"media": product["media"] | {label: ids}}


def _check_type(attribute: Document, value: Any) -> None:
    """Assumed words; the types of values are the vendor's."""
    wanted = TYPES.get(attribute["type_class"], str)
    fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    if value is not None and not fits:
        raise invalid_product((attribute["label"], "Not a valid value."))


def _check_options(attribute: Document, value: Any) -> None:
    options = attribute["options"]
    chosen = value if isinstance(value, list) else [value]
    wrong = [one for one in chosen if one is not None and one not in options] if options else []
    if wrong:
        words = f"{wrong} are not a valid values for {attribute['name']} attribute."
        raise invalid_product((attribute["label"], words))
