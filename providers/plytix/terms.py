"""What a term's option is called, and which term an option stands for."""

from __future__ import annotations

import re
from typing import Literal

from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Key

Naming = Literal["label", "key"]


def option_of(taxonomy: Taxonomy, term: Key, naming: Naming) -> str:
    """A term that the taxonomy does not have (it is a problem of its own) keeps its key."""
    known = taxonomy.terms.get(term)
    return known.label if known is not None and naming == "label" else term


def key_of(option: str) -> Key:
    """The key that an option reads like: `sales_sdr` of `Sales / SDR`; empty where it has no
    letter to begin with."""
    return re.sub(r"^[^a-z]+", "", re.sub(r"[^a-z0-9]+", "_", option.lower())).strip("_")
