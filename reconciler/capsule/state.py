"""Product state, schema v1: what is known and decided of each product of a capsule.

Fields that the schema does not name are kept as they stand. `docs/schemas/product_state.json` is
written from these models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from reconciler.capsule.text import Layout, layout_of
from reconciler.model.errors import Usage
from reconciler.model.wording import worded

VERSION: Final = "1.0"

CPI: Final = r"[0-9A-Za-z]+-[0-9A-Za-z]+"
Cpi = Annotated[str, StringConstraints(pattern=f"^{CPI}$")]
"""`style-colour`: `3004-416689`."""

Moment = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$"),
]
"""`2025-12-21T20:14:05Z`."""

Text = Annotated[str, StringConstraints(min_length=1)]

PreflightStatus = Literal["GO", "NO-GO"]
ImageStatus = Literal["IMAGE_OK", "IMAGE_SOFT_FAIL", "IMAGE_HARD_FAIL"]
ImportSource = Literal["combined_csv", "anomalies_csv"]

STATUSES: Final[tuple[str, ...]] = get_args(PreflightStatus)
IMAGE_STATUSES: Final[tuple[str, ...]] = get_args(ImageStatus)
IMPORT_SOURCES: Final[tuple[str, ...]] = get_args(ImportSource)


class Stage(StrEnum):
    """The promotion ladder, from the ground up."""

    PRE_FLIGHT = "PRE_FLIGHT"
    ENRICHED = "ENRICHED"
    IMPORT_READY = "IMPORT_READY"
    IMPORTED = "IMPORTED"
    MEDIA_ATTACHED = "MEDIA_ATTACHED"
    METAFIELDS_WRITTEN = "METAFIELDS_WRITTEN"
    COLLECTIONS_CREATED = "COLLECTIONS_CREATED"
    LIVE = "LIVE"

    @property
    def height(self) -> int:
        return list(Stage).index(self)


class Section(BaseModel):
    """A part of the state: strict in what it names, and keeping what it does not."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    def parts(self) -> Iterator[tuple[tuple[str, ...], Section]]:
        """This part and all that are in it, with their ways."""
        yield (), self
        for name, field in type(self).model_fields.items():
            value, called = getattr(self, name), field.alias or name
            inner = value if isinstance(value, Mapping) else {None: value}
            for key, part in inner.items():
                if isinstance(part, Section):
                    above = (called,) if key is None else (called, key)
                    yield from (((*above, *way), one) for way, one in part.parts())

    def misspelt(self) -> Iterator[tuple[str, str]]:
        """Fields that the schema does not name and that are nearly called like one of its own."""
        known = [field.alias or name for name, field in type(self).model_fields.items()]
        for name in self.model_extra or ():
            yield from ((name, meant) for meant in get_close_matches(name, known, 1, _NEARLY))


_NEARLY: Final = 0.85
"""From how much alike two names on: `lockd` and `locked` are 0.91."""


class Preflight(Section):
    """The judgement before the import. It is kept as it was: later ones stand in `observed`."""

    status: PreflightStatus
    image_status: ImageStatus
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Import(Section):
    """eligible: false excludes the product entirely. imported: it must not be enriched again.
    anomaly_accepted: the client approved the upload despite issues."""

    eligible: bool
    imported: bool
    imported_at: Moment | None = None
    import_source: ImportSource | None = None
    anomaly_accepted: bool = False


class Expected(Section):
    """The image layout that was attempted; it does not say what is live."""

    count: Annotated[int, Field(ge=0)]
    max_position: Annotated[int, Field(ge=0)]


class Images(Section):
    expected: Expected
    last_enriched_at: Moment | None = None


class Promotion(Section):
    """locked: the product is frozen. rolled_back_to: the rung that a person took it back to; it
    goes no higher until that is lifted."""

    stage: Stage
    locked: bool
    last_transition_at: Moment | None = None
    rolled_back_to: Stage | None = None


class Overrides(Section):
    """Set by people alone, and never cleared by a command."""

    manual_go: bool = False
    notes: str = ""


class Asset(Section):
    """An image that was adopted or registered. ids: the platform's id, by target. path: of a
    local file, below the capsule's folder. sha256: of its content."""

    file_name: Text | None = None
    ids: Mapping[str, Text] = Field(default_factory=dict)
    path: Text | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Assets(Section):
    look_image: Asset | None = None
    swatch_image: Asset | None = None


class Provenance(Section):
    """Where an asset came from, and why it was this one."""

    source: Text
    derived_from: Text
    selection_reason: Text
    derived_at: Moment
    media_gid: Text | None = None
    file_name: Text | None = None


class Allowed(Section):
    """What may be written. `media_write` and `channel_write` forbid where they are false, and
    need not be said."""

    metafield_write: bool = False
    collection_write: bool = False
    size_guide_write: bool = False
    media_write: bool | None = None
    channel_write: bool | None = None


class Judgement(Section):
    """A judgement after the import, beside the preflight."""

    status: PreflightStatus
    image_status: ImageStatus
    reason: Text
    judged_at: Moment


class Live(Section):
    """What a target was seen to have. stated: purposes that git states, of those that not every
    product has. written: of each purpose (`look_image`, `swatch_image`, `size_guide`) that was
    live as git states it once, whether it still is. collections: likewise by style tag."""

    product_gid: Text
    status: str
    published: bool
    media_count: Annotated[int, Field(ge=0)]
    stated: tuple[str, ...] = ()
    written: Mapping[str, bool] = Field(default_factory=dict)
    collections: Mapping[str, bool] = Field(default_factory=dict)
    observed_at: Moment


class Observed(Section):
    preflight: Judgement | None = None
    targets: Mapping[str, Live] = Field(default_factory=dict)


class Product(Section):
    """One product. Handle, product id, CPI, type and whether it is an accessory never change."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, populate_by_name=True)

    handle: Text
    product_id: Text
    cpi: Cpi
    product_type: Text
    is_accessory: bool
    preflight: Preflight
    import_: Annotated[Import, Field(alias="import")]
    images: Images
    promotion: Promotion
    overrides: Overrides = Overrides()
    assets: Assets = Assets()
    assets_provenance: Mapping[str, Provenance] = Field(default_factory=dict)
    allowed_actions: Allowed = Allowed()
    tags: tuple[str, ...] = ()
    observed: Observed = Observed()

    @property
    def is_go(self) -> bool:
        """Whether nothing of its judgements stands against it: the newest one counts, and people's
        decisions outweigh it."""
        newest = self.observed.preflight or self.preflight
        return newest.status == "GO" or self.import_.anomaly_accepted or self.overrides.manual_go

    def styles(self, prefix: str) -> tuple[str, ...]:
        """Its tags that name a style."""
        return tuple(t for t in self.tags if t.startswith(prefix) and t != prefix)

    def live_at(self, target: str) -> Live | None:
        return self.observed.targets.get(target)


class ProductState(Section):
    """A capsule's state. generated_at: when anything else of it last moved."""

    capsule: Text
    schema_version: Literal["1.0"]
    generated_at: Moment
    products: Mapping[str, Product] = Field(default_factory=dict)

    def chosen(self, cpis: tuple[str, ...]) -> dict[str, Product]:
        """The products of these CPIs, all where none is named. Raises `Usage` for a CPI that is
        none of the capsule's."""
        known = {product.cpi for product in self.products.values()}
        for cpi in cpis:
            if cpi not in known:
                raise Usage(f"--cpis {cpi}: no product of {self.capsule} has it")
        return {h: p for h, p in self.products.items() if not cpis or p.cpi in cpis}


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of the state that does not hold. way: the path to the part of the document."""

    product: str | None
    rule: str
    cause: str
    remedy: str
    way: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{self.product or 'the state'}: {self.rule}: {self.cause} · {self.remedy}"


class BrokenState(Exception):
    """Rules do not hold; carries all of them."""

    def __init__(self, broken: list[Broken]) -> None:
        self.broken = tuple(broken)
        super().__init__("\n".join(str(one) for one in broken))


@dataclass(frozen=True, slots=True)
class StateText:
    """A state file as it was read: its data in the file's own order, its model, its layout."""

    data: Mapping[str, Any]
    state: ProductState
    layout: Layout
    text: str


def read_state(text: str) -> StateText:
    """Raises `BrokenState` with every rule of the schema that does not hold."""
    try:
        data = json.loads(text)
    except ValueError as error:
        told = Broken(None, "SCHEMA", f"it is no JSON: {error}", "correct the file")
        raise BrokenState([told]) from error
    return StateText(data, validated(data), layout_of(text, data), text)


def validated(data: Any) -> ProductState:
    """The model of a state's data. Raises `BrokenState`."""
    try:
        return ProductState.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise BrokenState(list(_schema_broken(error, ProductState))) from error


def validated_product(handle: str, record: Any) -> Product:
    """The model of one record. Raises `BrokenState`."""
    try:
        return Product.model_validate_json(json.dumps(record))
    except ValidationError as error:
        raise BrokenState(list(_schema_broken(error, Product, ("products", handle)))) from error


def _schema_broken(
    error: ValidationError, model: type[Section], above: tuple[str | int, ...] = ()
) -> Iterator[Broken]:
    for detail in error.errors(include_url=False):
        way = (*above, *detail["loc"])
        if way == ("schema_version",):
            cause = f"it is of version {detail['input']!r}, and only {VERSION!r} is known"
            yield Broken(None, "SCHEMA_VERSION", cause, "migrate it, or take a newer version", way)
            continue
        product = str(way[1]) if len(way) > 1 and way[0] == "products" else None
        inside = way[2:] if product else way
        name = ".".join(str(step) for step in inside)
        cause, remedy = worded((name,) if name else (), [detail], model)
        yield Broken(product, "SCHEMA", cause, remedy, way)
