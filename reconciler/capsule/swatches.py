"""Local swatch files: whose they are, and whether they are what a swatch has to be.

A file's name holds the capsule and the CPI (`S226_3004-416689_swatch.png`).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from reconciler.capsule.rules import Swatches

FOLDER: Final = "assets/swatches/"
MOST_PIXELS: Final = 64_000_000

AMBIGUOUS: Final = "AMBIGUOUS_LOCAL_SWATCHES"
UNFIT: Final = "SWATCH_UNFIT"

_FORMATS: Final = {"MPO": "JPEG"}
"""A camera's JPEG with a second picture inside is a JPEG to everybody else."""

_WORD: Final = re.compile(r"[0-9A-Za-z-]+")
"""What may be a CPI in the name of a file."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """One file. size: width and height. profile: the embedded colour profile's name, or None.
    problems: why it can not be used."""

    path: str
    cpi: str
    sha256: str
    format: str | None = None
    size: tuple[int, int] | None = None
    profile: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class Found:
    """by_cpi: the files of each product. strays: files that are no product's, and why.
    alike: files of several products with one content."""

    by_cpi: Mapping[str, tuple[Swatch, ...]]
    strays: Mapping[str, str]
    alike: tuple[tuple[str, ...], ...]


def look_through(
    files: Mapping[str, bytes], capsule: str, cpis: Iterable[str], rules: Swatches
) -> Found:
    """files: path below the capsule's folder → content; those outside of the swatches' folder
    are passed over."""
    known = frozenset(cpis)
    by_cpi: dict[str, list[Swatch]] = {}
    strays: dict[str, str] = {}
    for path in sorted(path for path in files if path.startswith(FOLDER)):
        name = PurePosixPath(path).name
        owner = sorted(known.intersection(_WORD.findall(name)))
        if not _names(name, capsule):
            strays[path] = f"its name does not hold the capsule, {capsule}"
        elif len(owner) != 1:
            strays[path] = (
                f"its name holds {len(owner)} CPIs of the capsule"
                if owner
                else "its name holds no CPI of the capsule"
            )
        else:
            swatch = checked(path, owner[0], files[path], rules)
            by_cpi.setdefault(owner[0], []).append(swatch)
    return Found({c: tuple(s) for c, s in by_cpi.items()}, strays, tuple(_alike(by_cpi)))


def _names(name: str, capsule: str) -> bool:
    """Whether the capsule stands in a name by itself."""
    return re.search(rf"(?<![0-9A-Za-z-]){re.escape(capsule)}(?![0-9A-Za-z-])", name) is not None


def _alike(by_cpi: Mapping[str, list[Swatch]]) -> Iterator[tuple[str, ...]]:
    by_content: dict[str, list[Swatch]] = {}
    for swatch in (one for swatches in by_cpi.values() for one in swatches):
        by_content.setdefault(swatch.sha256, []).append(swatch)
    for swatches in by_content.values():
        if len({one.cpi for one in swatches}) > 1:
            yield tuple(sorted(one.path for one in swatches))


def checked(path: str, cpi: str, content: bytes, rules: Swatches) -> Swatch:
    """The file with what it is, and with why it can not be used."""
    from PIL import Image, UnidentifiedImageError

    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with Image.open(io.BytesIO(content)) as image:
            size, format_ = image.size, _FORMATS.get(str(image.format), str(image.format))
            if size[0] * size[1] > MOST_PIXELS:
                return Swatch(path, cpi, sha256, format_, size, None, ("it is far too large",))
            profile = _profile(image.info.get("icc_profile"))
            image.load()
            mode = image.mode
    except (
        Image.DecompressionBombError, OSError, SyntaxError, ValueError,
    ) as error:  # fmt: skip
        why = "" if isinstance(error, UnidentifiedImageError) else f": {str(error)[:80]}"
        told = f"it is no image that can be read{why}"
        return Swatch(path, cpi, sha256, problems=(told,))
    ending = PurePosixPath(path).suffix.lower()
    misnamed = Image.registered_extensions().get(ending) != format_
    problems = (
        *([f"it is {format_}, and its name ends in {ending!r}: rename it"] if misnamed else []),
        *_problems(format_, size, mode, profile, rules),
    )
    return Swatch(path, cpi, sha256, format_, size, profile, problems)


def _problems(
    format_: str, size: tuple[int, int], mode: str, profile: str | None, rules: Swatches
) -> Iterator[str]:
    if format_ not in rules.formats:
        yield f"it is {format_}, not {' or '.join(rules.formats)}"
    if min(size) < rules.smallest or max(size) > rules.largest:
        limits = f"sides of {rules.smallest} to {rules.largest} are wanted"
        yield f"it is {size[0]}×{size[1]}, and {limits}"
    if rules.square and size[0] != size[1]:
        yield f"it is {size[0]}×{size[1]}, and a square is wanted"
    if mode == "CMYK":
        yield "its colours are CMYK"
    if profile is not None and not any(name in profile for name in rules.profiles):
        yield f"its colour profile is {profile!r}, not {' or '.join(rules.profiles)}"


def _profile(embedded: bytes | None) -> str | None:
    if not embedded:
        return None
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        return str(ImageCms.getProfileDescription(profile)).strip()
    except (ImageCms.PyCMSError, OSError):
        return "unreadable"


def the_one(swatches: tuple[Swatch, ...]) -> tuple[Swatch | None, str | None]:
    """The file to take, and why none: several contents are for people to choose among."""
    sound = [one for one in swatches if not one.problems]
    if not sound:
        return None, UNFIT if swatches else None
    if len({one.sha256 for one in sound}) > 1:
        return None, AMBIGUOUS
    return sound[0], None
