"""Metaobjects, so far as metafields refer to them: found by type and handle, planted by admins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.shopify.sandbox.shop import Info, Shop, Thing


def metaobject_called(shop: Shop, name: str) -> Thing | None:
    """`<type>/<handle>`."""
    type_, _, handle = name.partition("/")
    return shop.find("Metaobject", type=type_, handle=handle)


def add_metaobject(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    named = {"displayName": fields["handle"].replace("-", " ").title(), "updatedAt": shop.today()}
    return shop.add("Metaobject", {**named, **fields}, id_)


def _by_handle(_: Any, info: Info, handle: Mapping[str, str]) -> Thing | None:
    return metaobject_called(info.context, f"{handle['type']}/{handle['handle']}")


FIELDS: Final = {"QueryRoot": {"metaobjectByHandle": _by_handle}}
