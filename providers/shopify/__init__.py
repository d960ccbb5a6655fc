"""Shopify: metafields with their definitions, tags, files, galleries, collections, bundles and
publications, over the Admin GraphQL API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from providers.shopify.admin import admin
from providers.shopify.adoption import ADOPTION
from providers.shopify.asking import questions
from providers.shopify.client import (
    Credentials,
    Settings,
    ShopifyReader,
    ShopifyWriter,
    identify,
    reading,
    writing,
)
from providers.shopify.inspection import inspect
from providers.shopify.kinds.bundle import BundleKind
from providers.shopify.kinds.collection import CollectionKind
from providers.shopify.kinds.file import FileKind
from providers.shopify.kinds.media_order import MediaOrderKind
from providers.shopify.kinds.metafield import MetafieldKind
from providers.shopify.kinds.metafield_definition import MetafieldDefinitionKind
from providers.shopify.kinds.metaobject import MetaobjectKind
from providers.shopify.kinds.page import PageKind
from providers.shopify.kinds.product import ProductKind
from providers.shopify.kinds.product_media import ProductMediaKind
from providers.shopify.kinds.product_tags import ProductTagsKind
from providers.shopify.kinds.publication import PublicationKind
from providers.shopify.kinds.publication_listing import PublicationListingKind
from providers.shopify.kinds.variant import VariantKind
from providers.shopify.mapping import MAPPING
from providers.shopify.notices import notices
from providers.shopify.scopes import access
from providers.shopify.search import answer, tags
from providers.shopify.transcript import transcribe
from reconciler.model.cost import Cost, Range
from reconciler.provider import Provider


def _sandbox(store: Any) -> Any:
    from providers.shopify.sandbox import ShopifySandbox

    return ShopifySandbox(store)


PROVIDER: Provider[ShopifyReader, ShopifyWriter] = Provider(
    name="shopify",
    kinds=(
        ProductKind(),
        PageKind(),
        FileKind(),
        VariantKind(),
        MetaobjectKind(),
        MetafieldDefinitionKind(),
        MetafieldKind(),
        ProductMediaKind(),
        MediaOrderKind(),
        CollectionKind(),
        BundleKind(),
        ProductTagsKind(),
        PublicationKind(),
        PublicationListingKind(),
    ),
    settings=Settings,
    credentials=Credentials,
    reading=reading,
    writing=writing,
    identify=identify,
    answer=answer,
    mapping=MAPPING,
    sandbox=_sandbox,
    admin=admin,
    opening=Range(Cost(), Cost(1)),  # a token, where a client asks for one
    pace=lambda session: session.pace,
    access=lambda session: access(session.granted),
    suited=lambda settings: _suited(settings),
    notices=notices,
    adoption=ADOPTION,
    tags=tags,
    inspect=inspect,
    questions=questions,
    transcribe=transcribe,
)


def _suited(settings: Settings) -> Provider[ShopifyReader, ShopifyWriter]:
    """With metafields that are written in bulk from as many on as the settings say."""
    values = MetafieldKind(bulk_write_from=settings.bulk_write_from)
    kinds = (values if isinstance(kind, MetafieldKind) else kind for kind in PROVIDER.kinds)
    return replace(PROVIDER, kinds=tuple(kinds))
