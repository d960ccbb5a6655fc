"""The sandbox's catalog: searches, shapes, uploads, links and their refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plytix.account import Account
from tests.virtual_time import run_in_virtual_time

BLACK = "AMZN-US-B07X8YQ1LM"
BROWN = "AMZN-US-B07X91C4RW"
BEACH = "lifestyle_beach_2019.jpg"
UNKNOWN = "0" * 24


def _send(account: Account, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    response = run_in_virtual_time(lambda: account.raw(method, path, body))
    return response.status_code, response.json() if response.content else None


def _search(account: Account, what: str, *groups: Any, **more: Any) -> tuple[int, Any]:
    return _send(account, "POST", f"/api/{what}/search", {"filters": list(groups), **more})


def _is(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _skus(answer: tuple[int, Any]) -> set[str]:
    return {row["sku"] for row in answer[1]["data"]}


def test_filters_are_or_of_and(account: Account) -> None:
    """The outer list is OR, the inner AND; `eq` ignores case, `like` finds inside."""
    found = _search(
        account,
        "v2/products",
        [_is("sku", "like", "amzn-us"), _is("_has_variations", "eq", True)],
        [_is("sku", "eq", "mca0032-w-07.5")],
    )

    assert _skus(found) == {"AMZN-US-B07X8Z63ZL", "MCA0032-W-07.5"}


@pytest.mark.parametrize("operator", ["eq", "like"])
def test_many_alternatives_find_what_each_finds(account: Account, operator: str) -> None:
    """They are looked up together: among texts, other values and none, with a condition more or
    without, they come to the same as asked one by one."""
    more = _is("status", "eq", "completed")
    for field, values in (("sku", ("mca0032", "MCA0032-m-13", "xyz")), ("gtin", ("0", "84", "x"))):
        groups = [[_is(field, operator, value), more] for value in values]
        bare = [[_is(field, operator, value)] for value in values]
        for alternatives in (groups, bare, [*bare[:1], *groups[1:]]):
            each = [_skus(_search(account, "v2/products", group)) for group in alternatives]
            assert _skus(_search(account, "v2/products", *alternatives)) == set().union(*each)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (_is("thumbnail", "!exists"), 3),
        (_is("attributes.lifestyle_images", "exists"), 1),
        (_is("attributes.color", "in", ["Black"]), 1),
        (_is("attributes.color", "in", ["black"]), 0),
        (_is("attributes.color", "eq", "black"), 1),
        (_is("status", "in", ["Completed"]), 11),
        (_is("modified", "gt", "2026-01-01"), 11),
        (_is("modified", "lt", "2026-01-01"), 0),
        (_is(["sku", "label"], "text_search", "kit"), 1),  # type: ignore[arg-type]
    ],
)
def test_each_operator(account: Account, condition: Any, found: int) -> None:
    """What a condition finds in the example."""
    assert _search(account, "v2/products", [condition])[1]["pagination"]["count"] == found


@pytest.mark.parametrize(
    "body",
    [
        {"filters": [[_is("sku", "in", ["x"])]]},
        {"filters": [[_is("id", "eq", "x")]]},
        {"filters": [[_is("nothing", "eq", "x")]]},
        {"filters": [[_is("sku", "resembles", "x")]]},
        {"filters": [[_is("attributes.color", "in", "Black")]]},
        {"filters": [[{"eq": "x"}]]},
        {"filters": [_is("sku", "eq", "x")]},
        {"attributes": ["nothing"]},
        {"attributes": ["attributes.nothing"]},
        {"pagination": {"page_size": 101}},
        {"pagination": {"page": 0}},
        {"pagination": {"order": "nothing"}},
        {"sort": "sku"},
    ],
    ids=str,
)
def test_a_search_that_makes_no_sense_is_a_422(account: Account, body: Any) -> None:
    """Unknown fields, operators and columns never find everything."""
    status, answer = _send(account, "POST", "/api/v2/products/search", body)

    assert (status, answer["error"]["msg"]) == (422, "Schema validation error")


def test_more_than_fifty_columns(account: Account) -> None:
    """Refused in the vendor's words; id and SKU do not count."""
    columns = [f"attributes.a{number}" for number in range(51)]
    status, answer = _search(account, "v1/products", attributes=[*columns, "id", "sku"])

    assert (status, answer["error"]["errors"]) == (
        422,
        [{"field": "schema", "msg": "columns limit exceeded, current limit is 50"}],
    )


def test_pages(account: Account) -> None:
    """`count` is how many match, `total_count` how many there are; an order may be turned."""
    page = {"order": "-sku", "page": 2, "page_size": 2}
    _, answer = _search(account, "v1/products", [_is("sku", "like", "MCA")], pagination=page)

    assert _skus((200, answer)) == {"MCA0032"}
    assert answer["pagination"] == page | {"count": 3, "total_count": 11}


def test_more_than_ten_thousand_are_not_put_in_order(account: Account) -> None:
    """428 with an order, 200 without."""
    with account.sandbox.store.transaction() as store:
        row = next(iter(store.all("product").values()))
        for number in range(10_000):
            id_ = f"69ff{number:020x}"
            store.put("product", id_, row | {"id": id_, "sku": f"many-{number}"})

    ordered, _ = _search(account, "v2/products", pagination={"order": "sku"})
    free, _ = _search(account, "v2/products", pagination={"order": None})

    assert (ordered, free) == (428, 200)


def test_v1_shows_assets_and_v2_their_ids(account: Account) -> None:
    """One product in both shapes, by GET and by search; what is empty is left out."""
    id_, beach = account.product_id(BROWN), account.asset_id(BEACH)
    columns = ["thumbnail", "attributes.lifestyle_images", "attributes.product_gallery"]
    shown = {
        version: (
            _send(account, "GET", f"/api/{version}/products/{id_}")[1]["data"][0],
            _search(account, f"{version}/products", [_is("sku", "eq", BROWN)], attributes=columns)[
                1
            ]["data"][0],
        )
        for version in ("v1", "v2")
    }

    for row in shown["v2"]:
        assert row["attributes"]["lifestyle_images"] == [beach]
        assert row["thumbnail"] == [account.asset_id("amazon_01_MAIN_61tR7dBrwnL.jpg")]
        assert "product_gallery" not in row["attributes"]
    for row in shown["v1"]:
        assert row["attributes"]["lifestyle_images"][0]["filename"] == BEACH
        assert row["thumbnail"]["filename"] == "amazon_01_MAIN_61tR7dBrwnL.jpg"
    assert "label" not in shown["v2"][1]


def test_an_upload_and_its_repetition(account: Account) -> None:
    """201 with the asset, whose origin is not told; then 409 with the id that is there."""
    body = {"url": "https://cdn.example.com/new.jpg", "filename": "amazon_01_MAIN_new.jpg"}
    first, created = _send(account, "POST", "/api/v1/assets", body)
    second, refused = _send(account, "POST", "/api/v1/assets", body | {"filename": "other.jpg"})

    asset = created["data"][0]
    assert (first, asset["filename"], asset["n_products"]) == (201, body["filename"], 0)
    assert body["url"] not in str(asset)
    assert (second, refused["error"]) == (
        409,
        {"msg": "Asset already exists", "errors": [{"field": "asset.id", "msg": asset["id"]}]},
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://x/y.jpg"}, "url"),
        ({"url": "https://nowhere.invalid/y.jpg"}, "url"),
        ({"content": "aGVsbG8="}, "filename"),
        ({"content": "no base64", "filename": "x.jpg"}, "content"),
        ({"url": "https://cdn.example.com/no-extension"}, "filename"),
    ],
)
def test_what_can_not_be_uploaded(account: Account, body: Any, field: str) -> None:
    """422 that names the field."""
    status, answer = _send(account, "POST", "/api/v1/assets", body)

    assert (status, answer["error"]["errors"][0]["field"]) == (422, field)


def test_renaming_an_asset(account: Account) -> None:
    """The name changes, the extension does not, and the file's own place keeps the old name."""
    path = f"/api/v1/assets/{account.asset_id('brand_logo.png')}"
    renamed, answer = _send(account, "PATCH", path, {"filename": "logo.png"})
    refused, words = _send(account, "PATCH", path, {"filename": "logo.jpg"})

    assert (renamed, answer["data"][0]["filename"]) == (200, "logo.png")
    assert answer["data"][0]["url"].endswith("brand_logo.png")
    assert (refused, words["error"]["msg"]) == (422, "Extension changes are not allowed")


def test_an_asset_search_knows_no_list_of_names(account: Account) -> None:
    """`like` and `eq` are what a file name can be compared with; ids may be listed."""
    listed, _ = _search(account, "v1/assets", [_is("filename", "in", [BEACH])])
    _, by_name = _search(
        account, "v1/assets", [_is("filename", "like", "BEACH")], attributes=["filename"]
    )
    ids = [account.asset_id(BEACH), UNKNOWN]
    _, by_id = _search(account, "v1/assets", [_is("id", "in", ids)], attributes=["n_products"])

    assert listed == 422
    assert by_name["data"] == [{"id": ids[0], "filename": BEACH}]
    assert by_id["data"] == [{"id": ids[0], "n_products": 1}]


def test_a_gallery_appends_and_the_thumbnail_is_replaced(account: Account) -> None:
    """201 for both; the second time 409 `already linked`, for each attribute apart."""
    path = f"/api/v1/products/{account.product_id(BLACK)}/assets"
    beach = account.asset_id(BEACH)
    answers = [
        _send(account, "POST", path, {"id": beach, "attribute_label": label})
        for label in ("amazon_images", "thumbnail", "amazon_images", "thumbnail")
    ]
    links = run_in_virtual_time(lambda: account.links(BLACK))

    assert [status for status, _ in answers] == [201, 201, 409, 409]
    assert answers[0][1] == {"data": [{"id": beach}]}
    assert answers[2][1]["error"] == {
        "msg": f"Asset id {beach} is already linked to product attribute",
        "errors": [{"field": "asset.id", "msg": "already linked"}],
    }
    assert BEACH in links["amazon_images"]
    assert links["thumbnail"] == [BEACH]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"attribute_label": "thumbnail"}, 422, "id"),
        ({"id": UNKNOWN}, 422, "attribute_label"),
        ({"id": UNKNOWN, "attribute_label": "thumbnail"}, 404, "asset.id"),
        ({"id": "BEACH", "attribute_label": "color"}, 422, "attribute_label"),
        ({"id": "BEACH", "attribute_label": "nothing"}, 422, "attribute_label"),
    ],
)
def test_what_can_not_be_linked(account: Account, body: Any, status: int, field: str) -> None:
    """The asset and a media attribute must exist, and both be named."""
    if body.get("id") == "BEACH":
        body = body | {"id": account.asset_id(BEACH)}
    path = f"/api/v2/products/{account.product_id(BLACK)}/assets"
    answered, answer = _send(account, "POST", path, body)

    assert (answered, answer["error"]["errors"][0]["field"]) == (status, field)


def test_a_product_holds_three_hundred_assets(account: Account) -> None:
    """The next one is refused."""
    id_ = account.product_id(BLACK)
    many = [f"69ee{number:020x}" for number in range(299)]
    with account.sandbox.store.transaction() as store:
        row = store.all("product")[id_]
        store.put("product", id_, row | {"media": {"amazon_images": many}, "thumbnail": UNKNOWN})
    body = {"id": account.asset_id(BEACH), "attribute_label": "amazon_images"}

    assert _send(account, "POST", f"/api/v1/products/{id_}/assets", body)[0] == 422


def test_unlinking_takes_an_asset_off_every_attribute(account: Account) -> None:
    """204, the asset stays; the second time it is not related any more."""
    account.edit("product", BROWN, thumbnail=BEACH)
    path = f"/api/v1/products/{account.product_id(BROWN)}/assets/{account.asset_id(BEACH)}"
    first, _ = _send(account, "DELETE", path)
    second, answer = _send(account, "DELETE", path)
    links = run_in_virtual_time(lambda: account.links(BROWN))

    assert (first, second) == (204, 404)
    assert "is not related to product id" in answer["error"]["msg"]
    assert "lifestyle_images" not in links
    assert links["thumbnail"] == []
    assert len(links["amazon_images"]) == 4


def test_patching_a_product(account: Account) -> None:
    """v1 answers with the product, v2 with its id; a thumbnail is an object or null."""
    id_ = account.product_id(BLACK)
    beach = account.asset_id(BEACH)
    v1, whole = _send(account, "PATCH", f"/api/v1/products/{id_}", {"thumbnail": {"id": beach}})
    v2, short = _send(account, "PATCH", f"/api/v2/products/{id_}", {"thumbnail": None})
    bad, words = _send(account, "PATCH", f"/api/v1/products/{id_}", {"thumbnail": beach})

    assert (v1, whole["data"][0]["thumbnail"]["id"]) == (200, beach)
    assert (v2, "sku" in short["data"][0]) == (200, False)
    assert (bad, words["error"]["errors"]) == (
        422,
        [{"field": "thumbnail", "msg": {"_schema": ["Invalid input type."]}}],
    )
    assert run_in_virtual_time(lambda: account.links(BLACK))["thumbnail"] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "Ready"}, "Value is not valid, valid values are [Draft, Completed, Archived]"),
        ({"attributes": {"color": "Red"}}, "['Red'] are not a valid values for Color attribute."),
        ({"attributes": {"nothing": "x"}}, "attribute does not exist"),
        ({"attributes": {"amazon_images": [UNKNOWN]}}, "asset does not exist"),
    ],
)
def test_product_values_are_validated(account: Account, body: Any, words: str) -> None:
    """422 by field, and nothing is changed."""
    path = f"/api/v1/products/{account.product_id(BLACK)}"
    before = _send(account, "GET", path)
    status, answer = _send(account, "PATCH", path, body)

    assert (status, answer["error"]["msg"]) == (422, "product data validation failed")
    assert answer["error"]["errors"][0]["msg"] == words
    assert _send(account, "GET", path) == before


def test_what_is_not_there_is_a_404_in_the_vendors_words(account: Account) -> None:
    """Products and assets each name themselves."""
    answers = [
        _send(account, "GET", f"/api/v2/products/{UNKNOWN}"),
        _send(account, "GET", f"/api/v1/assets/{UNKNOWN}"),
    ]

    assert answers == [
        (404, _error(f" No results found for {UNKNOWN}", "id", "product does not exist")),
        (404, _error(f" No results found for {UNKNOWN}", "asset_id", "asset does not exist")),
    ]


def _error(msg: str, field: str, words: str) -> dict[str, Any]:
    return {"error": {"msg": msg, "errors": [{"field": field, "msg": words}]}}


def test_what_can_be_searched_by_is_listed(account: Account) -> None:
    """The filters endpoints name operators as the vendor does: no `in` for a SKU."""
    products = _send(account, "GET", "/api/v1/filters/product")[1]["data"][0]
    assets = _send(account, "GET", "/api/v1/filters/asset")[1]["data"][0]
    operators = {row["key"]: row["operators"] for row in products["attributes"]}

    assert operators["sku"] == ["exists", "!exists", "like", "eq", "!eq"]
    assert operators["attributes.amazon_images"] == ["exists", "!exists"]
    assert {row["key"] for row in products["properties"]} == {"_is_variation", "_has_variations"}
    names = {row["key"]: row["operators"] for row in assets["attributes"]}
    assert names["filename"] == ["like", "eq", "!eq"]


def test_attributes_are_searched_with_their_options(account: Account) -> None:
    """What is asked for is told, and the id."""
    _, answer = _search(
        account,
        "v1/attributes/product",
        [_is("label", "eq", "color")],
        attributes=["type_class", "options"],
    )

    assert [{**row, "id": ""} for row in answer["data"]] == [
        {"id": "", "type_class": "DropdownAttribute", "options": ["Black", "Brown", "Navy"]}
    ]
