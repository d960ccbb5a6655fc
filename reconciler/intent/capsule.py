"""`desired/capsules/<C>/`: what people decide about a capsule, with its state and manifest, and the
images that come of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final

from pydantic import PrivateAttr

from reconciler.capsule import invariants, manifest
from reconciler.capsule.folder import MANIFEST, RULES, Folder
from reconciler.capsule.rules import Rules
from reconciler.capsule.state import Broken, BrokenState, Product, ProductState
from reconciler.capsule.text import BrokenLog
from reconciler.intent import yaml
from reconciler.intent.assets import Asset, asset, why_unfit
from reconciler.intent.base import Intent, Place, Places
from reconciler.intent.images import Image, Images, ProductImages, Purposes
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

FOLDER: Final = "capsules"
ASSETS: Final = "assets"
SWATCHES: Final = "swatches"

Position = tuple[int, int]


class Capsule(Intent, Rules):
    folder: ClassVar[str] = FOLDER

    _state: ProductState | None = PrivateAttr(default=None)
    _state_places: Places = PrivateAttr(default=Places(""))
    _manifest: Mapping[int, Mapping[str, Any]] = PrivateAttr(default_factory=dict)
    _swatches: Mapping[str, int] = PrivateAttr(default_factory=dict)
    _files: Mapping[str, bytes] = PrivateAttr(default_factory=dict)

    @property
    def target(self) -> str:
        """Where the capsule's products are looked at: the first of its targets."""
        return self.targets[0]

    @property
    def state(self) -> ProductState | None:
        return self._state

    @property
    def products(self) -> Mapping[str, Product]:
        return self._state.products if self._state else {}

    def completed(self, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Take up the state and the manifest that stand beside `capsule.yaml`; what is wrong with
        them. files: path as people are shown it → content."""
        above = PurePosixPath(self.path).parent
        own = {str(PurePosixPath(p).relative_to(above)): c for p, c in files.items()}
        folder = Folder(self.capsule, own)
        if above.name != self.capsule:
            cause = f"it says capsule {self.capsule}, and lies in the folder {above.name}"
            yield Problem(self.at("capsule"), cause, "name both the same")
            return
        yield from self._take_state(folder, f"{above}/{folder.state_path}")
        self._files = own
        try:
            self._manifest = folder.lines(MANIFEST)
            self._swatches = manifest.newest_swatches(self._manifest)
        except BrokenLog as error:
            place, _, told = str(error).partition("  ")
            line = int(place.rsplit(":", 1)[-1])
            cause, _, remedy = told.partition(" · ")
            yield Problem(Source(f"{above}/{MANIFEST}", line), cause, remedy)
        except BrokenState as error:
            for one in error.broken:
                yield Problem(Source(f"{above}/{MANIFEST}", 1), one.cause, one.remedy)
        yield from self._swatch_problems(f"{above}/{MANIFEST}")

    def _swatch_problems(self, path: str) -> Iterator[Problem]:
        """A manifest's newest row must be about the file that lies there."""
        for product in self.products.values():
            line = self._swatches.get(product.cpi)
            if line is None:
                continue
            place, row = Source(path, line), self._manifest[line]
            found = self._swatch(row)
            if found is None:
                cause = f"{row['file']} of {product.cpi} is not there"
                yield Problem(place, cause, "commit it, or promote another swatch")
            elif found.digest != row["sha256"]:
                cause = f"{row['file']} of {product.cpi} is another file than the one promoted"
                yield Problem(place, cause, "register and promote it again")
            elif wrong := why_unfit(str(row["file"]), found):
                yield Problem(place, *wrong)

    def _swatch(self, row: Mapping[str, Any]) -> Asset | None:
        return asset(self._files.get(str(row["file"]), b""))

    def _take_state(self, folder: Folder, path: str) -> Iterator[Problem]:
        content = folder.files.get(folder.state_path)
        if content is None:
            return
        if wrong := _why_no_json(path, content):
            yield wrong
            return
        try:
            document = yaml.read(path, content)
        except yaml.Unreadable as error:
            yield error.problem
            return
        yield from document.problems
        self._state_places = document.places
        try:
            read = folder.state()
        except BrokenState as error:
            yield from (self.problem_of(one) for one in error.broken)
            return
        self._state = read.state if read else None

    def problem_of(self, broken: Broken) -> Problem:
        """A rule that does not hold, with the place in the state."""
        place = self._state_places.at(*broken.way)
        return Problem(place, str(broken).rsplit(" · ", 1)[0], broken.remedy)

    def moved_since(self, before: Capsule) -> Iterator[Problem]:
        """What no edit of the state may do."""
        if before.state is not None and self.state is not None:
            yield from (self.problem_of(one) for one in invariants.moved(before.state, self.state))

    @cached_property
    def images(self) -> Images:
        """Look and swatch of its products, for all of its targets. The look is the one that a
        person chose in `capsule.yaml`, else the adopted one; the swatch the manifest's newest."""
        positions: dict[Place, Position] = {}
        products = {
            handle: images
            for handle, product in self.products.items()
            if (images := self._images_of(product, positions)) is not None
        }
        made = Images(
            targets=self.targets,
            into=Purposes(look=self.into.look, swatch=self.into.swatch),
            products=products,
        )
        placed = made.placed(self._places_of_images(positions))
        return placed.beside(dict(self._assets_of(placed)))

    def _places_of_images(self, positions: Mapping[Place, Position]) -> Places:
        """The state's lines; those of `capsule.yaml` where the state says nothing of images."""
        return Places(self._state_places.path, positions) if positions else self._places

    def _assets_of(self, images: Images) -> Iterator[tuple[str, Asset]]:
        """The swatches by their paths below `desired/`."""
        above = f"{FOLDER}/{self.capsule}/"
        for _, path in images.pictures():
            found = asset(self._files.get(path.removeprefix(above), b""))
            if found is not None:
                yield path, found

    def _images_of(
        self, product: Product, positions: dict[Place, Position]
    ) -> ProductImages | None:
        images: dict[str, Image] = {}
        for variant, name, image in self._chosen(product):
            images[variant] = image
            way = ("products", product.handle, "assets", name)
            at = self._state_places.at(*way)
            place = ("products", product.handle, variant.lower())
            positions[place] = (at.line, at.column)
            positions["products", product.handle, "images", variant] = (at.line, at.column)
        if not images:
            return None
        return ProductImages(
            images=images,
            look="LOOK" if "LOOK" in images else None,
            swatch="SWATCH" if "SWATCH" in images else None,
        )

    def _chosen(self, product: Product) -> Iterator[tuple[str, str, Image]]:
        adopted = product.assets.look_image
        look = self.decision(product.cpi).look or (adopted.file_name if adopted else None)
        if look is not None and not product.is_accessory:
            yield "LOOK", "look_image", Image(file=look)
        line = self._swatches.get(product.cpi)
        if line is not None:
            path = f"{FOLDER}/{self.capsule}/{self._manifest[line]['file']}"
            yield "SWATCH", "swatch_image", Image(path=path)


def _why_no_json(path: str, content: bytes) -> Problem | None:
    """None too for what is no text: reading its places tells that."""
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        place = Source(path, error.lineno, error.colno)
        return Problem(place, f"is no JSON: {error.msg}", "correct it there, or just before")
    except UnicodeDecodeError:
        pass
    return None


def is_capsule_file(path: str) -> bool:
    """Whether a file is a part of a capsule: all of it but `capsule.yaml` is no intent."""
    parts = PurePosixPath(path).parts
    return len(parts) > 3 and parts[1] == FOLDER and not (len(parts) == 4 and parts[3] == RULES)


def is_unread(path: str) -> bool:
    """Whether a file is a picture of a capsule that no plan needs: all but its swatches."""
    parts = PurePosixPath(path).parts
    is_asset = len(parts) > 4 and parts[1] == FOLDER and parts[3] == ASSETS
    return is_asset and parts[4] != SWATCHES


def complete(capsules: Iterable[Capsule], files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Each capsule with what stands beside it; folders that have no `capsule.yaml` are told."""
    by_folder = {str(PurePosixPath(capsule.path).parent): capsule for capsule in capsules}
    orphans = set()
    for path in files:
        if is_capsule_file(path):
            folder = "/".join(PurePosixPath(path).parts[:3])
            if folder not in by_folder and f"{folder}/{RULES}" not in files:
                orphans.add(folder)
    for folder in sorted(orphans):
        cause = "the capsule has no capsule.yaml"
        yield Problem(Source(f"{folder}/{RULES}", 1), cause, "write its targets and its name there")
    for folder, capsule in by_folder.items():
        own = {p: c for p, c in files.items() if p.startswith(f"{folder}/") and not is_unread(p)}
        yield from capsule.completed(own)
