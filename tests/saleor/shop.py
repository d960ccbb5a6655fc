"""A workshop for taxonomies and offerings: files are written, planned and applied as a person
would, and what became of it is looked at through raw requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.model.change import AnyChange
from reconciler.model.plan import Plan
from tests.saleor import market
from tests.workshop import Workshop, problems_of

POLICY = {"adopt": True, "prune": True, "create": "attributes"}


def taxonomy(slug: str, label: str, input_: str = "multiselect", **terms: str) -> dict[str, str]:
    """One taxonomy's document; terms: key → label."""
    lines = "".join(f'  {key}: {{label: "{text}"}}\n' for key, text in terms.items())
    head = f'targets: [market]\ntaxonomy: {slug}\nlabel: "{label}"\ninput: {input_}\n'
    return {f"taxonomies/{slug}.yaml": head + (f"terms:\n{lines}" if lines else "")}


def mapping(*attributes: str) -> dict[str, str]:
    """Fields that are called like their attributes."""
    lines = "".join(f"  {slug}: {{attribute: {slug}}}\n" for slug in attributes)
    return {"mappings/all.yaml": f"targets: [market]\nmapping: all\nfields:\n{lines}"}


def offering(product: str, **fields: str) -> dict[str, str]:
    """One offering's document; the fields as YAML."""
    lines = "".join(f"  {field}: {value}\n" for field, value in fields.items())
    head = f"targets: [market]\noffering: {product}\nmapping: all\n"
    return {f"offerings/{product}.yaml": f"{head}fields:\n{lines}"}


class Shop(Workshop):
    """A workshop on the marketplace. The strictest sort of tests: nothing may go wrong unless a
    test says so."""

    def put(self, *documents: dict[str, str]) -> None:
        for files in documents:
            self.write(files)

    def applied(self, *allow: str) -> None:
        applied = self.apply(allow)

        assert problems_of(applied) == []

    def failures(self) -> dict[str, str]:
        """What an apply could not do: kind/key → message."""
        outcomes = self.apply().outcomes.items()
        return {
            f"{a.kind}/{a.key}": f"{o.status.value}: {o.message}"
            for a, o in outcomes
            if not o.status.is_fine
        }

    def changes(self) -> dict[str, AnyChange]:
        plan: Plan = self.plan()
        return {f"{c.address.kind}/{c.address.key}": c for c in plan.changes}

    def choices(self, slug: str) -> list[dict[str, Any]]:
        return market.choices(self.sandbox(), slug)

    def slugs(self, slug: str) -> list[str]:
        return [value["slug"] for value in self.choices(slug)]

    def carried(self, product: str) -> dict[str, list[str]]:
        return market.carried(self.sandbox(), product)

    def carriers(self, attribute: str, *values: str) -> int:
        """How many products carry any of these values, or any at all."""
        query = "{ products(first: 100) { edges { node { slug } } } }"
        edges = self.raw(query)["products"]["edges"]
        sets = [set(self.carried(e["node"]["slug"]).get(attribute, ())) for e in edges]
        return sum(bool(found & set(values)) if values else bool(found) for found in sets)

    def raw(self, query: str, **variables: Any) -> dict[str, Any]:
        return market.raw(self.sandbox(), query, **variables)


def shop(folder: Path, identity: str = "external_reference", **policy: Any) -> Shop:
    return Shop(folder, "saleor", "market", {**POLICY, **policy}, {"identity": identity})
