"""Metafields of products, from an intent to what plain requests see in the shop."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify.kinds.metafield import MetafieldKind
from reconciler.model.change import Action, Cause
from reconciler.model.outcome import Status
from tests.shopify import raw
from tests.shopify.documents import line, metafields
from tests.workshop import Workshop, problems_of

DEFINITIONS = {
    "fit": line(),
    "origin": {"type": "product_reference", "name": "Origin"},
    "guide": {"type": "page_reference", "name": "Guide"},
    "picture": {"type": "file_reference", "name": "Picture"},
    "pieces": {"type": "number_integer", "name": "Pieces"},
    "lined": {"type": "boolean", "name": "Lined"},
}
HANDLE = "play-bag-tan"


def values(**of: Any) -> dict[str, str]:
    return metafields(definitions=DEFINITIONS, values={HANDLE: of})


def apply(shop: Workshop, files: dict[str, str]) -> None:
    shop.write(files)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)


def settled(shop: Workshop) -> bool:
    plan = shop.plan()
    return plan.is_empty and not plan.recorded


@pytest.mark.parametrize(
    ("key", "value", "type_", "stored"),
    [
        ("fit", "Slim", "single_line_text_field", "Slim"),
        ("pieces", 3, "number_integer", "3"),
        ("lined", True, "boolean", "true"),
        ("lined", False, "boolean", "false"),
    ],
)
def test_a_value_is_stored_as_its_type_says(
    shop: Workshop, key: str, value: Any, type_: str, stored: str
) -> None:
    """Text, numbers and flags arrive in Shopify's own form, and stay equal afterwards."""
    apply(shop, values(**{key: value}))
    found = raw.metafield(shop, HANDLE, f"altuzarra.{key}")

    assert (found["type"], found["value"]) == (type_, stored)
    assert settled(shop)


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("origin", "play-bag-black", "watermill-belt"),
        ("guide", "about", "contact"),
        ("picture", "home_banner.jpg", "S226_8301-000001_swatch.jpg"),
    ],
)
def test_a_reference_is_stored_and_changed(
    shop: Workshop, key: str, first: str, second: str
) -> None:
    """A product, a page, a file: said by key, written by id, read back by key."""
    for name in (first, second):
        apply(shop, values(**{key: name}))
        found = raw.metafield(shop, HANDLE, f"altuzarra.{key}")["reference"]
        told = found.get("handle") or found["image"]["url"].split("?")[0].rsplit("/", 1)[-1]

        assert told == name
        assert settled(shop)


@pytest.mark.parametrize(
    ("key", "value", "edit", "path"),
    [
        ("fit", "Slim", {"value": "Wide"}, "value"),
        ("origin", "watermill-belt", {"product": "gift-card"}, "product"),
        ("guide", "about", {"page": "contact"}, "page"),
        ("picture", "home_banner.jpg", {"file": "lookbook_S226.pdf"}, "file"),
        ("fit", "Slim", {"type": "multi_line_text_field", "value": "Slim"}, "type"),
    ],
)
def test_each_field_drifts_and_comes_back(
    shop: Workshop, key: str, value: str, edit: dict[str, str], path: str
) -> None:
    """What somebody edits in the admin shows as drift of just that field, and is restored."""
    apply(shop, values(**{key: value}))
    shop.edit("metafield", f"product/{HANDLE}/altuzarra.{key}", **edit)
    (change,) = shop.drift().changes

    assert [(f.path, f.cause) for f in change.fields] == [(path, Cause.DRIFT)]
    assert not problems_of(shop.apply())
    assert settled(shop)


def test_null_deletes_a_value_and_wants_none(shop: Workshop) -> None:
    """null empties what is there, once; where nothing is there it asks for nothing."""
    apply(shop, values(fit="Slim", guide="about"))
    apply(shop, values(fit=None, guide=None, pieces=None))

    assert raw.metafield(shop, HANDLE, "altuzarra.fit") is None
    assert raw.metafield(shop, HANDLE, "altuzarra.guide") is None
    assert settled(shop)


def test_null_finds_a_value_that_came_back(shop: Workshop) -> None:
    """Managed and empty means that a value set by hand is drift."""
    apply(shop, values(fit="Slim"))
    apply(shop, values(fit=None))
    shop.edit("metafield", f"product/{HANDLE}/altuzarra.fit", value="Wide",
              type="single_line_text_field")  # fmt: skip
    (change,) = shop.drift().changes

    assert change.cause is Cause.DRIFT
    assert change.fields[0].after is None


def test_a_dropped_value_is_forgotten_and_stays(shop: Workshop) -> None:
    """git no longer speaks of it; the shop keeps it."""
    apply(shop, values(fit="Slim"))
    shop.write(values())
    (change,) = shop.plan().changes
    sent = len(shop.writes)
    shop.apply()

    assert change.action is Action.FORGET
    assert len(shop.writes) == sent
    assert raw.metafield(shop, HANDLE, "altuzarra.fit")["value"] == "Slim"
    assert settled(shop)


def test_25_values_a_request(shop: Workshop) -> None:
    """A hundred values take four requests."""
    keys = {f"key_{n:02}": line(f"Key {n}") for n in range(10)}
    handles = [n["handle"] for n in _products(shop)][:10]
    shop.write(metafields(definitions=keys))
    shop.apply()
    sent = len(shop.writes)
    apply(shop, metafields(definitions=keys, values={h: dict.fromkeys(keys, "x") for h in handles}))

    assert len(shop.writes) - sent == 4
    assert settled(shop)


def _products(shop: Workshop) -> Any:
    return raw.ask(shop, "{ products(first: 250) { nodes { handle } } }")["products"]["nodes"]


def test_one_bad_row_stops_no_other(shop: Workshop) -> None:
    """A batch is all or nothing on Shopify: the refused row is told, the others are written."""
    apply(shop, metafields(definitions={"fit": line()}))
    shop.edit("metafieldDefinition", "product/altuzarra.fit",
              validations=[{"name": "max", "value": "5"}])  # fmt: skip
    handles = ("play-bag-tan", "play-bag-black", "watermill-belt")
    texts = dict(zip(handles, ("Slim", "Much too wide", "Wide"), strict=True))
    shop.write(
        metafields(definitions={"fit": line()}, values={h: {"fit": t} for h, t in texts.items()})
    )
    applied = shop.apply()
    found = [raw.metafield(shop, handle, "altuzarra.fit") for handle in handles]

    assert len(problems_of(applied)) == 1
    assert "Value has a maximum length of 5." in problems_of(applied)[0]
    assert [row and row["value"] for row in found] == ["Slim", None, "Wide"]


def test_an_edit_since_the_plan_is_never_overwritten(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is quicker than the apply: an update, a creation and a deletion all hold back."""
    apply(shop, values(fit="Slim", guide="about"))
    shop.write(values(fit="Loose", guide=None, pieces=2))
    edits = {
        "fit": {"value": "Mine"},
        "guide": {"page": "contact"},
        "pieces": {"type": "number_integer", "value": "9"},
    }
    write = MetafieldKind.write

    async def edited_just_before(self: Any, session: Any, batch: Any) -> Any:
        for key in list(edits):
            name = f"product/{HANDLE}/altuzarra.{key}"
            shop.sandbox().admin_edit("metafield", name, edits.pop(key))
        return await write(self, session, batch)

    monkeypatch.setattr(MetafieldKind, "write", edited_just_before)
    outcomes = shop.apply().outcomes.values()

    assert [o.status for o in outcomes] == [Status.HELD] * 3
    assert all(str(o.message).startswith("changed since plan") for o in outcomes)
    assert raw.metafield(shop, HANDLE, "altuzarra.fit")["value"] == "Mine"
    assert raw.metafield(shop, HANDLE, "altuzarra.guide")["reference"]["handle"] == "contact"
    assert raw.metafield(shop, HANDLE, "altuzarra.pieces")["value"] == "9"


@pytest.mark.parametrize("fault", list(Fault))
def test_a_lost_answer_doubles_nothing(shop: Workshop, fault: Fault) -> None:
    """Whatever happens to the request, the values are there afterwards, and nothing is left."""
    shop.write(values())
    shop.apply()
    shop.write(values(fit="Slim", pieces=4))
    shop.inject(fault, matching="metafieldsSet")
    applied = shop.apply()

    assert shop.faults_left() == 0
    assert not problems_of(applied)
    assert raw.metafield(shop, HANDLE, "altuzarra.fit")["value"] == "Slim"
    assert settled(shop)


def test_a_renamed_product_is_found_by_its_metafield(shop: Workshop) -> None:
    """The handle moved: it is told as drift of the key and held, never written a second time."""
    apply(shop, values(fit="Slim"))
    shop.edit("product", HANDLE, handle="play-bag-cognac")
    plan = shop.plan()
    sent = len(shop.writes)
    shop.apply()

    assert [c.renamed_from for c in plan.changes] == ["product/play-bag-cognac/altuzarra.fit"]
    (hold,) = plan.holds.values()
    assert hold.message.endswith(
        f"product/{HANDLE}, which does not exist; the product is called play-bag-cognac now"
    )
    assert len(shop.writes) == sent


def test_selectors_follow_the_catalog(shop: Workshop) -> None:
    """A product that comes to have the type gets the value; the cause is the catalog."""
    files = metafields(
        definitions={"guide": DEFINITIONS["guide"]},
        selectors=[{"products": {"type": "Belts"}, "set": {"guide": "about"}}],
    )
    apply(shop, files)
    shop.edit("product", "gift-card", productType="belts")
    (change,) = shop.plan().changes

    assert (
        raw.metafield(shop, "watermill-belt", "altuzarra.guide")["reference"]["handle"] == "about"
    )
    assert change.address.key == "product/gift-card/altuzarra.guide"


def test_strangers_are_left_alone(shop: Workshop) -> None:
    """Other metafields of the same product may change as they like."""
    apply(shop, values(fit="Slim"))
    shop.edit("metafield", f"product/{HANDLE}/custom.care_notes", value="Edited.")

    assert settled(shop)
    assert json.dumps(shop.writes).count("care_notes") == 0
