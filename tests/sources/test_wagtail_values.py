"""Fields of pages in all the forms that Wagtail's APIs give them, and sources that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from providers.sources.wagtail.content import Reference, Term
from providers.sources.wagtail.values import Lost, Reader, Unusable
from reconciler.intent.loader import load

HR = Term("catalog.Role 3", "hr", "HR", "", True)
AGENT = Term("catalog.Category 3", "agent", "Agents", None, True)
READER = Reader(
    "https://cms.example.com/api/v3/",
    {"roles": {("catalog.Role", "3"): HR}, "category": {("catalog.Category", "3"): AGENT}},
)


def key(model: str, number: int = 3) -> dict[str, Any]:
    return {"id": number, "meta": {"type": model}}


VALUES: list[tuple[Any, str | None, Any]] = [
    (True, None, True),
    (3, None, 3),
    (0.5, None, 0.5),
    ("text", None, "text"),
    ("", None, None),
    (None, "roles", None),
    ([], "roles", ()),
    ("hr", "roles", Reference("roles", HR)),
    (key("catalog.Category"), "category", Reference("category", AGENT)),
    (key("catalog.Category"), None, Reference("category", AGENT)),
    ([3], "roles", (Reference("roles", HR),)),
    ([key("catalog.Role")], None, (Reference("roles", HR),)),
    ([{**key("catalog.Row", 9), "role": key("catalog.Role")}], None, (Reference("roles", HR),)),
    (["hr"], "roles", (Reference("roles", HR),)),
    (["one", "two"], None, ("one", "two")),
    ({"url": "/media/a.png", "full_url": "http://x/a.png"}, None, "https://cms.example.com/media/a.png"),
    ({"url": "https://cdn.example.com/a.png"}, None, "https://cdn.example.com/a.png"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "taxonomy", "told"), VALUES)
def test_a_field_says_what_it_says(value: Any, taxonomy: str | None, told: Any) -> None:
    """Bare ids by the taxonomy of the field, keys by their model, rows between by the one key in
    them, renditions by an address."""
    assert READER.told(value, taxonomy) == told


UNUSABLE: list[tuple[Any, str | None, str]] = [
    ([3], None, "map the field to a taxonomy of this source"),
    ([4], "roles", "4 is no snippet of the taxonomy roles"),
    (key("catalog.Role", 4), "roles", "catalog.Role 4 is a term of no taxonomy"),
    (key("media.CustomImage"), None, "expose a rendition"),
    ("sales", "roles", "'sales' is no key of the taxonomy roles"),
    (["Two Words"], None, "write lowercase snake_case"),
    ({"type": "block"}, None, "an object is no value of a field"),
    ([[1]], None, "[1] is no term"),
]


@pytest.mark.parametrize(("value", "taxonomy", "words"), UNUSABLE)
def test_what_is_no_value_says_why_and_what_to_do(
    value: Any, taxonomy: str | None, words: str
) -> None:
    """Nothing is guessed."""
    with pytest.raises(Unusable) as caught:
        READER.told(value, taxonomy)

    assert words in str(caught.value)


def test_a_lost_image_is_not_an_empty_field() -> None:
    """Wagtail gives `error` in the place of a rendition whose picture is gone."""
    with pytest.raises(Lost, match="SourceImageIOError"):
        READER.told({"error": "SourceImageIOError"}, None)


SITE = """\
- source: wagtail
  url: https://cms.example.com/api/v3/
  credentials: CMS
  target: market
  mapping: offering
  taxonomies:
    gsv_roles: {snippets: catalog.Role}
  offerings: {pages: catalog.OfferingPage}
"""
TARGETS = "market:\n  provider: saleor\n  environment: staging\n  sandbox: true\n"

WRONG = [
    (SITE.replace("gsv_roles", "GSV"), "7: write lowercase snake_case, like sales_sdr"),
    (SITE.replace("snippets:", "snipets:"), "7: did you mean snippets?"),
    (SITE.replace("  mapping: offering\n", ""), "1: name it: mapping: offering"),
    (SITE.replace("  credentials: CMS\n", ""), "1: name the prefix of its variable"),
    (SITE.replace("https", "ftp"), "2: write an address like"),
    (SITE.replace("market", "markt"), "4: did you mean market?"),
    (SITE + SITE, "15: let one source say it"),
    ("- {source: wagtail, url: 'https://a/', target: market, credentials: A}\n", "1: name taxono"),
    ("- {url: 'https://a/', target: market}\n", "1: write one of 'shopify-csv' or 'wagtail'"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_source_is_told_at_its_line(text: str, told: str) -> None:
    """Each kind of source by its own fields."""
    files = {"desired/targets.yaml": TARGETS, "desired/sources.yaml": text}
    problems = load({path: content.encode() for path, content in files.items()}).problems

    assert any(f"{p.place.line}: {p.remedy}".startswith(told) for p in problems), problems
    assert (
        load(
            {"desired/targets.yaml": TARGETS.encode(), "desired/sources.yaml": SITE.encode()}
        ).problems
        == ()
    )
