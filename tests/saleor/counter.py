"""The sandbox over a counter: plain requests in, answers out, no provider in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import httpx

from providers.kit.store import Store
from providers.saleor.sandbox import SaleorSandbox

LITTLE: Mapping[str, Any] = {
    "shop": {"name": "Little"},
    "apps": [
        {
            "name": "All",
            "token": "sandbox",
            "permissions": [
                "MANAGE_PRODUCTS",
                "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
                "MANAGE_TRANSLATIONS",
            ],
        },
        {"name": "None", "token": "poor", "permissions": []},
        {"name": "Gone", "token": "gone", "isActive": False, "permissions": ["MANAGE_PRODUCTS"]},
    ],
    "channels": [
        {"name": "One", "slug": "one", "currencyCode": "USD"},
        {"name": "Two", "slug": "two", "currencyCode": "EUR"},
    ],
    "attributes": [
        {
            "name": "Colour",
            "slug": "colour",
            "inputType": "DROPDOWN",
            "values": [
                {"name": "Red", "externalReference": "colour/red", "translations": {"EN": "Red!"}},
                {"name": "Blue"},
            ],
        },
        {
            "name": "Care",
            "slug": "care",
            "inputType": "MULTISELECT",
            "values": [{"name": "Wash 30"}, {"name": "No iron"}],
        },
        {"name": "Handmade", "slug": "handmade", "inputType": "BOOLEAN"},
        {"name": "Weight", "slug": "weight", "inputType": "NUMERIC"},
        {"name": "Hidden", "slug": "hidden", "inputType": "BOOLEAN", "visibleInStorefront": False},
        {"name": "Loose", "slug": "loose", "inputType": "DROPDOWN", "values": [{"name": "A"}]},
    ],
    "productTypes": [
        {
            "name": "Lamp",
            "slug": "lamp",
            "productAttributes": ["colour", "care", "handmade", "weight", "hidden"],
        }
    ],
    "products": [
        {
            "name": "Desk lamp",
            "slug": "desk-lamp",
            "productType": "lamp",
            "channels": [{"channel": "one"}],
            "attributes": {"colour": ["red"], "care": ["wash-30"], "handmade": True},
        },
        {"name": "Draft", "slug": "draft", "productType": "lamp"},
    ],
}


class Counter:
    """`token=None`: nobody in particular asks."""

    def __init__(self, world: Mapping[str, Any] | None = LITTLE) -> None:
        self.sandbox = SaleorSandbox(Store(), world)

    def send(
        self, body: Any, token: str | None = "sandbox", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One POST to the API, as it comes."""
        own = {"Authorization": f"Bearer {token}"} if token else {}

        async def post() -> httpx.Response:
            door = httpx.ASGITransport(app=self.sandbox)
            async with httpx.AsyncClient(transport=door, base_url="http://sandbox") as client:
                content = {"content": body} if isinstance(body, bytes) else {"json": body}
                return await client.post("/graphql/", headers={**own, **(headers or {})}, **content)

        return anyio.run(post)

    def ask(self, query: str, token: str | None = "sandbox", **variables: Any) -> Any:
        """The answer's body."""
        return self.send({"query": query, "variables": variables}, token).json()

    def data(self, query: str, **variables: Any) -> Any:
        """The data of a request that nothing is wrong with."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def id_of(self, attribute: str, value: str | None = None) -> str:
        found = self.data(
            "query($s: String) { attribute(slug: $s) { id"
            " choices(first: 100) { edges { node { id slug } } } } }",
            s=attribute,
        )["attribute"]
        if value is None:
            return str(found["id"])
        nodes = [edge["node"] for edge in found["choices"]["edges"]]
        return str(next(node["id"] for node in nodes if node["slug"] == value))

    def values(self, attribute: str) -> list[tuple[str, str]]:
        """Slug and name of each choice, in their order."""
        found = self.data(
            "query($s: String) { attribute(slug: $s) {"
            " choices(first: 100) { edges { node { slug name } } } } }",
            s=attribute,
        )["attribute"]
        nodes = [edge["node"] for edge in found["choices"]["edges"]]
        return [(node["slug"], node["name"]) for node in nodes]

    def carried(self, product: str = "desk-lamp") -> dict[str, list[str]]:
        """Value slugs of a product by attribute."""
        found = self.data(
            "query($s: String) { product(slug: $s) {"
            " attributes { attribute { slug } values { slug } } } }",
            s=product,
        )["product"]
        return {
            selected["attribute"]["slug"]: [value["slug"] for value in selected["values"]]
            for selected in found["attributes"]
        }
