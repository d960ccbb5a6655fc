"""Saleor 3.23: attributes, their values and what products carry of them, over GraphQL."""

from __future__ import annotations

from typing import Any

from providers.saleor.admin import admin
from providers.saleor.adoption import ADOPTION
from providers.saleor.client import (
    Credentials,
    SaleorReader,
    SaleorWriter,
    Settings,
    answer,
    identify,
    reading,
    writing,
)
from providers.saleor.kinds.attribute import AttributeKind
from providers.saleor.kinds.attribute_value import AttributeValueKind
from providers.saleor.kinds.product import ProductKind
from providers.saleor.kinds.product_attributes import ProductAttributesKind
from providers.saleor.mapping import MAPPING
from reconciler.model.cost import Cost, Range
from reconciler.provider import Provider


def _sandbox(store: Any) -> Any:
    from providers.saleor.sandbox import SaleorSandbox

    return SaleorSandbox(store)


PROVIDER: Provider[SaleorReader, SaleorWriter] = Provider(
    name="saleor",
    kinds=(AttributeKind(), AttributeValueKind(), ProductKind(), ProductAttributesKind()),
    settings=Settings,
    credentials=Credentials,
    reading=reading,
    writing=writing,
    identify=identify,
    answer=answer,
    mapping=MAPPING,
    sandbox=_sandbox,
    admin=admin,
    opening=Range(Cost(1), Cost(1)),  # who the token is
    pace=lambda session: session.pace,
    adoption=ADOPTION,
)
