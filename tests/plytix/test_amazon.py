"""Mapping files: both shapes, which image goes where, and what a second import changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.plytix.amazon.reading import UnreadableMapping, read
from providers.plytix.amazon.slots import Chosen, UnfitPattern, chosen
from tests.plytix import mapped
from tests.plytix.test_seed import Desk

SKU = mapped.sku(1)


def choose(*rows: dict[str, Any], **options: Any) -> Chosen:
    return chosen(read("m.json", json.dumps({"matched": rows}).encode()), {}, **options)


def row(*images: Any, sku: str | None = SKU, **more: Any) -> dict[str, Any]:
    """Images are links by number, or such with a variant."""
    listed = [
        {"link": mapped.link(i)}
        if isinstance(i, int)
        else {"link": mapped.link(i[0]), "variant": i[1]}
        for i in images
    ]
    return {"suggested_sku": sku, "amazon_images": listed, **more}


def numbers(slots: dict[str, str]) -> dict[str, int]:
    return {slot: int(link[-11:-5]) for slot, link in slots.items()}


@pytest.mark.parametrize(
    ("images", "slots"),
    [
        ([(1, "MAIN"), (2, "PT01"), (3, "SWATCH")], {"MAIN": 1, "PT01": 2, "SWATCH": 3}),
        ([1, 2, 3], {"MAIN": 1, "PT01": 2, "PT02": 3}),
        ([1, (2, "PT01"), 3], {"MAIN": 1, "PT01": 2, "PT02": 3}),
        ([(1, "TOPP"), 2], {"TOPP": 1, "PT01": 2}),
        ([(1, "main"), (2, "bott")], {"MAIN": 1, "BOTT": 2}),
        ([(1, "MAIN"), (2, "MAIN")], {"MAIN": 1}),
        ([1, (2, "MAIN")], {"MAIN": 1}),
        ([(1, "MAIN"), (1, "PT01")], {"MAIN": 1, "PT01": 1}),
        ([(1, "MAIN"), (2, "PT09")], {"MAIN": 1}),
    ],
    ids=str,
)
def test_slots(images: list[Any], slots: dict[str, int]) -> None:
    """A missing variant is MAIN for the first image, else the next view that nobody names; of two
    in one slot the first counts."""
    assert numbers(choose(row(*images)).products[SKU]) == slots


def test_two_mains_are_told() -> None:
    """With the one that is left out."""
    (warning,) = choose(row((1, "MAIN"), (2, "MAIN"))).warnings

    assert warning == (
        f"matched[0].amazon_images[1]: {SKU} has two images for MAIN; the first is taken,"
        f" not {mapped.link(2)}"
    )


def test_flat_keys_are_slots() -> None:
    """The older shape, with its ten keys."""
    flat = {
        "suggested_sku": SKU,
        "amazon_image_main": mapped.link(1),
        "amazon_image_variant_8": mapped.link(2),
        "amazon_image_swatch": mapped.link(3),
        "amazon_image_variant_1": None,
    }

    assert numbers(choose(flat).products[SKU]) == {"MAIN": 1, "PT08": 2, "SWATCH": 3}


MISSPELT: list[tuple[str, Any, str]] = [
    ("amazon_image_pt01", mapped.link(2), "it is no key of an image · "),
    ("amazon_image_variant_9", mapped.link(2), "did you mean amazon_image_variant_"),
    ("amazon_image_mian", mapped.link(2), "did you mean amazon_image_main?"),
    ("amazon_image_variant_1", [mapped.link(2)], "it is no address · write the link as text"),
]


@pytest.mark.parametrize(("key", "value", "told"), MISSPELT, ids=[row[0] for row in MISSPELT])
def test_a_flat_key_that_nobody_reads_is_told(key: str, value: Any, told: str) -> None:
    """Its image would be missing without a word; the others go on."""
    found = choose({"suggested_sku": SKU, "amazon_image_main": mapped.link(1), key: value})
    (flaw,) = found.flaws

    assert flaw.error.startswith(f"matched[0].{key}: ")
    assert told in flaw.error
    assert (flaw.product_sku, flaw.url) == (SKU, value if isinstance(value, str) else None)
    assert numbers(found.products[SKU]) == {"MAIN": 1}


def test_a_misspelt_list_is_told_and_nothing_is_read() -> None:
    """Lists of other names are other people's."""
    assert choose(row(1)) == chosen(read("m.json", _mapping(unmatched_plytix=[])), {})
    with pytest.raises(UnreadableMapping, match=r"a list matchedd, .* did you mean matched\?"):
        read("m.json", _mapping(matchedd=[]))


def _mapping(**more: Any) -> bytes:
    return json.dumps({"matched": [row(1)], **more}).encode()


def test_rows_of_one_product_are_one() -> None:
    """Matched twice: the first row's slots count, the second fills what is free."""
    assert numbers(choose(row((1, "MAIN")), row((2, "MAIN"), (3, "PT01"))).products[SKU]) == {
        "MAIN": 1,
        "PT01": 3,
    }


@pytest.mark.parametrize(
    ("sku", "parent"),
    [
        ("AMZN-US-MCA0032-M-13", "AMZN-US-MCA0032"),
        ("AMZN-US-MCA0032-W-07.5", "AMZN-US-MCA0032"),
        ("AMZN-US-B07X8Z63ZL", None),
        ("AMZN-US-MCA0032-XL", None),
    ],
)
def test_parents_from_skus(sku: str, parent: str | None) -> None:
    """By the usual pattern."""
    assert choose(row(1, sku=sku)).derived == ({parent} if parent else set())


def test_another_pattern_for_parents() -> None:
    """It must say which part is the parent's."""
    found = choose(row(1, sku="AMZN-US-BOOT-XL"), parent_pattern=r"(?P<parent>.+)-[SMLX]+")

    assert found.derived == {"AMZN-US-BOOT"}
    with pytest.raises(UnfitPattern):
        choose(row(1), parent_pattern=r"(.+)-[SMLX]+")


def test_a_parent_with_a_row_is_not_derived() -> None:
    """It has what its row says, and nothing of its variants."""
    rows = [
        row(1, 2, sku="AMZN-US-MCA0032-M-13"),
        row(3, sku="AMZN-US-MCA0032", item_classification="VARIATION_PARENT"),
    ]
    found = choose(*rows)

    assert numbers(found.products["AMZN-US-MCA0032"]) == {"MAIN": 3}
    assert found.derived == set()


def test_names_that_are_out_of_order_are_told() -> None:
    """An image that is MAIN elsewhere keeps that name: here it stands before its neighbours."""
    found = choose(
        row((1, "MAIN"), (2, "PT01")), row((3, "MAIN"), (1, "PT02"), (4, "PT01"), sku=mapped.sku(2))
    )

    assert [warning.split(":")[0] for warning in found.warnings] == [mapped.sku(2)]


def test_one_image_has_one_address() -> None:
    """Another query or scheme is the same image; another host with the same file name is told."""
    query = {"link": mapped.link(1) + "?v=2", "variant": "PT01"}
    other = {"link": mapped.link(1).replace("m.media", "x.media"), "variant": "PT02"}
    one = row((1, "MAIN"))
    one["amazon_images"] += [query, other]
    found = choose(one)

    assert found.products[SKU] == {"MAIN": mapped.link(1), "PT01": mapped.link(1)}
    (flaw,) = found.flaws
    assert (flaw.url, flaw.product_sku) == (other["link"], SKU)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"matched": {}}', b"\xff", b'{"matched": [1]}']
)
def test_what_is_no_mapping_is_refused(content: bytes) -> None:
    """With a place and a remedy."""
    with pytest.raises(UnreadableMapping) as refused:
        read("m.json", content)

    assert str(refused.value).startswith("m.json:1")


def test_a_second_import_keeps_what_people_wrote(tmp_path: Path) -> None:
    """An address that moved is changed in its line; comments and products that no file names
    stay; what vanished is told, and goes with --prune."""
    desk = Desk(tmp_path)
    data = mapped.of_the_seed()
    desk.take(data)
    text = desk.document.read_text()
    by_hand = text.replace("products:\n", "products:\n  # The hero of the spring.\n", 1)
    desk.document.write_text(by_hand)
    moved = data["matched"][2]["amazon_images"][0]
    old, moved["link"] = moved["link"], mapped.link(77)
    gone = data["matched"].pop(1)["suggested_sku"]
    taken = desk.take(data)
    after = desk.document.read_text()
    pruned = desk.take(data, "--prune")

    changed = [
        (a, b) for a, b in zip(by_hand.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    assert changed == [
        (f'      MAIN: {{url: "{old}"}}', f'      MAIN: {{url: "{mapped.link(77)}"}}')
    ]
    assert [text.split(" ", 1)[1] for text in taken["vanished"]] == [f"{gone} is gone"]
    assert pruned["vanished"] == []
    assert gone not in desk.document.read_text()
    assert "# The hero of the spring." in desk.document.read_text()


def test_what_another_document_states_stays_there(tmp_path: Path) -> None:
    """One gallery is said once: the import leaves it to the document that has it."""
    desk = Desk(tmp_path)
    (desk.desired / "images").mkdir()
    own = {
        "targets": ["pim"],
        "into": {"gallery": "amazon_images"},
        "products": {mapped.sku(0): {"images": {"MAIN": {"url": mapped.link(5)}}}},
    }
    (desk.desired / "images" / "own.yaml").write_text(json.dumps(own))
    taken = desk.take(mapped.of_the_seed())

    assert taken["products"] == 15
    assert any(mapped.sku(0) in warning for warning in taken["warnings"])
    desk.run("validate")


def test_older_files_name_products_by_id(tmp_path: Path) -> None:
    """Their SKU is asked of the account."""
    desk = Desk(tmp_path)
    desk.stock()
    ids = [desk.product(mapped.sku(1))["id"], "0" * 24]
    rows = [{"plytix_product_id": id_, "amazon_images": [{"link": mapped.link(1)}]} for id_ in ids]
    taken = desk.take({"matched": rows})

    assert (taken["products"], len(taken["errors"])) == (1, 1)
    assert mapped.sku(1) in desk.document.read_text()
