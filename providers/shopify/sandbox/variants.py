"""Variants of products and the options that they differ by.

Recorded: a price that is changed. The words of the refusals are those that the vendor's schema
and documentation give; a variant is worth nothing, and in stock of nothing, until it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from providers.shopify.sandbox.ids import gid, number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

DEFAULT_OPTION: Final = "Title"
DEFAULT_VALUE: Final = "Default Title"

_PLAIN: Final[Mapping[str, Any]] = {
    "price": "0.00",
    "compareAtPrice": None,
    "sku": None,
    "barcode": None,
    "taxable": True,
    "taxCode": None,
    "inventoryPolicy": "DENY",
    "inventoryQuantity": 0,
    "requiresComponents": False,
    "showUnitPrice": False,
    "tracked": False,
    "requiresShipping": True,
    "weight": None,
}
_WRITABLE: Final = (
    "barcode",
    "inventoryPolicy",
    "requiresComponents",
    "showUnitPrice",
    "taxCode",
    "taxable",
)

Values = Mapping[str, str]
"""The value that a variant has of each option."""


def default_options(shop: Shop) -> list[Thing]:
    return [new_option(shop, DEFAULT_OPTION, [DEFAULT_VALUE])]


def new_option(shop: Shop, name: str, values: Sequence[str]) -> Thing:
    return {
        "id": gid("ProductOption", shop.next_number("option")),
        "name": name,
        "values": [_new_value(shop, value) for value in values],
    }


def _new_value(shop: Shop, name: str) -> Thing:
    return {"id": gid("ProductOptionValue", shop.next_number("option")), "name": name}


def add_variant(
    shop: Shop, product_id: str, fields: Mapping[str, Any], id_: str | None = None
) -> Thing:
    """A variant as the API would make it; without `values` it is the product's default one."""
    variant = shop.add("ProductVariant", {**_PLAIN, "product_id": product_id, **fields}, id_)
    return shop.change(variant, **({} if "values" in fields else {"values": _first(shop, variant)}))


def _first(shop: Shop, variant: Thing) -> Values:
    product = shop.get(variant["product_id"])
    options = product["options"] if product else ()
    return {option["name"]: option["values"][0]["name"] for option in options}


def variants_of(shop: Shop, product: Thing) -> list[Thing]:
    """In the order in which they came."""
    own = shop.where("ProductVariant", "product_id", product["id"])
    return sorted(own, key=lambda variant: number(variant["id"]))


def lowest_price(shop: Shop, product: Thing) -> float:
    return min((float(variant["price"]) for variant in variants_of(shop, product)), default=0.0)


def title_of(variant: Thing) -> str:
    """The values of its options, unless an admin gave it another."""
    return str(variant.get("title") or " / ".join(variant["values"].values()) or DEFAULT_VALUE)


def is_default(product: Thing) -> bool:
    names = [option["name"] for option in product["options"]]
    return names == [DEFAULT_OPTION] and len(product["options"][0]["values"]) == 1


def money(given: Any) -> str:
    """With two places, as Shopify stores a price."""
    return str(Decimal(str(given)).quantize(Decimal("0.01")))


def _is_money(given: Any) -> bool:
    try:
        return Decimal(str(given)).is_finite()
    except InvalidOperation:
        return False


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.one("Product", args["productId"])
    if product is None:
        return {"product": None, "productVariants": None, "userErrors": [_NO_PRODUCT]}
    rows = args["variants"]
    errors = [e for index, row in enumerate(rows) for e in _row_errors(shop, product, index, row)]
    if errors and not args.get("allowPartialUpdates"):
        return {"product": product, "productVariants": None, "userErrors": errors}
    bad = {error["field"][1] for error in errors}
    changed = [
        _changed(shop, product, row) for index, row in enumerate(rows) if str(index) not in bad
    ]
    return {
        "product": shop.get(product["id"]),
        "productVariants": changed,
        "userErrors": errors,
    }


_NO_PRODUCT: Final = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")


def _row_errors(
    shop: Shop, product: Thing, index: int, row: Mapping[str, Any]
) -> Iterator[UserError]:
    way = ["variants", str(index)]
    if not row.get("id"):
        message = "Product variant is missing ID attribute"
        yield user_error([*way, "id"], message, "PRODUCT_VARIANT_ID_MISSING")
        return
    variant = shop.one("ProductVariant", row["id"])
    if variant is None or variant["product_id"] != product["id"]:
        message = "Product variant does not exist"
        yield user_error([*way, "id"], message, "PRODUCT_VARIANT_DOES_NOT_EXIST")
        return
    yield from _price_errors(way, row)


def _price_errors(way: Sequence[str], row: Mapping[str, Any]) -> Iterator[UserError]:
    for name, label in (("price", "Price"), ("compareAtPrice", "Compare at price")):
        given = row.get(name)
        if given is not None and _is_money(given) and Decimal(str(given)) < 0:
            message = f"{label} must be greater than or equal to 0"
            yield user_error([*way, name], message, "GREATER_THAN_OR_EQUAL_TO")


def _changed(shop: Shop, product: Thing, row: Mapping[str, Any]) -> Thing:
    variant = shop.get(row["id"])
    assert variant is not None
    values = _values(shop, product, row, variant["values"])
    return shop.change(variant, **stated(row), values=values)


def stated(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an input says of a variant's own fields."""
    fields = {name: row[name] for name in _WRITABLE if name in row}
    if row.get("price") is not None:
        fields["price"] = money(row["price"])
    if "compareAtPrice" in row:
        given = row["compareAtPrice"]
        fields["compareAtPrice"] = None if given is None else money(given)
    item = row.get("inventoryItem") or {}
    names = {"sku": "sku", "tracked": "tracked", "requiresShipping": "requiresShipping"}
    fields |= {ours: item[theirs] for theirs, ours in names.items() if theirs in item}
    weight = (item.get("measurement") or {}).get("weight")
    return {**fields, "weight": dict(weight)} if weight else fields


def _values(shop: Shop, product: Thing, row: Mapping[str, Any], before: Values) -> Values:
    """A value that the option has not yet is added to it."""
    given = row.get("optionValues")
    if not given:
        return before
    current = shop.get(product["id"]) or product
    options = [{**option, "values": list(option["values"])} for option in current["options"]]
    values = dict(before)
    for wanted in given:
        option = _option(options, wanted)
        if option is None:
            continue
        known = [v["name"] for v in option["values"] if wanted.get("id") in (None, v["id"])]
        name = str(wanted.get("name") or (known[0] if known else ""))
        if name not in {value["name"] for value in option["values"]}:
            option["values"].append(_new_value(shop, name))
        values[option["name"]] = name
    shop.change(current, options=options)
    return values


def _option(options: Sequence[Thing], wanted: Mapping[str, Any]) -> Thing | None:
    keys = {wanted.get("optionId"), wanted.get("optionName")} - {None}
    return next((o for o in options if {o["id"], o["name"]} & keys), None)


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.one("Product", args["productId"])
    if product is None:
        return {"product": None, "productVariants": None, "userErrors": [_NO_PRODUCT]}
    rows = args["variants"]
    errors = [e for i, row in enumerate(rows) for e in _new_errors(shop, product, i, row)]
    if errors:
        return {"product": product, "productVariants": [], "userErrors": errors}
    standing = variants_of(shop, product)
    made = [_made(shop, product, row) for row in rows]
    if _replaces_default(product, standing, args["strategy"]):
        shop.remove(standing[0])
    return {"product": shop.get(product["id"]), "productVariants": made, "userErrors": []}


def _replaces_default(product: Thing, standing: Sequence[Thing], strategy: str) -> bool:
    if len(standing) != 1 or strategy == "PRESERVE_STANDALONE_VARIANT":
        return False
    return strategy == "REMOVE_STANDALONE_VARIANT" or is_default(product)


def _new_errors(
    shop: Shop, product: Thing, index: int, row: Mapping[str, Any]
) -> Iterator[UserError]:
    way = ["variants", str(index)]
    if row.get("id"):
        yield user_error([*way, "id"], "Cannot specify id on create", "NO_KEY_ON_CREATE")
        return
    yield from _price_errors(way, row)
    given = {v.get("optionName"): v.get("name") for v in row.get("optionValues") or ()}
    taken = [dict(variant["values"]) for variant in variants_of(shop, product)]
    if given and given in taken:
        title = " / ".join(str(value) for value in given.values())
        message = f"The variant '{title}' already exists. Please change at least one option value."
        yield user_error(way, message, "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE")


def _made(shop: Shop, product: Thing, row: Mapping[str, Any]) -> Thing:
    values = _values(shop, product, row, {})
    return add_variant(
        shop, product["id"], {**stated(row), **({"values": values} if values else {})}
    )


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.one("Product", args["productId"])
    if product is None:
        return {"product": None, "userErrors": [_NO_PRODUCT]}
    own = {variant["id"]: variant for variant in variants_of(shop, product)}
    errors = [
        user_error(
            ["variantsIds", str(index)],
            "At least one variant does not belong to the product",
            "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT",
        )
        for index, id_ in enumerate(args["variantsIds"])
        if id_ not in own
    ]
    if errors:
        return {"product": None, "userErrors": errors}
    for id_ in set(args["variantsIds"]):
        shop.remove(own[id_])
    return {"product": shop.get(product["id"]), "userErrors": []}


def _of_product(product: Thing, info: Info, **args: Any) -> dict[str, Any]:
    return connection(variants_of(info.context, product), args)


def _count(product: Thing, info: Info) -> dict[str, Any]:
    return {"count": len(variants_of(info.context, product)), "precision": "EXACT"}


def _options(product: Thing, info: Info, first: int | None = None) -> list[Thing]:
    return options_of(info.context, product)[:first]


def options_of(shop: Shop, product: Thing) -> list[Thing]:
    """As the API tells them, with the values that variants use."""
    used = [variant["values"] for variant in variants_of(shop, product)]
    return [
        {
            **option,
            "position": place,
            "optionValues": [
                {**v, "hasVariants": any(u.get(option["name"]) == v["name"] for u in used)}
                for v in option["values"]
            ],
            "values": [
                v["name"]
                for v in option["values"]
                if any(u.get(option["name"]) == v["name"] for u in used)
            ],
        }
        for place, option in enumerate(product["options"], 1)
    ]


def _selected(variant: Thing, _: Info) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in variant["values"].items()]


def _position(variant: Thing, info: Info) -> int:
    ids = [other["id"] for other in variants_of(info.context, {"id": variant["product_id"]})]
    return ids.index(variant["id"]) + 1


def _product_of(variant: Thing, info: Info) -> Thing | None:
    return info.context.get(variant["product_id"])


def _full_title(variant: Thing, info: Info) -> str:
    product = info.context.get(variant["product_id"])
    assert product is not None
    title = title_of(variant)
    return str(product["title"]) if title == DEFAULT_VALUE else f"{product['title']} - {title}"


def _item(variant: Thing, _: Info) -> Thing:
    """Stock is kept for an item of its own, which goes with the variant."""
    weight = variant["weight"] or {"value": 0.0, "unit": "KILOGRAMS"}
    measurement = gid("InventoryItemMeasurement", number(variant["id"]))
    return {
        **{name: variant[name] for name in ("tracked", "requiresShipping", "sku")},
        "id": gid("InventoryItem", number(variant["id"])),
        "legacyResourceId": str(number(variant["id"])),
        "createdAt": variant["createdAt"],
        "updatedAt": variant["updatedAt"],
        "variant": variant,
        "measurement": {"id": measurement, "weight": weight},
    }


def _is_for_sale(variant: Thing, _: Info) -> bool:
    in_stock = not variant["tracked"] or variant["inventoryQuantity"] > 0
    return in_stock or variant["inventoryPolicy"] == "CONTINUE"


FIELDS: Final = {
    "Mutation": {
        "productVariantsBulkUpdate": _update,
        "productVariantsBulkCreate": _create,
        "productVariantsBulkDelete": _delete,
    },
    "Product": {
        "hasOnlyDefaultVariant": lambda product, info: is_default(product),
        "hasOutOfStockVariants": lambda product, info: any(
            not _is_for_sale(variant, info) for variant in variants_of(info.context, product)
        ),
        "options": _options,
        "totalInventory": lambda product, info: sum(
            variant["inventoryQuantity"] for variant in variants_of(info.context, product)
        ),
        "tracksInventory": lambda product, info: any(
            variant["tracked"] for variant in variants_of(info.context, product)
        ),
        "variants": _of_product,
        "variantsCount": _count,
    },
    "ProductVariant": {
        "availableForSale": _is_for_sale,
        "displayName": _full_title,
        "inventoryItem": _item,
        "legacyResourceId": lambda variant, info: str(number(variant["id"])),
        "position": _position,
        "product": _product_of,
        "selectedOptions": _selected,
        "title": lambda variant, info: title_of(variant),
    },
}
