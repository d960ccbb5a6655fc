"""Saleor 3.23: attributes, their values and what products carry of them, over GraphQL."""

from __future__ import annotations

from typing import Any

from providers.saleor.admin import admin
from providers.saleor.adoption import ADOPTION
from providers.saleor.asking import answer
from providers.saleor.client import (
    Credentials,
    SaleorReader,
    SaleorWriter,
    Settings,
    identify,
    reading,
    writing,
)
from providers.saleor.kinds.attribute import AttributeKind
from providers.saleor.kinds.attribute_assignment import AttributeAssignmentKind
from providers.saleor.kinds.attribute_value import AttributeValueKind
from providers.saleor.kinds.bundle import BundleKind
from providers.saleor.kinds.channel import ChannelKind
from providers.saleor.kinds.channel_listing import ChannelListingKind
from providers.saleor.kinds.collection import CollectionKind
from providers.saleor.kinds.product import ProductKind
from providers.saleor.kinds.product_attributes import ProductAttributesKind
from providers.saleor.kinds.product_media import ProductMediaKind
from providers.saleor.kinds.product_metadata import ProductMetadataKind
from providers.saleor.kinds.product_type import ProductTypeKind
from providers.saleor.kinds.thumbnail import ThumbnailKind
from providers.saleor.kinds.value_order import ValueOrderKind
from providers.saleor.mapping import MAPPING
from providers.saleor.transcript import transcribe
from reconciler.intent.asking import questions
from reconciler.model.cost import Cost, Range
from reconciler.provider import Provider, Unsaid


def _sandbox(store: Any) -> Any:
    from providers.saleor.sandbox import SaleorSandbox

    return SaleorSandbox(store)


PROVIDER: Provider[SaleorReader, SaleorWriter] = Provider(
    name="saleor",
    kinds=(
        AttributeKind(),
        AttributeValueKind(),
        ValueOrderKind(),
        ProductTypeKind(),
        AttributeAssignmentKind(),
        ProductKind(),
        ProductAttributesKind(),
        ProductMetadataKind(),
        BundleKind(),
        ProductMediaKind(),
        ThumbnailKind(),
        CollectionKind(),
        ChannelKind(),
        ChannelListingKind(),
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
    opening=Range(Cost(1), Cost(1)),  # who the token is
    pace=lambda session: session.pace,
    adoption=ADOPTION,
    unsaid=Unsaid(endpoint="SALEOR_API_URL", credentials="SALEOR"),
    transcribe=transcribe,
)
