"""A whole site to `Content`: only what is live counts, and all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from providers.sources.wagtail.client import Row, Site
from providers.sources.wagtail.content import Content, Page, Term, Told, UnreadableSite
from providers.sources.wagtail.values import Lost, Reader, Unusable, is_key
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.sources import PageOfferings, SnippetTaxonomy, WagtailSite
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

Found = Mapping[tuple[str, str], Term]
"""(model, id) → term."""

_ONE: Final = "unpublish one of them, or correct it in Wagtail"


async def read(site: Site, mapping: FieldMapping | None) -> Content:
    """mapping: of the offerings. Raises `UnreadableSite`, and `PlatformError` where the site can
    not be asked or not be believed."""
    problems: list[Problem] = []
    found: dict[str, Found] = {}
    for key, taxonomy in site.entry.taxonomies.items():
        place = site.entry.at("taxonomies", key)
        rows = await site.snippets(taxonomy.snippets, taxonomy.locale)
        if any("live" not in row for row in rows) and await site.may_be_drafts(taxonomy.snippets):
            problems.append(_untold(place, taxonomy.snippets))
        found[key] = _terms(rows, taxonomy, place, problems)
    warnings: list[str] = []
    pages = None
    if site.entry.offerings and mapping:
        rows = await site.pages()
        pages = tuple(_Pages(site.entry, mapping, found, problems, warnings).of(rows))
    if problems:
        raise UnreadableSite(*problems)
    terms = {key: tuple(terms.values()) for key, terms in found.items()}
    return Content(terms, pages, tuple(warnings))


def _terms(
    rows: Iterable[Row], taxonomy: SnippetTaxonomy, place: Source, problems: list[Problem]
) -> Found:
    result: dict[tuple[str, str], Term] = {}
    named: dict[str, Term] = {}
    names = taxonomy.fields
    for row in rows:
        model, number = str(row["meta"]["type"]), str(row["id"])
        lacking = [name for name in (names.key, names.label) if name not in row]
        if lacking:
            remedy = "list it in api_fields, or name another one under fields"
            cause = f"the snippets of {model} tell no {' and no '.join(lacking)}"
            problems.append(Problem(place, cause, remedy))
            continue
        described = row.get(names.description)
        term = Term(
            f"{model} {number}",
            _text(row[names.key]),
            _text(row[names.label]),
            None if names.description not in row else _text(described),
            bool(row.get("live", True)),
        )
        result[model, number] = term
        if term.is_live:
            problems += _wrong_term(term, named, place)
            named.setdefault(term.key, term)
    return result


def _wrong_term(term: Term, named: Mapping[str, Term], place: Source) -> Iterator[Problem]:
    if not is_key(term.key):
        cause = f"the key {term.key!r} of {term.name} ({term.label}) is no lowercase snake_case"
        yield Problem(place, cause, "correct it in Wagtail: like sales_sdr")
    elif term.key in named:
        cause = f"{term.name} and {named[term.key].name} have one key, {term.key}"
        yield Problem(place, cause, "give one of them another key in Wagtail, or unpublish it")
    if not term.label:
        yield Problem(place, f"{term.name} ({term.key}) has no label", "write one in Wagtail")


class _Pages:
    """Reads pages one after another; what is wrong and what is to be known is collected."""

    def __init__(
        self,
        entry: WagtailSite,
        mapping: FieldMapping,
        known: Mapping[str, Found],
        problems: list[Problem],
        warnings: list[str],
    ) -> None:
        assert entry.offerings is not None
        self.entry, self.mapping = entry, mapping
        self.wanted: PageOfferings = entry.offerings
        self.reader = Reader(entry.url, known)
        self.problems, self.warnings = problems, warnings

    def of(self, rows: Iterable[Row]) -> Iterator[Page]:
        """The live ones, each product once."""
        named: dict[tuple[str, str], str] = {}
        for row in rows:
            page = self._page(row) if self._is_live(row) else None
            for way in _ways(page) if page else ():
                first = named.setdefault(way, page.name if page else "")
                if page and first != page.name:
                    self._wrong(f"{first} and {page.name} are one {way[0]}, {way[1]}", _ONE)
            if page:
                yield page

    def _is_live(self, row: Row) -> bool:
        if self.wanted.private and "live" not in row:
            self.problems.append(_untold(self.entry.at("offerings"), self.wanted.pages))
        return bool(row.get("live", True))

    def _page(self, row: Row) -> Page | None:
        name = f"{row['meta']['type']} {row['id']}"
        identity, slug = (
            _text(row.get(field)) for field in (self.wanted.product_id, self.wanted.product_slug)
        )
        if not identity and not slug:
            self._wrong(
                f"{name} ({row.get('title')}) names no product",
                f"fill {self.wanted.product_id} or {self.wanted.product_slug} in Wagtail, and list"
                " them in api_fields",
            )
            return None
        offering = slug or str(row["meta"].get("slug") or row["id"])
        return Page(name, offering, identity or None, dict(self._fields(name, row)))

    def _fields(self, page: str, row: Row) -> Iterator[tuple[str, Told]]:
        for ours, theirs in self._names(row).items():
            place = self.entry.at("offerings", "fields", ours)
            if ours not in self.mapping.fields:
                cause = f"the mapping {self.mapping.mapping} has no field {ours}"
                self.problems.append(Problem(place, cause, "add it there, or leave it out here"))
            elif theirs not in row:
                cause = f"the pages of {self.wanted.pages} tell no {theirs}"
                self.problems.append(Problem(place, cause, "list it in api_fields"))
            else:
                yield from self._field(page, ours, theirs, row[theirs])

    def _field(self, page: str, ours: str, theirs: str, value: Any) -> Iterator[tuple[str, Told]]:
        try:
            yield ours, self.reader.told(value, self._taxonomy_of(ours))
        except Unusable as error:
            place = self.entry.at("offerings", "fields", ours)
            self.problems.append(Problem(place, f"{theirs} of {page}: {error.cause}", error.remedy))
        except Lost as error:
            self.warnings.append(f"{theirs} of {page} can not be given ({error}): left as it is")

    def _names(self, row: Row) -> Mapping[str, str]:
        if self.wanted.fields is not None:
            return self.wanted.fields
        return {name: name for name in self.mapping.fields if name in row}

    def _taxonomy_of(self, field: str) -> str | None:
        destination = self.mapping.fields[field]
        return destination.attribute or getattr(destination, "taxonomy", None)

    def _wrong(self, cause: str, remedy: str) -> None:
        self.problems.append(Problem(self.entry.at("offerings"), cause, remedy))


def _ways(page: Page) -> Iterator[tuple[str, str]]:
    """By what an offering and its product are known: no two pages share it."""
    yield "offering", page.offering
    if page.product:
        yield "product", page.product


def _untold(place: Source, model: str) -> Problem:
    return Problem(
        place,
        f"which of {model} are published can not be told",
        'list "live" in its api_fields',
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
