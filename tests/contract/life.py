"""The lives of all cases: what each is taken through, step by step, and how it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from reconciler.model.spec import owned
from tests.contract import (
    plytix,
    plytix_catalog,
    saleor,
    saleor_assortment,
    shopify,
    shopify_collections,
    shopify_files,
    shopify_listing,
    shopify_metafields,
    shopify_offered,
)
from tests.contract.case import Case
from tests.workshop import Workshop, problems_of

CASES: Final[list[Case]] = [
    *shopify.CASES,
    *shopify_files.CASES,
    *shopify_listing.CASES,
    *shopify_collections.CASES,
    *shopify_metafields.CASES,
    *shopify_offered.CASES,
    *saleor.CASES,
    *saleor_assortment.CASES,
    *plytix.CASES,
    *plytix_catalog.CASES,
]

every_kind = pytest.mark.parametrize("case", CASES, ids=str)
POLICY: Final = {"adopt": True, "prune": True, "create": "attributes"}

Step = Mapping[str, str | None]
"""What is written below desired/, or removed (None)."""


def steps(case: Case) -> Sequence[Step]:
    """Into each of its states one after another, and to being dropped."""
    return (*case.states, dict.fromkeys(case.states[-1]) | dict(case.without))


def overruled(case: Case) -> list[str]:
    """What a person allows who means what a case does."""
    return [f"{guard}={case.target}" for guard in ("in_use", "prune", "empty_set", "mass_change")]


def workshop(case: Case, folder: Path) -> Workshop:
    return Workshop(folder, case.provider, case.target, POLICY, case.settings)


def before(case: Case, step: int, folder: Path) -> Workshop:
    """A workshop in which all that comes before a step is applied."""
    shop = workshop(case, folder)
    for files in steps(case)[:step]:
        shop.write(files)
        applied = shop.apply()
        assert not problems_of(applied), problems_of(applied)
    return shop


def at_work(case: Case, folder: Path, state: int = 0) -> Workshop:
    """A workshop in which the case's states have been applied up to one."""
    return before(case, state + 1, folder)


def desired(case: Case, shop: Workshop) -> Mapping[str, Any]:
    """The owned fields that git states of the case's resource, without those never read."""
    resource = shop.compiled()[case.address]
    return {p: v for p, v in owned(resource.spec).items() if p.split(".")[0] not in case.unread}


def desired_in(case: Case, state: int, folder: Path) -> Mapping[str, Any]:
    shop = workshop(case, folder)
    shop.write(case.states[state])
    return desired(case, shop)


def raw(case: Case, shop: Workshop) -> Mapping[str, Any] | None:
    with shop.served() as client:
        return case.raw(client)


def seen(case: Case, shop: Workshop) -> Mapping[str, Any]:
    """What raw requests tell of the fields that git states."""
    told = raw(case, shop) or {}
    return {path: told.get(path) for path in desired(case, shop)}


def looks(case: Case, shop: Workshop) -> tuple[Any, Any]:
    """The owned fields as raw requests tell them, and the ledger's rows."""
    told = raw(case, shop)
    fields = {p: v for p, v in (told or {}).items() if v not in (None, [], "")} if told else None
    return fields or None, {key: (e.spec, e.origin, e.intent) for key, e in shop.entries().items()}
