"""Short documents of `desired/` for the tests of Shopify's kinds."""

from __future__ import annotations

import json
from typing import Any

Files = dict[str, str]


def metafields(**parts: Any) -> Files:
    """One metafields document of the namespace `altuzarra`."""
    document = {"targets": ["shop"], "namespace": "altuzarra", **parts}
    return {"metafields/shop.yaml": json.dumps(document)}


def collections(**parts: Any) -> Files:
    return {"collections/shop.yaml": json.dumps({"targets": ["shop"], **parts})}


def bundles(**parts: Any) -> Files:
    """One bundle, `summer-set`."""
    bundle = {"title": "Summer set", "components": ["gift-card", "watermill-belt"], **parts}
    document = {"targets": ["shop"], "bundles": {"summer-set": bundle}}
    return {"bundles/shop.yaml": json.dumps(document)}


def channels(**by_channel: Any) -> Files:
    """Channels by name, a space written as `_`."""
    content = {name.replace("_", " "): said for name, said in by_channel.items()}
    return {"channels/shop.yaml": json.dumps({"targets": ["shop"], "channels": content})}


def gallery(alt: str, *files: str, **parts: Any) -> Files:
    """A look of the web with a description, and files of the shop in a product's gallery."""
    shown = {f"PT0{n}": {"file": name} for n, name in enumerate(files, 1)}
    look = {"url": "https://pictures.example.com/look.jpg", "alt": alt}
    product = {"images": {**shown, "LOOK": look}, "look": "LOOK", **parts}
    into = {"look": "altuzarra.look_image", "media": True}
    content = {"targets": ["shop"], "into": into, "products": {"watermill-belt": product}}
    return {"images/shop.yaml": json.dumps(content)}


def collection(title: str = "New in", **parts: Any) -> dict[str, Any]:
    return {"title": title, "rules": {"conditions": [{"tag": "S226"}]}, **parts}


def line(name: str = "Fit", **parts: Any) -> dict[str, Any]:
    """A definition of a single line of text."""
    return {"type": "single_line_text_field", "name": name, **parts}
