"""Shopify: files that are uploaded and described, and products' galleries with their order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import httpx

from tests.contract.case import Case, Files
from tests.contract.shopify import ask

HANDLE: Final = "fenice-skirt-sand"
WEB: Final = "https://pictures.example.com"
STRANGER: Final = ("file", "home_banner.jpg", {"alt": "Somebody's own"})

A_PICTURE: Final = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"
"""A picture that can be written as a text."""


def digits(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def images(lines: str, rest: str = "", name: str = "contract") -> Files:
    head = "targets: [shop]\ninto: {media: true, look: contract.look}\n"
    text = f"{head}products:\n  {HANDLE}:\n    images:\n{lines}{rest}"
    return {f"images/{name}.yaml": text}


def _file_called(client: httpx.Client, name: str) -> Mapping[str, Any] | None:
    query = f"""{{files(first: 5, query: "filename:{name}") {{
        nodes {{ alt ... on MediaImage {{ image {{ url }} }} }} }} }}"""
    nodes = ask(client, query)["files"]["nodes"]
    return {"alt": nodes[0]["alt"] or None} if nodes else None


def gallery(client: httpx.Client) -> list[str]:
    query = f"""{{productByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{
        media(first: 20) {{ nodes {{ ... on MediaImage {{ image {{ url }} }} }} }} }} }}"""
    nodes = ask(client, query)["productByIdentifier"]["media"]["nodes"]
    return [node["image"]["url"].split("?")[0].rsplit("/", 1)[-1] for node in nodes]


def _shown(client: httpx.Client, name: str) -> Mapping[str, Any] | None:
    return {"file": name} if name in gallery(client) else None


OURS: Final = tuple(f"S226_6120-000215_{name}.jpg" for name in ("hero_image", "swatch"))
THIRD: Final = "S226_6120-000001_hero_image.jpg"


def _order(client: httpx.Client) -> Mapping[str, Any] | None:
    names = gallery(client)
    ours = [name for name in names if name in (*OURS, THIRD)]
    return {"files": ours, "first": names[0]} if ours else None


def _in_order(*variants: str, first: str) -> Files:
    names = dict(zip(("A", "B", "C"), (*OURS, THIRD), strict=True))
    lines = "".join(f"      {variant}: {{file: {names[variant]}}}\n" for variant in variants)
    return images(lines, f"    thumbnail: {first}\n")


LOCAL: Final = f"look_pg{digits(A_PICTURE)}.gif"
REMOTE: Final = f"look_pg{digits(f'{WEB}/look.jpg')}.jpg"


def _uploaded(image: str, name: str, variant: str) -> Case:
    beside = {"images/look.gif": A_PICTURE} if variant == "local" else {}

    def state(alt: str) -> Files:
        return {**images(f"      LOOK: {{{image}, alt: {alt}}}\n", "    look: LOOK\n"), **beside}

    return Case(
        provider="shopify",
        target="shop",
        kind="file",
        key=name,
        states=(state("A skirt"), state("A skirt in sand")),
        without=images(f"      LOOK: {{file: {name}}}\n", "    look: LOOK\n", name="other"),
        raw=partial(_file_called, name=name),
        drifts={"alt": ("file", name, {"alt": "Somebody's words"})},
        stranger=STRANGER,
        unread=frozenset({"source"}),
        variant=variant,
    )


CASES: Final = [
    _uploaded("path: images/look.gif", LOCAL, "local"),
    _uploaded(f"url: '{WEB}/look.jpg'", REMOTE, "web"),
    Case(
        provider="shopify",
        target="shop",
        kind="product_media",
        key=f"{HANDLE}/{OURS[0]}",
        states=(images(f"      A: {{file: {OURS[0]}}}\n"),),
        without=images(f"      B: {{file: {OURS[1]}}}\n"),
        raw=partial(_shown, name=OURS[0]),
        drifts={"file": ("product", HANDLE, {"media": ["home_banner.jpg"]})},
        stranger=STRANGER,
    ),
    Case(
        provider="shopify",
        target="shop",
        kind="media_order",
        key=HANDLE,
        states=(_in_order("A", "B", "C", first="A"), _in_order("A", "C", "B", first="C")),
        without={
            **images(f"      A: {{file: {OURS[0]}}}\n", name="one"),
            **images(f"      B: {{file: {OURS[1]}}}\n", name="two"),
            **images(f"      C: {{file: {THIRD}}}\n", name="three"),
        },
        raw=_order,
        drifts={
            "files": ("product", HANDLE, {"media": [OURS[0], THIRD, OURS[1]]}),
            "first": ("product", HANDLE, {"media": ["home_banner.jpg", *OURS, THIRD]}),
        },
        stranger=STRANGER,
    ),
]
