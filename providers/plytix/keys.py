"""Keys of what belongs to a product: `<sku>/<label>`. A label holds no slash, a SKU may."""

from __future__ import annotations

from reconciler.model.address import Key


def key_within(sku: Key, label: Key) -> Key:
    return f"{sku}/{label}"


def parts(key: Key) -> tuple[Key, Key]:
    """SKU and label."""
    sku, _, label = key.rpartition("/")
    return sku, label
