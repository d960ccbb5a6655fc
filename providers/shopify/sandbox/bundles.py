"""Bundles: products that consist of others, made and changed by operations that take a moment.

None of this was recorded. That a bundle has at most 30 components and is in no other one, what
quantities there may be, and that the work ends after the answer, is the vendor's documentation;
the words of the refusals are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.sandbox import jobs, variants
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.products import add_product, change_product
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import LONG_AGO, Info, Shop, Thing

MOST: Final = 30
GREATEST: Final = 2000
MOST_OPTIONS: Final = 3

Given = Mapping[str, Any]


def bundle_of(shop: Shop, quantities: Mapping[str, int]) -> list[Thing]:
    """Components by the ids of their products, every option with all its values."""
    return [_whole(shop, id_, quantity) for id_, quantity in quantities.items()]


def put_together(shop: Shop, product: Thing, components: Sequence[Thing]) -> Thing:
    """What the product consists of from now on."""
    fields = {"components": list(components), "to_come": None}
    return shop.change(product, **fields, updatedAt=product["updatedAt"])


def components_of(shop: Shop, product: Thing) -> list[Thing]:
    """What is being put together is not there until it is done; once it was seen it stays, on
    whatever clock. What is gone is no component any more."""
    coming = product.get("to_come")
    if coming and jobs.is_over(shop, coming["since"]):
        product = put_together(shop, product, coming["components"])
    return [c for c in product.get("components") or () if shop.one("Product", c["product"])]


def _whole(shop: Shop, id_: str, quantity: int) -> Thing:
    product = shop.get(id_)
    assert product is not None
    selections = [
        {
            "option": option["id"],
            "name": option["name"],
            "values": [v["name"] for v in option["values"]],
        }
        for option in product["options"]
    ]
    return {"product": id_, "quantity": quantity, "quantityOption": None, "selections": selections}


def _create(_: Any, info: Info, input: Given) -> Thing:
    shop = info.context
    if not input["title"].strip():
        return _refused([user_error(["input", "title"], "Title can't be blank")])
    if not input["components"]:
        return _refused([user_error(["input", "components"], "Components can't be blank")])
    errors = list(_component_errors(shop, None, input["components"]))
    if errors:
        return _started(shop, None, errors)
    product = add_product(shop, {"title": input["title"]})
    return _started(shop, _begin(shop, product, input["components"]), [])


def _update(_: Any, info: Info, input: Given) -> Thing:
    shop = info.context
    product = shop.one("Product", input["productId"])
    if product is None or not components_of(shop, product):
        return _refused([user_error(["input", "productId"], "Product is not a bundle")])
    given = input.get("components")
    errors = list(_component_errors(shop, product, given or ()))
    if errors:
        return _started(shop, product, errors)
    if input.get("title"):
        product = change_product(shop, product, {"title": input["title"]})
    return _started(shop, _begin(shop, product, given) if given else product, [])


def _begin(shop: Shop, product: Thing, given: Sequence[Given]) -> Thing:
    coming = {"since": shop.now, "components": [_component(each) for each in given]}
    so_far = components_of(shop, product)
    return change_product(shop, product, {"components": so_far, "to_come": coming})


def _component(given: Given) -> Thing:
    return {
        "product": given["productId"],
        "quantity": None if given.get("quantityOption") else given.get("quantity") or 1,
        "quantityOption": given.get("quantityOption"),
        "selections": [
            {"option": s["componentOptionId"], "name": s["name"], "values": s["values"]}
            for s in given["optionSelections"]
        ],
    }


def _component_errors(
    shop: Shop, bundle: Thing | None, given: Sequence[Given]
) -> Iterator[UserError]:
    if len(given) > MOST:
        yield _wrong(["components"], f"A bundle can have up to {MOST} components")
    named = {s["name"] for each in given for s in each["optionSelections"] if len(s["values"]) > 1}
    if len(named) > MOST_OPTIONS:
        yield _wrong(["components"], f"A bundle can have up to {MOST_OPTIONS} options")
    for index, each in enumerate(given):
        place = ["components", str(index)]
        product = shop.one("Product", each["productId"])
        if product is None:
            words = "Product does not exist"
            yield user_error([*place, "productId"], words, "PRODUCT_DOES_NOT_EXIST")
        elif components_of(shop, product) or (bundle and bundle["id"] == product["id"]):
            yield _wrong([*place, "productId"], "A bundle can't be a component")
        else:
            yield from _selection_errors(product, each, place)


def _selection_errors(product: Thing, given: Given, place: list[str]) -> Iterator[UserError]:
    if not 0 < (given.get("quantity") or 1) <= GREATEST:
        yield _wrong([*place, "quantity"], f"Quantity can't exceed {GREATEST}")
    known = {o["id"]: {v["name"] for v in o["values"]} for o in product["options"]}
    chosen = {s["componentOptionId"]: set(s["values"]) for s in given["optionSelections"]}
    if chosen.keys() != known.keys():
        yield _wrong([*place, "optionSelections"], "All options of a component must be mapped")
    elif any(not values or not values <= known[id_] for id_, values in chosen.items()):
        yield _wrong([*place, "optionSelections"], "Option value does not exist")


def _wrong(place: list[str], words: str) -> UserError:
    return user_error(place, words, "INVALID_INPUT")


def _refused(errors: list[UserError]) -> Thing:
    return {"productBundleOperation": None, "userErrors": errors}


def _started(shop: Shop, product: Thing | None, errors: list[UserError]) -> Thing:
    id_ = product["id"] if product else None
    fields = {"since": shop.now, "for": id_, "errors": errors}
    operation = shop.add("ProductBundleOperation", fields)
    return {"productBundleOperation": operation, "userErrors": []}


def _operation(_: Any, info: Info, id: str) -> Thing | None:
    """Once somebody was told that it is done it stays so, on whatever clock."""
    shop = info.context
    operation = shop.one("ProductBundleOperation", id)
    product = shop.get(operation["for"]) if operation and operation["for"] else None
    if operation and _is_over(operation, info):
        if product is not None and product.get("to_come"):
            components_of(shop, product)
        return shop.change(operation, since=LONG_AGO)
    return operation


def _is_over(operation: Thing, info: Info) -> bool:
    return jobs.is_over(info.context, operation["since"])


def _status(operation: Thing, info: Info) -> str:
    return "COMPLETE" if _is_over(operation, info) else "ACTIVE"


def _product(operation: Thing, info: Info) -> Thing | None:
    shop = info.context
    return shop.get(operation["for"]) if operation["for"] and _is_over(operation, info) else None


def _errors(operation: Thing, info: Info) -> list[UserError]:
    return operation["errors"] if _is_over(operation, info) else []


def _components(product: Thing, info: Info, **args: Any) -> Thing:
    shop = info.context
    rows = [{**each, "id": each["product"]} for each in components_of(shop, product)]
    order = {row["id"]: place for place, row in enumerate(rows)}
    return connection(rows, args, lambda row: order[row["id"]])


def _component_product(component: Thing, info: Info) -> Thing | None:
    shop = info.context
    return shop.get(component["product"])


def _selections(component: Thing, info: Info) -> list[Thing]:
    shop = info.context
    product = shop.get(component["product"])
    assert product is not None
    chosen = {s["option"]: s for s in component["selections"]}
    told = []
    for option in variants.options_of(shop, product):
        selection = chosen.get(option["id"], {"name": option["name"], "values": []})
        has_own = len(selection["values"]) > 1
        parent = {**option, "name": selection["name"]} if has_own else None
        values = [
            {
                "value": v,
                "selectionStatus": "SELECTED" if v in selection["values"] else "DESELECTED",
            }
            for v in (each["name"] for each in option["optionValues"])
        ]
        told.append({"componentOption": option, "parentOption": parent, "values": values})
    return told


FIELDS: Final = {
    "QueryRoot": {"productOperation": _operation},
    "Mutation": {"productBundleCreate": _create, "productBundleUpdate": _update},
    "Product": {"bundleComponents": _components},
    "ProductBundleOperation": {"status": _status, "product": _product, "userErrors": _errors},
    "ProductBundleComponent": {
        "componentProduct": _component_product,
        "optionSelections": _selections,
    },
}
