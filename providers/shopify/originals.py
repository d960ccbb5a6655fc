"""Where pictures come from: below `desired/`, or from an address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from providers.kit.pictures import Pictures
from reconciler.intent.assets import LARGEST, is_pointer
from reconciler.provider import PlatformError


class Unreadable(PlatformError):
    """A picture of the working tree can not be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Originals:
    """folder: the `desired/` of the working tree; None where there is none."""

    folder: Path | None
    web: Pictures

    async def content(self, source: str) -> bytes:
        """Raises `Unreadable`, or `Unfetched`."""
        if is_address(source):
            return await self.web.fetch(source)
        return self._of_file(source)

    def _of_file(self, source: str) -> bytes:
        """Nothing above the folder, and nothing through a link."""
        if self.folder is None:
            raise Unreadable(f"{source} lies in a working tree, and there is none here")
        path = self.folder
        for step in Path(source).parts:
            path = path / step
            if step == ".." or path.is_symlink():
                raise Unreadable(f"{source} leads out of {self.folder.name}/ or through a link")
        if not path.is_file():
            raise Unreadable(f"there is no {source} under {self.folder.name}/ · check it out")
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"{source} has more than the 20 MB that a picture may have")
        content = path.read_bytes()
        if is_pointer(content):
            told = f"{source} is a git-lfs pointer here, not the picture itself"
            raise Unreadable(f"{told} · run git lfs pull (checkout with lfs: true)")
        return content


def is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))
