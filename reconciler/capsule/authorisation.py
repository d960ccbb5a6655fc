"""May this product have this action now, and why not? The one place that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from reconciler.capsule.state import Product

Action = Literal["metafield", "field", "collection", "size_guide", "media", "channel"]
"""metafield: look and swatch. field: any other value of the product."""

ACTIONS: Final[tuple[Action, ...]] = (
    "metafield",
    "field",
    "collection",
    "size_guide",
    "media",
    "channel",
)

LOCKED: Final = "LOCKED"
NOT_ELIGIBLE: Final = "NOT_ELIGIBLE"
PREFLIGHT_NO_GO: Final = "PREFLIGHT_NO_GO"
NOT_AUTHORISED: Final = "NOT_AUTHORISED"
ACCESSORY: Final = "ACCESSORY_HAS_NO_LOOK"
IMAGES_ARE_LIVE: Final = "EXPECTED_IMAGES_ARE_LIVE"
NO_AUTHORISING_PRODUCT: Final = "NO_AUTHORISING_PRODUCT"
NOT_COMMITTED: Final = "NOT_COMMITTED"
ASSET_MOVED: Final = "ASSET_MOVED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, what it means here, and what to do."""

    code: str
    message: str
    remedy: str


def may(
    product: Product, action: Action, capsule: str, *, target: str = "", is_look: bool = False
) -> Refusal | None:
    """None: it may. is_look: whether the metafield is the look image."""
    return (
        frozen(product, capsule)
        or _accessory(product, is_look)
        or _judged(product, action)
        or _unsaid(product, action, capsule)
        or _there_already(product, action, target)
    )


def frozen(product: Product, capsule: str) -> Refusal | None:
    """What stops every action: a lock, or that the product is excluded."""
    who = f"{product.cpi} ({product.handle})"
    if product.promotion.locked:
        return Refusal(
            LOCKED,
            f"{who} is locked in capsule {capsule}",
            f"planogram capsule unlock {capsule} --cpis {product.cpi}, and merge that by itself",
        )
    if not product.import_.eligible:
        return Refusal(
            NOT_ELIGIBLE,
            f"{who} is not eligible in capsule {capsule}",
            "set import.eligible in its state, and merge that by itself",
        )
    return None


def _accessory(product: Product, is_look: bool) -> Refusal | None:
    if is_look and product.is_accessory:
        return Refusal(
            ACCESSORY,
            f"{product.cpi} ({product.handle}) is an accessory, of which no look image is written",
            "take the look image out of images/",
        )
    return None


def _judged(product: Product, action: Action) -> Refusal | None:
    """Images must never stop collections and size guides, nor what mends the images."""
    if action not in ("metafield", "channel") or product.is_go:
        return None
    newest = product.observed.preflight or product.preflight
    return Refusal(
        PREFLIGHT_NO_GO,
        f"{product.cpi} ({product.handle}) is {newest.status}, {newest.image_status}",
        "correct its images and reconcile, or accept the anomaly in its state",
    )


_SAID: Final = {
    "metafield": ("metafield_write", "planogram capsule reconcile"),
    "collection": ("collection_write", "planogram capsule promote-actions"),
    "size_guide": ("size_guide_write", "planogram capsule promote-actions"),
}
_FORBIDDEN: Final = {"media": "media_write", "channel": "channel_write"}


def _unsaid(product: Product, action: Action, capsule: str) -> Refusal | None:
    who = f"{product.cpi} ({product.handle})"
    if action in _SAID:
        name, command = _SAID[action]
        is_static = action in ("collection", "size_guide")
        if getattr(product.allowed_actions, name) or (is_static and _may_always(product, name)):
            return None
        remedy = f"{command} {capsule} --cpis {product.cpi}, and merge"
        if action == "metafield" and not product.is_accessory and not product.assets.look_image:
            asked = f"planogram capsule doctor {capsule} --cpis {product.cpi}"
            remedy = f"adopt its look image first ({asked} says what is asked); then {remedy}"
        message = f"{who} has no allowed_actions.{name} in capsule {capsule}"
        return Refusal(NOT_AUTHORISED, message, remedy)
    name = _FORBIDDEN.get(action, "")
    if name and getattr(product.allowed_actions, name) is False:
        return Refusal(
            NOT_AUTHORISED,
            f"{who} has allowed_actions.{name}: false in capsule {capsule}",
            f"set allowed_actions.{name} in its state, and merge",
        )
    return None


def _may_always(product: Product, name: str) -> bool:
    """Size guides need no word once the product exists, unless one forbids them."""
    is_said = name in product.allowed_actions.model_fields_set
    return name == "size_guide_write" and product.import_.imported and not is_said


def _there_already(product: Product, action: Action, target: str) -> Refusal | None:
    live, expected = product.live_at(target), product.images.expected.count
    if action != "media" or live is None or not expected or live.media_count < expected:
        return None
    return Refusal(
        IMAGES_ARE_LIVE,
        f"{product.cpi} ({product.handle}) has {live.media_count} live images, and {expected}"
        " are expected",
        "raise images.expected.count in its state, or leave the images as they are",
    )
