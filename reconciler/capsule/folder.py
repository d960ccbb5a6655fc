"""A capsule's folder: where its files are, read as text, and what a command made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, Final

from reconciler.capsule import invariants
from reconciler.capsule.state import Broken, BrokenState, StateText, read_state
from reconciler.capsule.text import OURS, Layout, appended, layout_of, rows

RULES: Final = "capsule.yaml"
MANIFEST: Final = "manifests/images_manifest.jsonl"
PRODUCT_MAP: Final = "manifests/product_map.json"


@dataclass
class Folder:
    """files: path below the folder → content; `changed` holds what commands made of them."""

    capsule: str
    files: Mapping[str, bytes]
    changed: dict[str, bytes] = field(default_factory=dict)

    @property
    def state_path(self) -> str:
        return f"state/product_state_{self.capsule}.json"

    @property
    def inspection_path(self) -> str:
        return f"outputs/inspect_images_{self.capsule}.json"

    @property
    def drift_path(self) -> str:
        return f"outputs/asset_drift_{self.capsule}.jsonl"

    @property
    def swatch_queue_path(self) -> str:
        return f"outputs/actions_swatch_queue_{self.capsule}.jsonl"

    @property
    def review_queue_path(self) -> str:
        return f"outputs/manual_review_queue_{self.capsule}.jsonl"

    @property
    def results_path(self) -> str:
        return f"outputs/write_results_{self.capsule}.jsonl"

    def text(self, path: str) -> str | None:
        """None where there is no such file. Raises `BrokenState` for what is no text."""
        content = self.changed.get(path, self.files.get(path))
        if content is None:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            told = Broken(None, "SCHEMA", f"{path} is not UTF-8 text", "save it as UTF-8")
            raise BrokenState([told]) from error

    def write(self, path: str, text: str) -> bool:
        """Whether the file says something else now."""
        if self.text(path) == text:
            return False
        self.changed[path] = text.encode()
        return True

    def state(self) -> StateText | None:
        """None where none was seeded yet. Raises `BrokenState` where a rule does not hold."""
        text = self.text(self.state_path)
        if text is None:
            return None
        read = read_state(text)
        if wrong := invariants.broken(read.state, self.capsule):
            raise BrokenState(wrong)
        return read

    def log(self, path: str, needed: Iterable[str] = ()) -> list[dict[str, Any]]:
        """The rows of a log, each with the needed fields. Raises `BrokenLog`."""
        return list(self.lines(path, needed).values())

    def lines(self, path: str, needed: Iterable[str] = ()) -> dict[int, dict[str, Any]]:
        """The same, by the lines that they stand in."""
        return rows(path, self.text(path) or "", needed)

    def append(self, path: str, added: list[dict[str, Any]]) -> bool:
        return bool(added) and self.write(path, appended(self.text(path) or "", added))

    def json(self, path: str) -> Any:
        """The content of a JSON file, None where there is none. Raises `BrokenState`."""
        text = self.text(path)
        if text is None:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            told = Broken(None, "SCHEMA", f"{path} is no JSON: {error}", "make it anew")
            raise BrokenState([told]) from error

    def write_json(self, path: str, data: Any, *, pretty: bool = True) -> bool:
        """In the layout that the file has; whether it says something else now."""
        text = self.text(path)
        if text is not None and json.loads(text) == data:
            return False
        new = OURS if pretty else Layout(indent=None)
        layout = layout_of(text, json.loads(text)) if text is not None else new
        return self.write(path, layout.text(data))

    def newest(self, pattern: str) -> str | None:
        """The last file, by name, whose path is of the pattern (`inputs/*.csv`)."""
        return max((path for path in self.paths() if fnmatchcase(path, pattern)), default=None)

    def paths(self) -> Iterator[str]:
        yield from self.files
        yield from (path for path in self.changed if path not in self.files)

    def import_csvs(self) -> list[str]:
        """The CSV files that were made to be imported: what proves that a product was enriched."""
        return sorted(
            path
            for path in self.paths()
            if path.startswith("outputs/")
            and path.endswith(".csv")
            and any(word in PurePosixPath(path).name for word in ("import", "anomalies"))
        )
