"""Inspection rows: what a target showed of each product, as evidence. Nothing is decided here,
and no write to a platform ever reads it.

    {cpi, handle, shopify: {media_count, media: [...], hero_candidates: [{media_gid, ...}]}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.capsule.looks import candidates
from reconciler.model.product import LiveProduct, Medium


@dataclass(frozen=True, slots=True)
class Standing:
    """What git states of a product, against live. stated: purposes that not every product has
    (`size_guide`). lost: purposes and style tags that the state records as written, and that are
    not live as git states them. What our own writes make true moves neither."""

    stated: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


NOTHING_STATED = Standing()


@dataclass(frozen=True, slots=True)
class Row:
    """One product of an inspection. live: None where the target has no such product."""

    cpi: str
    handle: str
    live: LiveProduct | None
    standing: Standing = NOTHING_STATED


def row_data(row: Row, platform: str) -> dict[str, Any]:
    """The row as it is written, the platform's part under its name."""
    head = {"cpi": row.cpi, "handle": row.handle}
    if row.live is None:
        return {**head, platform: None}
    live = row.live
    return {
        **head,
        platform: {
            "product_gid": live.remote,
            "status": live.status,
            "active": live.is_active,
            "published": live.is_published,
            "product_type": live.type,
            "tags": list(live.tags),
            "media_count": len(live.media),
            "media": [_medium_data(one) for one in live.media],
            "hero_candidates": [_medium_data(one) for one in candidates(live.media)],
            "stated": list(row.standing.stated),
            "lost": list(row.standing.lost),
        },
    }


def _medium_data(one: Medium) -> dict[str, Any]:
    return {
        "media_gid": one.remote,
        "position": one.position,
        "file_name": one.name,
        "image": one.is_image,
        "status": one.status,
        "alt": one.alt,
        "url": one.url,
    }


def rows_of(data: Iterable[Any], platform: str) -> list[Row]:
    """The rows of an inspection file. Raises `UnreadableEvidence`."""
    return [_row(number, one, platform) for number, one in enumerate(data)]


def _row(number: int, data: Any, platform: str) -> Row:
    try:
        there = data[platform]
        if there is None:
            return Row(data["cpi"], data["handle"], None)
        live = LiveProduct(
            key=data["handle"],
            remote=there["product_gid"],
            status=there["status"],
            is_active=there["active"],
            is_published=there["published"],
            type=there["product_type"],
            tags=tuple(there["tags"]),
            media=tuple(_medium(one) for one in there["media"]),
        )
        standing = Standing(tuple(there.get("stated", ())), tuple(there.get("lost", ())))
        return Row(data["cpi"], data["handle"], live, standing)
    except (KeyError, TypeError) as error:
        raise UnreadableEvidence(
            f"row {number + 1} of the inspection lacks {error} for {platform} · inspect again"
        ) from error


def _medium(data: Mapping[str, Any]) -> Medium:
    return Medium(
        remote=data["media_gid"],
        position=data["position"],
        name=data["file_name"],
        is_image=data["image"],
        status=data["status"],
        alt=data.get("alt"),
        url=data.get("url"),
    )


def merged(known: Iterable[Mapping[str, Any]], seen: Iterable[dict[str, Any]]) -> list[Any]:
    """An inspection with the rows of another one in it: what was not looked at again stays."""
    fresh = {row["cpi"]: row for row in seen}
    kept = [fresh.pop(str(row.get("cpi")), dict(row)) for row in known]
    return [*kept, *fresh.values()]


class UnreadableEvidence(Exception):
    """An inspection file that is none; the message says what to do."""
