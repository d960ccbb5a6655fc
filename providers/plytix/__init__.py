"""Plytix: images, attributes, categories and relations of a PIM account, over REST v1 and v2."""

from __future__ import annotations

from typing import Any

from providers.plytix.admin import admin
from providers.plytix.adoption import ADOPTION
from providers.plytix.asking import answer
from providers.plytix.client import (
    Credentials,
    PlytixReader,
    PlytixWriter,
    Settings,
    identify,
    reading,
    writing,
)
from providers.plytix.kinds.asset import AssetKind
from providers.plytix.kinds.attribute import AttributeKind
from providers.plytix.kinds.bundle import BundleKind
from providers.plytix.kinds.category import CategoryKind
from providers.plytix.kinds.gallery import GalleryKind
from providers.plytix.kinds.options import OptionsKind
from providers.plytix.kinds.product import ProductKind
from providers.plytix.kinds.product_attributes import ProductAttributesKind, ProductValuesKind
from providers.plytix.kinds.relationship import RelationshipKind
from providers.plytix.mapping import MAPPING
from providers.plytix.transcript import transcribe
from reconciler.intent.asking import questions
from reconciler.model.cost import Cost, Range
from reconciler.provider import Provider


def _sandbox(store: Any) -> Any:
    from providers.plytix.sandbox import PlytixSandbox

    return PlytixSandbox(store)


PROVIDER: Provider[PlytixReader, PlytixWriter] = Provider(
    name="plytix",
    kinds=(
        ProductKind(),
        AttributeKind(),
        OptionsKind(),
        RelationshipKind(),
        ProductAttributesKind(),
        ProductValuesKind(),
        CategoryKind(),
        BundleKind(),
        AssetKind(),
        GalleryKind(),
    ),
    settings=Settings,
    credentials=Credentials,
    reading=reading,
    writing=writing,
    identify=identify,
    answer=answer,
    questions=questions,
    mapping=MAPPING,
    sandbox=_sandbox,
    admin=admin,
    opening=Range(Cost(1), Cost(1)),  # a token
    pace=lambda session: session.pace,
    adoption=ADOPTION,
    transcribe=transcribe,
)
