"""What a site says, written into the files of `desired/`: contents in, contents out. Pure.

Owned by the source are the terms of its taxonomies, and the offerings that have its mapping on its
target: of these the fields that it names, and which product is meant. The rest of a file is
people's, and stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Final

from providers.sources.wagtail.content import Content, Page, Reference, Term, Told, UnreadableSite
from reconciler.intent import yaml
from reconciler.intent.base import Intents, Place
from reconciler.intent.edit import REMOVE, Edit, Taken, part_at
from reconciler.intent.loader import Files, load
from reconciler.intent.offering import Offering
from reconciler.intent.rendered import block_lines
from reconciler.intent.sources import SnippetTaxonomy, WagtailSite
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.written import Unwritable, edited
from reconciler.model.errors import Refused
from reconciler.model.problem import Problem
from reconciler.model.spec import Value, canonical_json, plain

OFFERINGS: Final = "offerings"
"""What `--allow` calls the offerings of a source."""
FEW: Final = 3
"""So many may go without being more than half of anything."""

_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Consent:
    """prune: whether what vanished may be taken out. allowed: taxonomies (or `offerings`) of which
    more than half, or all, may go at once."""

    prune: bool = False
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a file that says something else; the empty way is the whole file."""

    path: str
    way: Place
    before: Value | Taken
    after: Value | Taken


@dataclass(frozen=True, slots=True)
class Removal:
    """What the site says no more. is_done: it is taken out, with consent; else proposed."""

    path: str
    line: int
    what: str
    why: str
    is_done: bool


@dataclass(frozen=True)
class Import:
    """files: contents by path as people are shown it; None for one that goes. Nothing is written
    here. changes: the removals that are done among them."""

    files: Mapping[str, bytes | None] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    removals: tuple[Removal, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def proposed(self) -> tuple[Removal, ...]:
        """The removals that wait for consent."""
        return tuple(removal for removal in self.removals if not removal.is_done)


def imported(entry: WagtailSite, content: Content, files: Files, consent: Consent) -> Import:
    """The files with what the site says in them. They must be valid.

    Raises `UnreadableSite` where that can not be written, and `Refused` where consent does not
    reach as far as what would go.
    """
    consent = replace(consent, prune=consent.prune or entry.prune)
    desk = _Desk(entry, content, files, consent)
    for key, taxonomy in entry.taxonomies.items():
        desk.write_taxonomy(key, taxonomy)
    if content.pages is not None:
        desk.write_offerings(content.pages)
    return desk.result()


class _Desk:
    """The files before, and what is to be done to them."""

    def __init__(
        self, entry: WagtailSite, content: Content, files: Files, consent: Consent
    ) -> None:
        self.entry, self.content, self.files, self.consent = entry, content, files, consent
        self.intents: Intents = load(files).intents.for_target(entry.target)
        self.root = next((PurePosixPath(path).parts[0] for path in files), "desired")
        self.edits: dict[str, list[Edit]] = {}
        self.made: dict[str, Mapping[str, Value]] = {}
        self.removals: list[Removal] = []
        self.warnings = list(content.warnings)
        self.standing: dict[str, set[str]] = {}

    # Taxonomies

    def write_taxonomy(self, key: str, taxonomy: SnippetTaxonomy) -> None:
        """The terms as the site has them, behind those that stand in the file already."""
        live = self.content.live(key)
        present = next((t for t in self.intents.of(Taxonomy) if t.taxonomy == key), None)
        if present is None:
            self.standing[key] = set(live)
            self._make("taxonomies", key, self._new_taxonomy(key, taxonomy, live))
            return
        for term in live.values():
            self._edit(present.path, _term_edits(present, term))
        gone = [term for term in present.terms if term not in live]
        self._check(key, "terms", len(gone), len(present.terms))
        for term_key in gone:
            self._take_out_term(present, term_key)
        kept = set() if self.consent.prune else set(gone)
        self.standing[key] = set(live) | kept

    def _new_taxonomy(
        self, key: str, taxonomy: SnippetTaxonomy, live: Mapping[str, Term]
    ) -> Mapping[str, Value]:
        return {
            "targets": [self.entry.target],
            "taxonomy": key,
            "label": taxonomy.label or key.replace("_", " ").capitalize(),
            "input": taxonomy.input,
            "terms": {term.key: _new_term(term) for term in live.values()},
        }

    def _take_out_term(self, taxonomy: Taxonomy, key: str) -> None:
        drafts = [t for t in self.content.terms[taxonomy.taxonomy] if t.key == key]
        why = f"{drafts[0].name} is not published" if drafts else "no snippet has this key"
        what = f"the term {key} of {taxonomy.taxonomy}"
        self._remove(taxonomy, ("terms", key), what, why)
        if self.consent.prune:
            self._edit(taxonomy.path, [(("terms", key), REMOVE)])

    # Offerings

    def write_offerings(self, pages: Sequence[Page]) -> None:
        """Each page's offering, in the file that has it, or in a new one."""
        present = [o for o in self.intents.of(Offering) if o.mapping == self.entry.mapping]
        kept: set[str] = set()
        for page in pages:
            values = {name: self._value(page, name, told) for name, told in page.fields.items()}
            offering = _of(page, [o for o in present if o.path not in kept])
            if offering is None:
                self._make("offerings", page.offering, self._new_offering(page, values))
                continue
            kept.add(offering.path)
            self._edit(offering.path, _offering_edits(offering, page, values))
        gone = [offering for offering in present if offering.path not in kept]
        self._check(OFFERINGS, "offerings", len(gone), len(present))
        for offering in gone:
            self._take_out_offering(offering)

    def _new_offering(self, page: Page, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {
            "targets": [self.entry.target],
            "offering": page.offering,
            **({"product": {"id": page.product}} if page.product else {}),
            "mapping": self.entry.mapping,
            "fields": values,
        }

    def _take_out_offering(self, offering: Offering) -> None:
        what = f"the offering {offering.offering}"
        self._remove(offering, ("offering",), what, "no live page is this product")
        if not self.consent.prune:
            return
        if len(offering.targets) == 1:
            self.edits[offering.path] = [Edit(offering.path, (), REMOVE)]
        else:
            place = ("targets", offering.targets.index(self.entry.target))
            self._edit(offering.path, [(place, REMOVE)])

    def _value(self, page: Page, name: str, told: Told) -> Value:
        if isinstance(told, tuple):
            keys = [self._key(page, name, item) for item in told]
            return list(dict.fromkeys(key for key in keys if key is not None))
        return self._key(page, name, told) if isinstance(told, Reference) else told

    def _key(self, page: Page, name: str, item: Reference | str) -> str | None:
        """A term counts while it is published, or still stands in git."""
        if isinstance(item, str):
            return item
        if item.term.key in self.standing[item.taxonomy]:
            return item.term.key
        self.warnings.append(
            f"{name} of {page.name} ({page.offering}) refers to {item.term.name},"
            f" {item.term.key}, which is not published: left out"
        )
        return None

    # Both

    def _check(self, name: str, what: str, gone: int, present: int) -> None:
        """Raises `Refused` where so much would be taken out that the site may be at fault."""
        most = gone == present or (gone > FEW and gone * 2 > present)
        if self.consent.prune and gone and most and name not in self.consent.allowed:
            whose = "" if name == what else f" of {name}"
            raise Refused(
                f"{gone} of {present} {what}{whose} would be taken out: more than half"
                f" · look at {self.entry.url}, or say --prune --allow {name} if that is meant"
            )

    def _remove(self, intent: Taxonomy | Offering, place: Place, what: str, why: str) -> None:
        line = intent.at(*place).line
        self.removals.append(Removal(intent.path, line, what, why, self.consent.prune))

    def _edit(self, path: str, edits: Iterable[tuple[Place, Value | Taken]]) -> None:
        made = [Edit(path, place, value) for place, value in edits]
        if made:
            self.edits.setdefault(path, []).extend(made)

    def _make(self, folder: str, name: str, document: Mapping[str, Value]) -> None:
        """A new file by this name; with the target's before it where it is taken."""
        plainly = _NOT_IN_NAMES.sub("-", name)
        taken = {*self.files, *self.made}
        for file in (plainly, f"{self.entry.target}-{plainly}"):
            path = f"{self.root}/{folder}/{file}.yaml"
            if path not in taken:
                self.made[path] = document
                return
        place = self.entry.at()
        raise UnreadableSite(Problem(place, f"{path} says something else already", "rename it"))

    def result(self) -> Import:
        contents: dict[str, bytes | None] = {
            path: (block_lines(dict(document), 0) + "\n").encode()
            for path, document in self.made.items()
        }
        changes = [Change(path, (), REMOVE, plain(made)) for path, made in self.made.items()]
        problems: list[Problem] = []
        for path, edits in self.edits.items():
            changes += _changes(path, self.files[path], edits)
            try:
                contents[path] = _rewritten(path, self.files[path], edits)
            except Unwritable as error:
                problems.append(error.problem)
        if contents:
            after = {**self.files, **contents}
            problems += load({p: c for p, c in after.items() if c is not None}).problems
        if problems:
            raise UnreadableSite(*problems)
        return Import(contents, tuple(changes), tuple(self.removals), tuple(self.warnings))


def _new_term(term: Term) -> Mapping[str, Value]:
    described = {"description": term.description} if term.description else {}
    return {"label": term.label, **described}


def _term_edits(taxonomy: Taxonomy, term: Term) -> Iterator[tuple[Place, Value | Taken]]:
    present = taxonomy.terms.get(term.key)
    if present is None:
        yield ("terms", term.key), _new_term(term)
        return
    if present.label != term.label:
        yield ("terms", term.key, "label"), term.label
    if term.description is not None and (present.description or "") != term.description:
        yield ("terms", term.key, "description"), term.description or REMOVE


def _of(page: Page, offerings: Sequence[Offering]) -> Offering | None:
    """The offering of a page: by its product's id, else by its name."""
    by_id = [o for o in offerings if page.product and o.product and o.product.id == page.product]
    by_name = [o for o in offerings if o.offering == page.offering]
    return next(iter([*by_id, *by_name]), None)


def _offering_edits(
    offering: Offering, page: Page, values: Mapping[str, Value]
) -> Iterator[tuple[Place, Value | Taken]]:
    """Which product is meant is people's where they name it in another way than by its id."""
    if page.product and offering.product is None:
        yield ("product",), {"id": page.product}
    elif page.product and offering.product and offering.product.id not in (None, page.product):
        yield ("product", "id"), page.product
    for name, value in values.items():
        if name not in offering.fields or not _says(offering.fields[name], value):
            yield ("fields", name), value


def _says(present: Any, wanted: Value) -> bool:
    """Whether it means the same: the order of terms does not count."""
    if isinstance(present, tuple) and isinstance(wanted, list):
        return sorted(present) == sorted(wanted)
    return canonical_json(plain(present)) == canonical_json(wanted)


def _changes(path: str, content: bytes, edits: Iterable[Edit]) -> Iterator[Change]:
    data = yaml.read(path, content).data
    for edit in edits:
        yield Change(path, edit.place, part_at(data, edit.place), edit.value)


def _rewritten(path: str, content: bytes, edits: Sequence[Edit]) -> bytes | None:
    if any(edit.removes_file for edit in edits):
        return None
    return edited(path, content.decode(), edits).encode()
