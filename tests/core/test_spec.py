"""What a spec's annotations say, and the one canonical form that all comparison rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.model.address import Address
from reconciler.model.spec import (
    CREATE_ONLY,
    UNSTATED,
    Merge,
    Owned,
    Ref,
    owned,
    references,
    restore,
    shape,
    spec,
    stated,
    stated_alike,
)


@spec
class Product:
    title: Owned[str | None] = UNSTATED
    tags: Owned[Annotated[tuple[str, ...], Merge.SET]] = UNSTATED
    choices: Owned[
        Annotated[
            Mapping[
                Annotated[str, Ref("attribute")],
                tuple[Annotated[str, Ref("value", within_entry=True)], ...] | None,
            ],
            Merge.SET,
        ]
    ] = UNSTATED
    url: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED


def test_what_is_not_stated_is_not_there() -> None:
    """Unstated differs from null: the first is not managed, the second is managed and empty."""
    assert stated(Product()) == {}
    assert stated(Product(title=None)) == {"title": None}


def test_mappings_are_owned_entry_by_entry() -> None:
    """Each entry has a path of its own, and sets are in canonical order."""
    product = Product(choices={"role": ("hr", "ceo", "hr"), "size": None})

    assert owned(product) == {"choices.role": ["ceo", "hr"], "choices.size": None}


def test_references_are_found_in_keys_and_values() -> None:
    """An entry's key points at its attribute, its values at values within it."""
    found = set(references(Product(choices={"role": ("hr",)}), "market"))

    assert found == {
        Address("market", "attribute", "role"),
        Address("market", "value", "role/hr"),
    }


def test_shape_names_the_nature_of_each_field() -> None:
    """Merge mode, mapping, create-only."""
    natures = {f.name: (f.merge, f.keyed, f.create_only) for f in shape(Product)}

    assert natures == {
        "title": (Merge.ORDERED, False, False),
        "tags": (Merge.SET, False, False),
        "choices": (Merge.SET, True, False),
        "url": (Merge.ORDERED, False, True),
    }


def test_specs_are_strict() -> None:
    """A number is no text, and an unknown field is none."""
    with pytest.raises(ValidationError):
        Product(title=5)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Product(colour="red")  # type: ignore[call-arg]


def test_an_echo_is_cut_down_to_what_was_asked() -> None:
    """What a platform holds beyond the request is not taken for ours; create-only fields are
    believed as asked."""
    echo = Product(title="A", tags=("x",), choices={"role": ("hr",), "other": ("y",)})
    asked = Product(choices={"role": ("hr",), "size": None}, url="u")

    assert stated_alike(echo, asked) == {"choices": {"role": ["hr"], "size": None}, "url": "u"}


TEXTS = st.text(max_size=8)


@given(
    st.builds(
        Product,
        title=st.one_of(st.none(), TEXTS),
        tags=st.lists(TEXTS, max_size=4).map(tuple),
        choices=st.dictionaries(TEXTS, st.one_of(st.none(), st.lists(TEXTS).map(tuple))),
    )
)
def test_a_spec_survives_the_ledger(product: Product) -> None:
    """Written as JSON and read back through the spec, it owns the same."""
    assert owned(restore(Product, stated(product))) == owned(product)
