"""Plytix: assets and galleries of a PIM account, over REST v1 and v2."""

from __future__ import annotations

from typing import Any

from providers.plytix.admin import admin
from providers.plytix.adoption import ADOPTION
from providers.plytix.client import (
    Credentials,
    PlytixReader,
    PlytixWriter,
    Settings,
    answer,
    identify,
    reading,
    writing,
)
from providers.plytix.kinds.asset import AssetKind
from providers.plytix.kinds.gallery import GalleryKind
from providers.plytix.kinds.product import ProductKind
from providers.plytix.mapping import MAPPING
from reconciler.model.cost import Cost, Range
from reconciler.provider import Provider


def _sandbox(store: Any) -> Any:
    from providers.plytix.sandbox import PlytixSandbox

    return PlytixSandbox(store)


PROVIDER: Provider[PlytixReader, PlytixWriter] = Provider(
    name="plytix",
    kinds=(ProductKind(), AssetKind(), GalleryKind()),
    settings=Settings,
    credentials=Credentials,
    reading=reading,
    writing=writing,
    identify=identify,
    answer=answer,
    mapping=MAPPING,
    sandbox=_sandbox,
    admin=admin,
    opening=Range(Cost(1), Cost(1)),  # a token
    pace=lambda session: session.pace,
    adoption=ADOPTION,
)
