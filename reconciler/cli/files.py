"""Files of a folder: read when they are asked for, written when a command is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path


class Lazy(Mapping[str, bytes]):
    """The files of a folder by their paths below it, each read when it is asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __getitem__(self, name: str) -> bytes:
        path = self.root / name
        if not path.is_file():
            raise KeyError(name)
        return path.read_bytes()

    def __iter__(self) -> Iterator[str]:
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        yield from (
            path.relative_to(self.root).as_posix()
            for path in found
            if not path.name.startswith(".")
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)


def write_changed(root: Path, changed: Mapping[str, bytes]) -> list[str]:
    """The paths of what was written, in order."""
    for name, content in changed.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted(changed)
