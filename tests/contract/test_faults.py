"""A write that meets a fault ends like one that meets none, for every kind and every write.

What is disturbed is taken from an undisturbed life, so that no fault waits for a request that
nobody sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from providers.kit.sandbox import Fault
from tests.contract.case import Case
from tests.contract.life import CASES, before, looks, overruled, steps
from tests.workshop import Workshop, problems_of

QUICK: Final = (Fault.BAD_GATEWAY, Fault.RESET)
"""Not done and done, and told of neither. The others are like RESET, or are met by the transport
for all kinds alike (429)."""

FIRST: Final = [
    pytest.param(case, 0, fault, marks=[] if fault in QUICK else [pytest.mark.extended])
    for case in CASES
    for fault in Fault
]
LATER: Final = [
    pytest.param(case, step, fault, marks=pytest.mark.extended)
    for case in CASES
    for step in range(1, len(steps(case)))
    for fault in (Fault.TOO_MANY, Fault.RESET)
]

PASSING: Final = {"sequence", "window", "staged", "upload", "Job", "ProductBundleOperation"}
"""What a platform keeps of requests, and forgets."""


def told(write: str) -> str:
    """What a fault is told to meet. A form is known by its address: what parts it differs."""
    return write.split("\n")[0] if "\nContent-Disposition: form-data" in write else write


def things(shop: Workshop) -> Mapping[str, int]:
    """How many of each sort the platform holds."""
    sizes = shop.sandbox().store.sizes()
    return {sort: number for sort, number in sizes.items() if sort not in PASSING}


def end(case: Case, shop: Workshop) -> Sequence[Any]:
    """What an apply came to: seen by raw requests, written down, and how many things there are."""
    return (*looks(case, shop), things(shop))


@pytest.mark.parametrize(("case", "step", "fault"), [*FIRST, *LATER], ids=str)
def test_a_disturbed_apply_ends_like_an_undisturbed_one(
    case: Case, step: int, fault: Fault, tmp_path: Path
) -> None:
    """Each write by itself throttled, failing, or answered by nobody after the platform did it:
    the same end, nothing doubled, nothing held, nothing left to do."""
    calm = before(case, step, tmp_path / "calm")
    calm.write(steps(case)[step])
    calm.written.clear()
    assert not problems_of(calm.apply(overruled(case)))
    expected = end(case, calm)
    assert calm.written or step == len(case.states)  # only being dropped may come to nothing
    for number, write in enumerate(calm.written):
        shop = before(case, step, tmp_path / str(number))
        shop.write(steps(case)[step])
        shop.inject(fault, matching=told(write))
        applied = shop.apply(overruled(case))

        assert not problems_of(applied), problems_of(applied)
        assert end(case, shop) == expected
        assert shop.plan().is_empty
        assert shop.faults_left() == 0
