"""Definitions of the emulated shop: their traits, their limits, and what they ask of values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shopify.emulated import Emulated

CREATE = """mutation ($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition {
      id
      pinnedPosition
      access { admin storefront customerAccount }
      capabilities {
        adminFilterable { enabled eligible status }
        uniqueValues { enabled }
        smartCollectionCondition { enabled eligible }
      }
      constraints { key values(first: 5) { nodes { value } } }
      validationStatus
    }
    userErrors { field message code }
  }
}"""
UPDATE = """mutation ($definition: MetafieldDefinitionUpdateInput!) {
  metafieldDefinitionUpdate(definition: $definition) {
    updatedDefinition {
      access { admin storefront customerAccount }
      capabilities { adminFilterable { enabled } uniqueValues { enabled } }
      constraints { key values(first: 5) { nodes { value } } }
    }
    userErrors { field message code }
  }
}"""
PIN = """mutation ($id: ID!) {
  metafieldDefinitionPin(definitionId: $id) {
    pinnedDefinition { pinnedPosition } userErrors { message code }
  }
}"""
UNPIN = """mutation ($id: ID!) {
  metafieldDefinitionUnpin(definitionId: $id) {
    unpinnedDefinition { pinnedPosition } userErrors { message code }
  }
}"""
SET = """mutation ($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { type value jsonValue sizeInBytes }
    userErrors { field message code }
  }
}"""


def stated(key: str = "fit", **parts: Any) -> dict[str, Any]:
    plain = {"type": "single_line_text_field", "name": "Fit", "ownerType": "PRODUCT"}
    return {**plain, "namespace": "house", "key": key, **parts}


def created(shop: Emulated, **parts: Any) -> Any:
    payload = shop.data(CREATE, definition=stated(**parts))["metafieldDefinitionCreate"]
    assert payload["userErrors"] == []
    return payload["createdDefinition"]


def refused(shop: Emulated, **parts: Any) -> tuple[Any, str]:
    payload = shop.data(CREATE, definition=stated(**parts))["metafieldDefinitionCreate"]
    (error,) = payload["userErrors"]
    return error["field"], error["code"]


def test_traits_have_defaults() -> None:
    """A merchant's namespace is open to all apps, the app's own to the merchant's eyes."""
    shop = Emulated()
    ours, own = created(shop), created(shop, namespace="$app", key="own")

    assert ours["access"] == _access("PUBLIC_READ_WRITE")
    assert own["access"] == _access("MERCHANT_READ")
    assert ours["capabilities"]["adminFilterable"] == {
        "enabled": False,
        "eligible": True,
        "status": "NOT_FILTERABLE",
    }
    assert ours["constraints"] == {"key": None, "values": {"nodes": []}}


def _access(admin: str) -> dict[str, str]:
    return {"admin": admin, "storefront": "NONE", "customerAccount": "NONE"}


def test_only_what_is_stated_of_traits_changes() -> None:
    """Constraints come and go one by one; a null key takes them all."""
    shop = Emulated()
    constraints = {"key": "category", "values": ["a", "b"]}
    created(
        shop,
        access={"storefront": "PUBLIC_READ"},
        capabilities={"adminFilterable": {"enabled": True}},
        constraints=constraints,
    )
    changed = _updated(
        shop,
        access={"customerAccount": "READ"},
        capabilities={"uniqueValues": {"enabled": True}},
        constraintsUpdates={"values": [{"delete": "a"}, {"create": "c"}]},
    )
    freed = _updated(shop, constraintsUpdates={"key": None})

    assert changed["access"]["storefront"] == "PUBLIC_READ"
    assert changed["access"]["customerAccount"] == "READ"
    assert changed["capabilities"]["adminFilterable"]["enabled"]
    assert changed["capabilities"]["uniqueValues"]["enabled"]
    assert [v["value"] for v in changed["constraints"]["values"]["nodes"]] == ["b", "c"]
    assert freed["constraints"]["key"] is None


def _updated(shop: Emulated, **parts: Any) -> Any:
    identity = {"ownerType": "PRODUCT", "namespace": "house", "key": "fit"}
    payload = shop.data(UPDATE, definition={**identity, **parts})["metafieldDefinitionUpdate"]
    assert payload["userErrors"] == []
    return payload["updatedDefinition"]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"access": {"admin": "MERCHANT_READ"}}, (["definition"], "INVALID")),
        (
            {"type": "json", "capabilities": {"uniqueValues": {"enabled": True}}},
            (["definition", "capabilities", "uniqueValues"], "INVALID_CAPABILITY"),
        ),
        (
            {"type": "id", "capabilities": {"uniqueValues": {"enabled": False}}},
            (["definition"], "CAPABILITY_REQUIRED_BUT_DISABLED"),
        ),
        (
            {"constraints": {"key": "category", "values": ["a"]}, "pin": True},
            (["definition"], "UNSUPPORTED_PINNING"),
        ),
    ],
)
def test_traits_that_do_not_fit_are_refused(parts: Any, told: Any) -> None:
    """With a code of their own."""
    assert refused(Emulated(), **parts) == told


def test_a_pin_takes_the_next_place_and_leaves_no_gap() -> None:
    """Pinning twice, or what is constrained, is refused."""
    shop = Emulated()
    first, second = (created(shop, key=key, pin=True) for key in ("one", "two"))
    again = shop.data(PIN, id=first["id"])["metafieldDefinitionPin"]
    gone = shop.data(UNPIN, id=first["id"])["metafieldDefinitionUnpin"]
    nothing = shop.data(UNPIN, id=first["id"])["metafieldDefinitionUnpin"]
    back = shop.data(PIN, id=first["id"])["metafieldDefinitionPin"]

    assert second["pinnedPosition"] == first["pinnedPosition"] + 1
    assert again["userErrors"][0]["code"] == "ALREADY_PINNED"
    assert gone["unpinnedDefinition"] == {"pinnedPosition": None}
    assert nothing["userErrors"][0]["code"] == "NOT_PINNED"
    assert back["pinnedDefinition"]["pinnedPosition"] == second["pinnedPosition"]


def test_values_that_were_there_before_are_judged() -> None:
    """Those that fit take the definition's type, the others are told."""
    shop = Emulated()
    for handle, value in (("arp-dress-black", "12"), ("arp-dress-ivory", "a dozen")):
        shop.edit(
            "metafield", f"product/{handle}/house.count", type="multi_line_text_field", value=value
        )
    definition = created(shop, key="count", type="number_integer")

    assert definition["validationStatus"] == "SOME_INVALID"


@pytest.mark.parametrize(
    ("type_", "sent", "stored", "json"),
    [
        ("weight", '{"unit": "kg", "value": 2}', '{"value":2.0,"unit":"KILOGRAMS"}', None),
        ("list.number_integer", "[3, 1]", "[3,1]", [3, 1]),
        ("list.number_decimal", "[1.50]", '["1.5"]', ["1.5"]),
        ("list.date", '["2026-01-02"]', '["2026-01-02"]', ["2026-01-02"]),
        ("number_decimal", "1.1234567899", "1.123456789", "1.123456789"),
    ],
)
def test_values_are_stored_in_one_form(type_: str, sent: str, stored: str, json: Any) -> None:
    """Whatever way they are written; `jsonValue` is the same as JSON."""
    (told,) = _set(Emulated(), type_, sent)["metafields"]

    assert told["value"] == stored
    assert json is None or told["jsonValue"] == json


@pytest.mark.parametrize(
    ("type_", "rule", "value"),
    [
        ("number_integer", {"name": "max", "value": "10"}, "11"),
        ("number_decimal", {"name": "max_precision", "value": "2"}, "1.234"),
        ("date", {"name": "min", "value": "2026-01-01"}, "2025-12-31"),
        ("url", {"name": "allowed_domains", "value": '["a.example"]'}, "https://b.example/"),
        ("list.single_line_text_field", {"name": "list.max", "value": "1"}, '["a","b"]'),
    ],
)
def test_a_definition_s_rules_hold(type_: str, rule: Any, value: str) -> None:
    """Numbers and dates by their size, lists by their length."""
    shop = Emulated()
    created(shop, type=type_, validations=[rule])
    (error,) = _set(shop, None, value)["userErrors"]

    assert (error["field"], error["code"]) == (["metafields", "0", "value"], "INVALID_VALUE")


def _set(shop: Emulated, type_: str | None, value: str) -> Any:
    found = shop.data('{ productByHandle(handle: "arp-dress-black") { id } }')
    row = {"ownerId": found["productByHandle"]["id"], "namespace": "house", "key": "fit"}
    return shop.data(SET, metafields=[{**row, "type": type_, "value": value}])["metafieldsSet"]
