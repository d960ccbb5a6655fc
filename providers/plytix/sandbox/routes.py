"""Which request is answered by what: paths, methods, and what is refused before either."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from providers.kit.store import Store
from providers.plytix.sandbox import (
    assets,
    attributes,
    categories,
    limits,
    links,
    products,
    relationships,
    tokens,
)
from providers.plytix.sandbox.refusal import bad_status, invalid

TOKEN_PATH: Final = "/auth/api/get-token"  # noqa: S105 - a path, not a password
NOT_FOUND: Final = (
    "The requested URL was not found on the server. If you entered the URL manually please"
    " check your spelling and try again."
)
NOT_ALLOWED: Final = "The method is not allowed for the requested URL."


@dataclass(frozen=True)
class Call:
    """One request that was let in: its path's parts, its body, and the moment."""

    store: Store
    version: str
    ids: Mapping[str, str]
    content: bytes
    instant: str

    @property
    def body(self) -> Any:
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise bad_status(400, f"Failed to decode JSON object: {error}") from None


Handler = Callable[[Call], Response]


def answer(store: Store, request: Request, content: bytes, now: float) -> Response:
    """The platform's answer: the token endpoint, or the API behind token and limits."""
    path = request.url.path
    if path == TOKEN_PATH:
        return _token(store, request, content, now)
    if path.endswith("/"):
        return RedirectResponse(path.rstrip("/"), 308)
    account = store.all("account")["account"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not tokens.holds(token, account, now):
        # Assumed words; code and envelope are the vendor's.
        raise bad_status(401, "Token is missing, invalid or expired")
    windows = account["rate_limit"]
    refused = limits.admit(store, "api", windows, now, says_when=account["retry_after"])
    return refused or _routed(store, request, content, now)


def _token(store: Store, request: Request, content: bytes, now: float) -> Response:
    if request.method != "POST":
        raise bad_status(405, NOT_ALLOWED)
    account = store.all("account")["account"]
    refused = limits.admit(
        store, "auth", limits.AUTH_WINDOWS, now, says_when=account["retry_after"]
    )
    if refused:
        return refused
    body = Call(store, "", {}, content, "").body
    missing = [name for name in ("api_key", "api_password") if not body.get(name)]
    if missing:
        raise invalid(*((name, "Missing data for required field.") for name in missing))
    if (body["api_key"], body["api_password"]) != (account["api_key"], account["api_password"]):
        raise bad_status(401, "Bad api_key or api_password: Credentials not valid")
    token = tokens.mint(account, now)
    headers = {"ratelimit-limit": "8", "x-ratelimit-limit-second": "8"}
    data = [{"access_token": token, "refresh_token": token}]
    return JSONResponse({"data": data}, 200, headers)


def _routed(store: Store, request: Request, content: bytes, now: float) -> Response:
    methods = [
        (method, handler, match.groupdict())
        for method, pattern, handler in ROUTES
        if (match := pattern.fullmatch(request.url.path))
    ]
    if not methods:
        raise bad_status(404, NOT_FOUND)
    for method, handler, ids in methods:
        if method == request.method:
            version = request.url.path.split("/")[2]
            return handler(Call(store, version, ids, content, tokens.instant(now)))
    raise bad_status(405, NOT_ALLOWED)


def _data(*rows: Any, status: int = 200) -> Response:
    return JSONResponse({"data": list(rows)}, status)


def _search_products(call: Call) -> Response:
    return JSONResponse(products.searched(call.store, call.version, call.body))


def _get_product(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    return _data(products.told(call.store, call.version, product))


def _patch_product(call: Call) -> Response:
    product = call.ids["product"]
    return _data(products.patched(call.store, call.version, product, call.body, call.instant))


def _create_product(call: Call) -> Response:
    made = products.created(call.store, call.version, call.body, call.instant)
    response = _data(made, status=201)
    response.headers["Location"] = f"/api/{call.version}/products/{made['id']}"
    return response


def _delete_product(call: Call) -> Response:
    products.deleted(call.store, call.ids["product"])
    return Response(status_code=204)


def _list_links(call: Call) -> Response:
    return JSONResponse(links.listed(call.store, call.ids["product"]))


def _get_link(call: Call) -> Response:
    return JSONResponse(links.shown(call.store, call.ids["product"], call.ids["asset"]))


def _link(call: Call) -> Response:
    made = links.made(call.store, call.ids["product"], call.body, call.instant)
    return JSONResponse(made, 201)


def _unlink(call: Call) -> Response:
    links.removed(call.store, call.ids["product"], call.ids["asset"], call.instant)
    return Response(status_code=204)


def _create_asset(call: Call) -> Response:
    return _data(assets.created(call.store, call.body, call.instant), status=201)


def _search_assets(call: Call) -> Response:
    return JSONResponse(assets.searched(call.store, call.body))


def _get_asset(call: Call) -> Response:
    return _data(assets.told(call.store, assets.existing(call.store, call.ids["asset"])))


def _patch_asset(call: Call) -> Response:
    return _data(assets.patched(call.store, call.ids["asset"], call.body, call.instant))


def _delete_asset(call: Call) -> Response:
    assets.deleted(call.store, call.ids["asset"])
    return Response(status_code=204)


def _search_attributes(call: Call) -> Response:
    return JSONResponse(attributes.searched(call.store, call.body))


def _create_attribute(call: Call) -> Response:
    return _data(attributes.created(call.store, call.body), status=201)


def _get_attribute(call: Call) -> Response:
    return _data(attributes.told(attributes.existing(call.store, call.ids["attribute"])))


def _patch_attribute(call: Call) -> Response:
    return _data(attributes.patched(call.store, call.ids["attribute"], call.body))


def _delete_attribute(call: Call) -> Response:
    attributes.deleted(call.store, call.ids["attribute"])
    return Response(status_code=204)


def _search_categories(call: Call) -> Response:
    return JSONResponse(categories.searched(call.store, call.body))


def _create_category(call: Call) -> Response:
    made = categories.created(call.store, call.ids.get("category"), call.body)
    return _data(made, status=201)


def _get_category(call: Call) -> Response:
    category = categories.existing(call.store, call.ids["category"])
    return _data(categories.told(call.store, category))


def _patch_category(call: Call) -> Response:
    return _data(categories.patched(call.store, call.ids["category"], call.body))


def _delete_category(call: Call) -> Response:
    categories.deleted(call.store, call.ids["category"])
    return Response(status_code=204)


def _put_into_category(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    made = categories.linked(call.store, product, call.body, call.instant)
    return JSONResponse(made, 201)


def _take_from_category(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    categories.unlinked(call.store, product, call.ids["category"], call.instant)
    return Response(status_code=204)


def _search_relationships(call: Call) -> Response:
    return JSONResponse(relationships.searched(call.store, call.body))


def _create_relationship(call: Call) -> Response:
    return _data(relationships.created(call.store, call.body), status=201)


def _get_relationship(call: Call) -> Response:
    return _data(relationships.existing(call.store, call.ids["relationship"]))


def _patch_relationship(call: Call) -> Response:
    return _data(relationships.patched(call.store, call.ids["relationship"], call.body))


def _delete_relationship(call: Call) -> Response:
    relationships.deleted(call.store, call.ids["relationship"])
    return Response(status_code=204)


def _relate(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    relationship = call.ids["relationship"]
    made = relationships.related(call.store, product, relationship, call.body, call.instant)
    return JSONResponse(made, 201)


def _count_related(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    relationship, other = call.ids["relationship"], call.ids["other"]
    made = relationships.counted(call.store, product, relationship, other, call.body, call.instant)
    return JSONResponse(made)


def _unlink_related(call: Call) -> Response:
    """v1's form: the ids under a name."""
    product = products.existing(call.store, call.ids["product"])
    body = call.body.get("product_relationships") if isinstance(call.body, dict) else None
    relationships.unrelated(call.store, product, call.ids["relationship"], body, call.instant)
    return Response(status_code=204)


def _unrelate(call: Call) -> Response:
    product = products.existing(call.store, call.ids["product"])
    relationship = call.ids["relationship"]
    relationships.unrelated(call.store, product, relationship, call.body, call.instant)
    return Response(status_code=204)


def _product_filters(call: Call) -> Response:
    return JSONResponse(products.filters(call.store))


def _asset_filters(call: Call) -> Response:
    return JSONResponse(assets.filters(call.store))


def _route(method: str, path: str, handler: Handler) -> tuple[str, re.Pattern[str], Handler]:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9a-f]{24})", path)
    return method, re.compile("/api/" + pattern), handler


ROUTES: Final = (
    _route("POST", "v[12]/products/search", _search_products),
    _route("POST", "v[12]/products", _create_product),
    _route("DELETE", "v[12]/products/{product}", _delete_product),
    _route("GET", "v[12]/products/{product}", _get_product),
    _route("PATCH", "v[12]/products/{product}", _patch_product),
    _route("GET", "v[12]/products/{product}/assets", _list_links),
    _route("POST", "v[12]/products/{product}/assets", _link),
    _route("GET", "v1/products/{product}/assets/{asset}", _get_link),
    _route("DELETE", "v[12]/products/{product}/assets/{asset}", _unlink),
    _route("POST", "v1/assets", _create_asset),
    _route("POST", "v1/assets/search", _search_assets),
    _route("GET", "v1/assets/{asset}", _get_asset),
    _route("PATCH", "v1/assets/{asset}", _patch_asset),
    _route("DELETE", "v1/assets/{asset}", _delete_asset),
    _route("POST", "v1/attributes/product/search", _search_attributes),
    _route("POST", "v1/attributes/product", _create_attribute),
    _route("GET", "v1/attributes/product/{attribute}", _get_attribute),
    _route("PATCH", "v1/attributes/product/{attribute}", _patch_attribute),
    _route("DELETE", "v1/attributes/product/{attribute}", _delete_attribute),
    _route("POST", "v1/categories/product/search", _search_categories),
    _route("POST", "v1/categories/product", _create_category),
    _route("POST", "v1/categories/product/{category}", _create_category),
    _route("GET", "v1/categories/product/{category}", _get_category),
    _route("PATCH", "v1/categories/product/{category}", _patch_category),
    _route("DELETE", "v1/categories/product/{category}", _delete_category),
    _route("POST", "v[12]/products/{product}/categories", _put_into_category),
    _route("DELETE", "v[12]/products/{product}/categories/{category}", _take_from_category),
    _route("POST", "v1/relationships/search", _search_relationships),
    _route("POST", "v1/relationships", _create_relationship),
    _route("GET", "v1/relationships/{relationship}", _get_relationship),
    _route("PATCH", "v1/relationships/{relationship}", _patch_relationship),
    _route("DELETE", "v1/relationships/{relationship}", _delete_relationship),
    _route("POST", "v[12]/products/{product}/relationships/{relationship}", _relate),
    _route("PATCH", "v[12]/products/{product}/relationships/{relationship}", _relate),
    _route("DELETE", "v[12]/products/{product}/relationships/{relationship}", _unrelate),
    _route("POST", "v1/products/{product}/relationships/{relationship}/unlink", _unlink_related),
    _route(
        "PATCH",
        "v1/products/{product}/relationships/{relationship}/product/{other}",
        _count_related,
    ),
    _route("GET", "v1/filters/product", _product_filters),
    _route("GET", "v1/filters/asset", _asset_filters),
)
