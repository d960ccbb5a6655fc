"""What a shop has beside what git says: what can not stand in a document goes alone."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.adopt import Ground
from reconciler.cli.composition import open_workspace, targets_with_providers
from reconciler.provider import Transcript
from reconciler.takeover import taken_over

SHOP = {"shop": {"provider": "shopify", "environment": "staging", "sandbox": True}}
LINE = {"type": "single_line_text_field", "name": "A line"}
STATED = {"targets": ["shop"], "namespace": "custom", "definitions": {"fit": LINE}}
FOUND = {
    "targets": ["shop"],
    "namespace": "custom",
    "definitions": {"fit": LINE, "x": LINE, "care": LINE},
    "values": {"gown": {"care": "Wash", "y": "No"}, "cape": {"care": "Dry"}},
}


def test_what_no_document_can_hold_goes_alone(tmp_path: Path) -> None:
    """Its document stays, with all the rest; and only what git states is counted as git's."""
    files = {"targets.yaml": SHOP, "metafields/own.yaml": STATED}
    for path, content in files.items():
        place = tmp_path / "desired" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(content))
    target, provider = targets_with_providers(
        open_workspace(tmp_path / "desired", all_sandboxed=True)
    )[0]
    texts = {f"desired/{path}": json.dumps(content).encode() for path, content in files.items()}
    found = taken_over(
        Transcript({"metafields/custom.yaml": FOUND}, ()), texts, Ground(target, provider, {})
    )

    assert (found.written, found.stated) == ({"metafields": 3}, {"metafields": 1})
    assert [text.split(":")[0] for text in found.left_out] == [
        "metafields/custom.yaml definitions.x", "metafields/custom.yaml values.gown.y",
    ]  # fmt: skip
    (text,) = (content.decode() for content in found.files.values())
    assert "care: Wash" in text
