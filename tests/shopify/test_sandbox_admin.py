"""What an admin of the emulated shop may edit by hand, and how."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import UnknownThing
from tests.shopify.emulated import Emulated

FIT = "product/house.fit"
LINE = "single_line_text_field"
SHOWN = """{ metafieldDefinition(
  identifier: {ownerType: PRODUCT, namespace: "house", key: "fit"}
) {
  name description type { name } pinnedPosition access { storefront }
  capabilities { adminFilterable { enabled } } validations { name value }
  constraints { key values(first: 9) { nodes { value } } }
} }"""


def _shown(shop: Emulated) -> Any:
    return shop.data(SHOWN)["metafieldDefinition"]


def test_an_admin_makes_a_definition_as_the_api_does() -> None:
    """With its defaults, and with all that is said of it."""
    shop = Emulated()
    bound = {"key": "category", "values": [{"create": "a"}, {"create": "b"}]}
    shop.edit("metafieldDefinition", FIT, type=LINE, constraintsUpdates=bound, name="Fit")
    made = _shown(shop)
    shop.edit("metafieldDefinition", FIT, constraintsUpdates={"key": None})
    shop.edit(
        "metafieldDefinition",
        FIT,
        pin=True,
        description="How it sits.",
        capabilities={"adminFilterable": {"enabled": True}},
        validations=[{"name": "max", "value": "9"}],
    )
    pinned = _shown(shop)
    shop.edit("metafieldDefinition", FIT, pin=False, type="number_integer")
    last = _shown(shop)

    assert (made["name"], made["type"], made["pinnedPosition"]) == ("Fit", {"name": LINE}, None)
    assert made["access"] == {"storefront": "NONE"}
    assert [v["value"] for v in made["constraints"]["values"]["nodes"]] == ["a", "b"]
    assert pinned["constraints"]["key"] is None
    assert pinned["pinnedPosition"] is not None
    assert pinned["capabilities"]["adminFilterable"]["enabled"]
    assert pinned["validations"] == [{"name": "max", "value": "9"}]
    assert (last["type"], last["pinnedPosition"]) == ({"name": "number_integer"}, None)
    assert last["description"] == "How it sits."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"validations": [{"name": "wings", "value": "2"}]}, "invalid name: wings"),
        ({"type": "wings"}, "Type name wings is not a valid type"),
        ({"name": " "}, "Name can't be blank"),
        ({"access": {"admin": "MERCHANT_READ"}}, "access control is not permitted"),
        ({"capabilities": {"cartToOrderCopyable": {"enabled": True}}}, "is not valid for"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_an_admin_can_do_no_more_than_the_api(
    fields: dict[str, Any], words: str, is_there: bool
) -> None:
    """What could not be told afterwards is refused, and nothing is kept of it."""
    shop = Emulated()
    if is_there:
        shop.edit("metafieldDefinition", FIT, type=LINE)
    before = _shown(shop)
    with pytest.raises(UnknownThing, match=words):
        shop.edit("metafieldDefinition", FIT, **{"type": LINE, **fields})

    assert _shown(shop) == before
    assert (before is not None) == is_there


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"name": "Fit"}, "to make it, say its type"), ({"deleted": True}, f"there is no {FIT}")],
)
def test_what_is_not_there_is_told(fields: dict[str, Any], words: str) -> None:
    """A definition that is to be made takes a type, one that is to be deleted must be there."""
    shop = Emulated()
    with pytest.raises(UnknownThing, match=words):
        shop.edit("metafieldDefinition", FIT, **fields)

    assert _shown(shop) is None
