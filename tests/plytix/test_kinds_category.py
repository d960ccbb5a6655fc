"""Categories whose writes are answered by nobody: they are looked up, and not told as failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.kit.sandbox import Fault
from reconciler.model.outcome import Status
from tests.workshop import Workshop, problems_of

SHOE, OTHER = "MCA0032-M-13", "MCA0032-W-07.5"
POLICY = {"adopt": True, "prune": True}
LOST = (Fault.BAD_GATEWAY_AFTER_COMMIT, Fault.TIMEOUT_AFTER_COMMIT, Fault.RESET)
ITSELF = "/categories/product/69d0"
"""What only a request to change or delete a category has in its path."""


def collections(*products: str) -> dict[str, str]:
    said = f"collections: {{a: {{title: Sneakers, products: [{', '.join(products)}]}}}}\n"
    return {"collections/one.yaml": f"targets: [pim]\n{said}"}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """With a category of ours that holds one product."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    shop.write(collections(SHOE))
    assert not problems_of(shop.apply())
    return shop


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_to_a_name_is_sent_again(shop: Workshop, fault: Fault) -> None:
    """Its products follow in the same run."""
    shop.edit("category", "Sneakers", name="Somebody's")
    shop.write(collections(SHOE, OTHER))
    shop.inject(fault, matching=ITSELF)
    applied = shop.apply()

    assert shop.faults_left() == 0
    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty


def test_what_stays_unanswered_may_have_been_done(shop: Workshop) -> None:
    """A product whose place nobody confirms, however often: it is told, and when it turns out to
    stand there it is our own work, not somebody's."""
    shop.write(collections(SHOE, OTHER))
    shop.inject(Fault.BAD_GATEWAY, times=2, matching="/categories\n")
    shop.inject(Fault.BAD_GATEWAY_AFTER_COMMIT, matching="/categories\n")
    (outcome,) = shop.apply().outcomes.values()

    assert shop.faults_left() == 0
    assert (outcome.status, outcome.unknown) == (Status.FAILED, True)
    assert shop.plan().is_empty
