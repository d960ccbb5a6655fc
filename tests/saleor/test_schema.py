"""The sandbox's schema is part of the vendor's, and the vendor's takes all that is sent."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import httpx
from graphql import build_schema, print_schema, validate_schema

from providers.saleor.sandbox.engine import schema
from reconciler import workflow
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.planner import Wishes
from reconciler.site import Site
from tests.conftest import ROOT
from tests.vendor import beyond_vendor, document_problems, vendor_schema


def test_the_sandbox_has_nothing_that_the_vendor_has_not() -> None:
    """Types, fields, arguments and enum values, each with the vendor's own type."""
    assert validate_schema(build_schema(print_schema(schema()))) == []
    assert beyond_vendor(schema(), vendor_schema("saleor")) == []


def test_every_document_that_is_sent_is_valid_at_the_vendor(tmp_path: Path) -> None:
    """From the first plan of the living example over its apply to the repair of its drift."""
    sent = _documents_of_the_example(tmp_path)
    problems = {
        text: found for text in sent if (found := document_problems(vendor_schema("saleor"), text))
    }

    assert len(sent) > 5
    assert any(text.lstrip().startswith("mutation") for text in sent)
    assert problems == {}


def _documents_of_the_example(folder: Path) -> set[str]:
    shutil.copytree(ROOT / "desired", folder / "desired")
    workspace = open_workspace(folder / "desired", all_sandboxed=True)
    sent: set[str] = set()
    _apply(folder, sent, "first")
    sandbox = open_sandbox(workspace, "market")
    sandbox.admin_edit("attributeValue", "gsv_roles/hr", {"name": "People"})
    sandbox.admin_edit("attribute", "gsv_maturity", {"name": "Ripeness"})
    sandbox.admin_edit("product", "slack-helpdesk", {"attributes": {"gsv_roles": ["marketing"]}})
    (folder / "desired" / "taxonomies" / "modalities.yaml").unlink()
    mapping = folder / "desired" / "mappings" / "offering.yaml"
    lines = mapping.read_text().splitlines(keepends=True)
    mapping.write_text("".join(line for line in lines if "gsv_modalities" not in line))
    _apply(folder, sent, "second")
    return sent


def _apply(folder: Path, sent: set[str], run: str) -> None:
    workspace = open_workspace(folder / "desired", all_sandboxed=True)
    sites = [_overheard(site, sent) for site in open_sites(workspace, ["market"])]
    intents = workspace.desired.intents
    anyio.run(partial(workflow.apply, sites, intents, Wishes(), run, "now"))


def _overheard(site: Site, sent: set[str]) -> Site:
    open_door = site.wire

    def wire() -> httpx.AsyncBaseTransport:
        inner = open_door()
        assert inner is not None
        return _Listening(inner, sent)

    return replace(site, wire=wire)


class _Listening(httpx.AsyncBaseTransport):
    """Lets everything through and keeps the documents."""

    def __init__(self, inner: httpx.AsyncBaseTransport, sent: set[str]) -> None:
        self._inner, self._sent = inner, sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._sent.add(json.loads(request.content)["query"])
        return await self._inner.handle_async_request(request)
