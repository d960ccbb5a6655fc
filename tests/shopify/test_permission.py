"""What the app was not granted is told while planning, and never found out in the midst."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.outcome import Status
from reconciler.provider import PlatformError
from tests.shopify.documents import line, metafields
from tests.workshop import Workshop

READING = ("read_products", "read_files", "read_content", "read_publications")
DOCUMENT = metafields(
    definitions={"fit": line(), "guide": {"type": "page_reference", "name": "Guide"}},
    values={"gift-card": {"fit": "Slim", "guide": "about"}},
)


def shop(folder: Path, *scopes: str) -> Workshop:
    made = Workshop(folder, "shopify", "shop", {"adopt": True})
    made.edit("app", "", accessScopes=list(scopes))
    made.write(DOCUMENT)
    return made


def test_reading_scopes_are_enough_to_plan(tmp_path: Path) -> None:
    """Every change is shown, and held for the scope that writing it takes."""
    plan = shop(tmp_path, *READING).plan()
    holds = {(hold.reason, hold.message) for hold in plan.holds.values()}

    assert len(plan.changes) == len(plan.holds) == 4
    assert holds == {("permission", "the app was not granted the scope write_products")}
    assert all("grant it to the app" in hold.remedy for hold in plan.holds.values())


def test_what_may_not_be_written_is_not_tried(tmp_path: Path) -> None:
    """Nothing is sent that writes; with the scope the same is carried out."""
    made = shop(tmp_path, *READING)
    held = made.apply()
    made.edit("app", "", accessScopes=[*READING, "write_products"])
    done = made.apply()

    assert {outcome.status for outcome in held.outcomes.values()} == {Status.HELD}
    assert {outcome.status for outcome in done.outcomes.values()} == {Status.DONE}


def test_no_allow_overrules_it(tmp_path: Path) -> None:
    """It could not be carried out."""
    made = shop(tmp_path, *READING)
    with pytest.raises(Exception, match="--allow permission=shop: write GUARD=ADDRESS"):
        made.apply(["permission=shop"])


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        (("read_content",), "not granted the scope read_products, to read product"),
        (("read_products",), "not granted the scope read_content, to read page"),
    ],
)
def test_what_can_not_be_read_ends_the_plan(
    tmp_path: Path, scopes: tuple[str, ...], told: str
) -> None:
    """Before anything is read, with the scope and what to do: less would be a wrong plan."""
    made = shop(tmp_path, *scopes)
    with pytest.raises(PlatformError, match=told) as error:
        made.plan()

    assert "grant it to the app" in str(error.value)
    assert len(made.requests) == 1
