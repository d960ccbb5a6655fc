"""What all intents share: strictness, the targets they speak to, and the places of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints
from pydantic_core import to_jsonable_python

from reconciler.intent.assets import Asset
from reconciler.model.question import Question
from reconciler.model.resource import Source
from reconciler.model.spec import digest

I = TypeVar("I", bound="Intent")  # noqa: E741 - the type variable of intents

SnakeKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A key that is stable for ever: lowercase snake_case. Labels may change, keys may not."""

AttributeKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
"""A taxonomy's key, which is the platform's own: dashes are usual there."""

Text = Annotated[str, StringConstraints(min_length=1)]

TargetName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]

Place = tuple[str | int, ...]
"""The way to a part of a document: `("terms", "sales_sdr", "label")`."""


class Misstated(ValueError):
    """What a model finds wrong among its own parts. way: to the part that is to change."""

    def __init__(self, cause: str, remedy: str, *way: str | int) -> None:
        self.way: Place = way
        super().__init__(f"{cause} · {remedy}")


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise Misstated(f"{name} is said a second time", "keep one of the two", place)
    return names


Names = Annotated[tuple[Text, ...], AfterValidator(_each_once)]
"""A list in which nothing stands twice."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of one document stand in their file."""

    path: str
    positions: Mapping[Place, tuple[int, int]] = field(default_factory=dict)

    def at(self, *place: str | int) -> Source:
        """The place of a part, or of the nearest part around it that is written down."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.positions:
                return Source(self.path, *self.positions[place[:length]])
        return Source(self.path, 1, 1)

    def ways(self) -> dict[tuple[int, int], Place]:
        """By line and column, the way to what begins there; to the innermost of several."""
        by_depth = sorted(self.positions.items(), key=lambda item: len(item[0]))
        return {at: way for way, at in by_depth}

    def under(self, *place: str | int) -> Places:
        """The places of one part, as seen from it."""
        depth = len(place)
        return Places(
            self.path,
            {way[depth:]: at for way, at in self.positions.items() if way[:depth] == place},
        )


class Part(BaseModel):
    """A piece of an intent: strict, frozen, and knowing all its fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Intent(Part):
    """A document under `desired/<folder>/`."""

    folder: ClassVar[str]

    targets: Annotated[tuple[TargetName, ...], Field(min_length=1)]
    """The targets, named in `targets.yaml`, on which this shall be so."""

    _places: Places = PrivateAttr(default=Places("", {}))
    _assets: Mapping[str, Asset] = PrivateAttr(default_factory=dict)

    def at(self, *place: str | int) -> Source:
        """Where a part of this document stands."""
        return self._places.at(*place)

    def ways(self) -> dict[tuple[int, int], Place]:
        """By line and column, the way to the part that begins there."""
        return self._places.ways()

    @property
    def path(self) -> str:
        """The file that this document is, as people are shown it."""
        return self._places.path

    def placed(self: I, places: Places) -> I:
        self._places = places
        return self

    def pictures(self) -> Iterator[tuple[Place, str]]:
        """The pictures below `desired/` that this document names, each with where it does."""
        return iter(())

    def asset(self, path: str) -> Asset | None:
        """A picture that this document names, by its path below `desired/`."""
        return self._assets.get(path)

    def beside(self: I, assets: Mapping[str, Asset]) -> I:
        self._assets = assets
        return self

    def questions(self) -> Iterator[Question]:
        """What this document asks of the live catalog."""
        return iter(())

    def digest_of(self, *place: str | int) -> str:
        """The digest of one part of this intent: it moves exactly when the part's meaning does. Of
        a whole document that names pictures it moves with their contents too.

        A resource carries it as `intent`, so that a desired value that moved while its intent
        did not is known to come from the catalog.
        """
        part: Any = self
        for step in place:
            part = getattr(part, str(step)) if isinstance(part, BaseModel) else part[step]
        said = to_jsonable_python(part)
        if not place and self._assets:
            said = [said, {path: found.digest for path, found in self._assets.items()}]
        return digest(said)


@dataclass(frozen=True, slots=True)
class Intents:
    """All documents under `desired/`, by kind."""

    documents: tuple[Intent, ...] = ()
    _of_kind: dict[type[Intent], tuple[Any, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, kind: type[I]) -> Iterator[I]:
        """Asked for each field of each offering: documents are looked through once a kind."""
        if kind not in self._of_kind:
            self._of_kind[kind] = tuple(d for d in self.documents if isinstance(d, kind))
        return iter(self._of_kind[kind])

    def for_target(self, target: str) -> Intents:
        return Intents(tuple(d for d in self.documents if target in d.targets))

    def __iter__(self) -> Iterator[Intent]:
        return iter(self.documents)

    @classmethod
    def made_of(cls, documents: Iterable[Intent]) -> Intents:
        return cls(tuple(documents))
