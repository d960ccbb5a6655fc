"""The sandbox speaks the vendor's language, and no word more."""

from __future__ import annotations

from graphql import build_schema, print_schema, validate_schema

from providers.shopify.sandbox.documents import schema
from providers.shopify.sandbox.engine import answering_schema
from tests.vendor import beyond_vendor, vendor_schema


def test_the_sandbox_has_nothing_that_the_vendor_has_not() -> None:
    """Every type, field, argument and value is in the Admin API 2026-10, with the same type."""
    assert beyond_vendor(schema(), vendor_schema("shopify")) == []


def test_the_schema_is_sound() -> None:
    """No interface is implemented by half."""
    assert validate_schema(build_schema(print_schema(schema()))) == []


def test_whatever_can_be_asked_is_answered() -> None:
    """No root field is without a resolver: it would be null, and look like an answer."""
    roots = (answering_schema().query_type, answering_schema().mutation_type)

    assert [
        name
        for root in roots
        for name, field in (root.fields.items() if root else ())
        if field.resolve is None
    ] == []


def test_a_foreign_field_is_seen() -> None:
    """The check is checked: a field that Shopify does not have is found."""
    text = print_schema(schema()).replace("  vendor: String!", "  vendor: String!\n  maker: String")

    assert beyond_vendor(build_schema(text), vendor_schema("shopify")) == [
        "Product.maker: not at the vendor"
    ]
