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
    """Those that were pinned later move up; pinning twice, or what is constrained, is refused."""
    shop = Emulated()
    first, second = (created(shop, key=key, pin=True) for key in ("one", "two"))
    bound = created(shop, key="bound", constraints={"key": "category", "values": ["a"]})
    again = shop.data(PIN, id=first["id"])["metafieldDefinitionPin"]
    refused_ = shop.data(PIN, id=bound["id"])["metafieldDefinitionPin"]
    gone = shop.data(UNPIN, id=first["id"])["metafieldDefinitionUnpin"]
    moved_up = _pins(shop)
    nothing = shop.data(UNPIN, id=first["id"])["metafieldDefinitionUnpin"]
    back = shop.data(PIN, id=first["id"])["metafieldDefinitionPin"]

    assert second["pinnedPosition"] == first["pinnedPosition"] + 1
    assert again["userErrors"][0]["code"] == "ALREADY_PINNED"
    assert refused_["userErrors"][0]["code"] == "UNSUPPORTED_PINNING"
    assert gone["unpinnedDefinition"] == {"pinnedPosition": None}
    assert moved_up == {"two": first["pinnedPosition"]}
    assert nothing["userErrors"][0]["code"] == "NOT_PINNED"
    assert back["pinnedDefinition"]["pinnedPosition"] == second["pinnedPosition"]
    assert _pins(shop) == {"two": first["pinnedPosition"], "one": second["pinnedPosition"]}


LISTED = """query ($sortKey: MetafieldDefinitionSortKeys, $pinned: MetafieldDefinitionPinnedStatus,
    $constrained: MetafieldDefinitionConstraintStatus) {
  metafieldDefinitions(first: 250, ownerType: PRODUCT, namespace: "house", sortKey: $sortKey,
      pinnedStatus: $pinned, constraintStatus: $constrained) {
    nodes { key pinnedPosition }
  }
}"""


def _listed(shop: Emulated, **asked: Any) -> list[Any]:
    plain = {"sortKey": "ID", "pinned": "ANY", "constrained": None}
    nodes: list[Any] = shop.data(LISTED, **{**plain, **asked})["metafieldDefinitions"]["nodes"]
    return nodes


def _pins(shop: Emulated) -> dict[str, int]:
    return {d["key"]: d["pinnedPosition"] for d in _listed(shop, pinned="PINNED")}


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({"sortKey": "ID"}, ["fit", "bound", "cut", "age"]),
        ({"sortKey": "NAME"}, ["age", "bound", "cut", "fit"]),
        ({"sortKey": "PINNED_POSITION", "pinned": "PINNED"}, ["cut", "fit"]),
        ({"pinned": "UNPINNED"}, ["bound", "age"]),
        ({"constrained": "CONSTRAINED_ONLY"}, ["bound"]),
        ({"constrained": "UNCONSTRAINED_ONLY"}, ["fit", "cut", "age"]),
    ],
)
def test_definitions_are_listed_as_asked(asked: dict[str, str], keys: list[str]) -> None:
    """In an order, pinned or not, constrained or not; what was pinned last comes first."""
    shop = Emulated()
    bound = {"constraints": {"key": "category", "values": ["a"]}}
    for key, parts in (
        ("fit", {"pin": True}),
        ("bound", bound),
        ("cut", {"pin": True}),
        ("age", {}),
    ):
        created(shop, key=key, name=key.title(), **parts)

    assert [definition["key"] for definition in _listed(shop, **asked)] == keys


def test_no_more_than_fifty_are_pinned() -> None:
    """Whichever way the next one is pinned."""
    shop = Emulated()
    there = shop.data(LISTED.replace(', namespace: "house"', ""), pinned="PINNED", sortKey="ID")
    for number in range(50 - len(there["metafieldDefinitions"]["nodes"])):
        created(shop, key=f"key_{number}", pin=True)
    one_more = created(shop, key="one_more")
    identity = {"ownerType": "PRODUCT", "namespace": "house", "key": "one_more"}
    update = shop.data(UPDATE, definition={**identity, "pin": True})["metafieldDefinitionUpdate"]
    pinned = shop.data(PIN, id=one_more["id"])["metafieldDefinitionPin"]

    assert refused(shop, key="another", pin=True) == (["definition"], "PINNED_LIMIT_REACHED")
    assert update["updatedDefinition"] is None
    assert update["userErrors"][0]["code"] == "PINNED_LIMIT_REACHED"
    assert pinned["userErrors"][0]["code"] == "PINNED_LIMIT_REACHED"
    assert "one_more" not in _pins(shop)


def test_a_type_of_owner_has_256_definitions() -> None:
    """The app's own are counted apart, and so are those of other types of owners."""
    shop = Emulated()
    for number in range(256):
        shop.edit(
            "metafieldDefinition",
            f"page/house.key_{number}",
            name="Key",
            type="single_line_text_field",
        )

    code = "RESOURCE_TYPE_LIMIT_EXCEEDED"
    assert refused(shop, ownerType="PAGE") == (["definition"], code)
    assert created(shop, ownerType="PAGE", namespace="$app")
    assert created(shop, ownerType="BLOG")


@pytest.mark.parametrize(
    ("capability", "most", "code"),
    [
        ("adminFilterable", 50, "OWNER_TYPE_LIMIT_EXCEEDED_FOR_USE_AS_ADMIN_FILTERS"),
        ("smartCollectionCondition", 128, "OWNER_TYPE_LIMIT_EXCEEDED_FOR_AUTOMATED_COLLECTIONS"),
    ],
)
def test_few_of_a_type_of_owner_may_be_filtered_or_decided_by(
    capability: str, most: int, code: str
) -> None:
    """Those of another type of owner are counted apart."""
    shop = Emulated()
    enabled = {"capabilities": {capability: {"enabled": True}}}
    line = {"type": "single_line_text_field", **enabled}
    for number in range(most):
        shop.edit("metafieldDefinition", f"productvariant/house.key_{number}", **line)
    other = created(shop, ownerType="PRODUCT", **enabled)

    assert refused(shop, ownerType="PRODUCTVARIANT", **enabled) == (["definition"], code)
    assert other["capabilities"][capability]["enabled"]


JUDGED = """query ($identifier: MetafieldDefinitionIdentifierInput!) {
  metafieldDefinition(identifier: $identifier) {
    validationStatus
    all: metafieldsCount valid: metafieldsCount(validationStatus: VALID)
    metafields(first: 9, validationStatus: %s) {
      nodes { type value owner { ... on Product { handle } } }
    }
  }
}"""


def test_values_that_were_there_before_are_judged() -> None:
    """Those that fit take the definition's type, the others are told and stay as they are."""
    shop = Emulated()
    for handle, value in (("arp-dress-black", "12"), ("arp-dress-ivory", "a dozen")):
        shop.edit(
            "metafield", f"product/{handle}/house.count", type="multi_line_text_field", value=value
        )
    definition = created(shop, key="count", type="number_integer")
    identity = {"ownerType": "PRODUCT", "namespace": "house", "key": "count"}
    told = {
        status: shop.data(JUDGED % status, identifier=identity)["metafieldDefinition"]
        for status in ("VALID", "INVALID")
    }

    assert definition["validationStatus"] == told["VALID"]["validationStatus"] == "SOME_INVALID"
    assert (told["VALID"]["all"], told["VALID"]["valid"]) == (2, 1)
    assert {status: answer["metafields"]["nodes"] for status, answer in told.items()} == {
        "VALID": [
            {"type": "number_integer", "value": "12", "owner": {"handle": "arp-dress-black"}}
        ],
        "INVALID": [
            {
                "type": "multi_line_text_field",
                "value": "a dozen",
                "owner": {"handle": "arp-dress-ivory"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("type_", "sent", "stored", "json"),
    [
        (
            "weight",
            '{"unit": "kg", "value": 2}',
            '{"value":2.0,"unit":"KILOGRAMS"}',
            {"value": 2.0, "unit": "KILOGRAMS"},
        ),
        ("list.number_integer", "[3, 1]", "[3,1]", [3, 1]),
        ("list.number_decimal", "[1.50]", '["1.5"]', ["1.5"]),
        ("list.date", '["2026-01-02"]', '["2026-01-02"]', ["2026-01-02"]),
        ("number_decimal", "1.1234567899", "1.123456789", "1.123456789"),
    ],
)
def test_values_are_stored_in_one_form(type_: str, sent: str, stored: str, json: Any) -> None:
    """Whatever way they are written; `jsonValue` is the same as JSON."""
    (told,) = _set(Emulated(), type_, sent)["metafields"]

    assert told == {
        "type": type_,
        "value": stored,
        "jsonValue": json,
        "sizeInBytes": len(stored.encode()),
    }


@pytest.mark.parametrize(
    ("type_", "rule", "fits", "value"),
    [
        ("number_integer", {"name": "max", "value": "10"}, "10", "11"),
        ("number_decimal", {"name": "max_precision", "value": "2"}, "1.23", "1.234"),
        ("date", {"name": "min", "value": "2026-01-01"}, "2026-01-01", "2025-12-31"),
        (
            "url",
            {"name": "allowed_domains", "value": '["a.example"]'},
            "https://a.example/",
            "https://b.example/",
        ),
        ("list.single_line_text_field", {"name": "list.max", "value": "1"}, '["a"]', '["a","b"]'),
    ],
)
def test_a_definition_s_rules_hold(type_: str, rule: Any, fits: str, value: str) -> None:
    """Numbers and dates by their size, lists by their length; what is at the edge fits."""
    shop = Emulated()
    created(shop, type=type_, validations=[rule])
    kept = _set(shop, None, fits)
    refused_ = _set(shop, None, value)
    (error,) = refused_["userErrors"]

    assert (kept["userErrors"], len(kept["metafields"])) == ([], 1)
    assert (error["field"], error["code"]) == (["metafields", "0", "value"], "INVALID_VALUE")
    assert refused_["metafields"] == []


def _set(shop: Emulated, type_: str | None, value: str) -> Any:
    found = shop.data('{ productByHandle(handle: "arp-dress-black") { id } }')
    row = {"ownerId": found["productByHandle"]["id"], "namespace": "house", "key": "fit"}
    return shop.data(SET, metafields=[{**row, "type": type_, "value": value}])["metafieldsSet"]
