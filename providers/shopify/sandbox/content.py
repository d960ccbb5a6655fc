"""What an online store says: pages, blogs and articles, made, changed and deleted alike.

Recorded: pages and articles that are made, handles that are taken, deletions. The other words
are the schema's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.shopify.sandbox import redirects
from providers.shopify.sandbox.handles import slug, unused
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.tags import normal

LONGEST: Final = 255
BIGGEST: Final = 524_287
"""Bytes of a body."""

Fields = Mapping[str, Any]
Resolver = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of content: its type's name, the argument that states it, where it is on the site,
    and what a new one is like where nothing is said."""

    name: str
    argument: str
    place: str
    plain: Fields
    is_published: bool = True

    def add(self, shop: Shop, fields: Fields, id_: str | None = None) -> Thing:
        """As the API would make it of its fields; a handle that is taken is counted up."""
        wanted = slug(str(fields.get("handle") or fields.get("title") or "")) or self.argument
        handle = unused(wanted, lambda name: self._owner_of(shop, name) is not None)
        new = {**self.plain, **_said(fields), "title": str(fields.get("title", ""))}
        return shop.add(self.name, {**new, "handle": handle, **self._public(shop, fields, {})}, id_)

    def create(self, _: Any, info: Info, **args: Any) -> dict[str, Any]:
        shop, fields = info.context, args[self.argument]
        errors = [*self._text_errors({"title": None, **fields}), *self._taken(shop, fields, None)]
        if errors:
            return {self.argument: None, "userErrors": errors}
        return {self.argument: self.add(shop, fields), "userErrors": []}

    def update(self, _: Any, info: Info, **args: Any) -> dict[str, Any]:
        shop, fields, found = (
            info.context,
            args[self.argument],
            info.context.one(self.name, args["id"]),
        )
        if found is None:
            return {self.argument: None, "userErrors": [self._missing()]}
        errors = [*self._text_errors(fields), *self._taken(shop, fields, found)]
        if errors:
            return {self.argument: None, "userErrors": errors}
        changes = {**_said(fields), **self._public(shop, fields, found)}
        if fields.get("handle"):
            changes["handle"] = slug(fields["handle"]) or found["handle"]
        changed = shop.change(found, **changes)
        if fields.get("redirectNewHandle"):
            redirects.add(shop, self.place, found["handle"], changed["handle"])
        return {self.argument: changed, "userErrors": []}

    def delete(self, _: Any, info: Info, **args: Any) -> dict[str, Any]:
        shop, found = info.context, info.context.one(self.name, args["id"])
        answer = f"deleted{self.name}Id"
        if found is None:
            return {answer: None, "userErrors": [self._missing()]}
        remove(shop, found)
        return {answer: found["id"], "userErrors": []}

    def _owner_of(self, shop: Shop, handle: str) -> Thing | None:
        return next(iter(shop.where(self.name, "handle", handle)), None)

    def _missing(self) -> UserError:
        return user_error(["id"], f"{self.name} does not exist", "NOT_FOUND")

    def _text_errors(self, fields: Fields) -> Iterator[UserError]:
        if "title" in fields and not str(fields["title"] or "").strip():
            yield user_error([self.argument, "title"], "Title can't be blank", "BLANK")
        for name in ("title", "handle"):
            if len(fields.get(name) or "") > LONGEST:
                message = f"{name.capitalize()} is too long (maximum is {LONGEST} characters)"
                yield user_error([self.argument, name], message, "TOO_LONG")
        if len((fields.get("body") or "").encode()) > BIGGEST:
            message = "Body is too big (maximum is 512 KB)"
            yield user_error([self.argument, "body"], message, "TOO_BIG")

    def _taken(self, shop: Shop, fields: Fields, found: Thing | None) -> Iterator[UserError]:
        """A handle that is asked for is never changed for another."""
        handle = slug(fields.get("handle") or "")
        owner = self._owner_of(shop, handle) if handle else None
        if owner is not None and (found is None or owner["id"] != found["id"]):
            message = "Handle has already been taken"
            yield user_error([self.argument, "handle"], message, "TAKEN")

    def _public(self, shop: Shop, fields: Fields, before: Fields) -> dict[str, Any]:
        """Whether it is published, and since when; blogs always are."""
        if not self.is_published:
            return {}
        was, since = before.get("isPublished", True), before.get("publishedAt")
        is_published = fields.get("isPublished")
        shown = was if is_published is None else is_published
        moment = fields.get("publishDate") or fields.get("publishedAt") or since or shop.today()
        return {"isPublished": shown, "publishedAt": moment if shown else None}


def remove(shop: Shop, thing: Thing) -> None:
    """A thing goes with all that stands in it."""
    for sort, owner in _WITHIN.get(thing["__typename"], ()):
        for inner in shop.where(sort, owner, thing["id"]):
            remove(shop, inner)
    shop.remove(thing)


_SAID: Final = (
    "title",
    "body",
    "summary",
    "templateSuffix",
    "commentPolicy",
    "author",
    "blogId",
)


def _said(fields: Fields) -> dict[str, Any]:
    said = {name: fields[name] for name in _SAID if name in fields}
    if fields.get("tags") is not None:
        said["tags"] = normal(fields["tags"])
    return said


_WITHIN: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "Blog": (("Article", "blogId"),),
    "Article": (("Comment", "articleId"),),
}

PAGE: Final = Sort("Page", "page", "pages", {"body": "", "templateSuffix": None})
BLOG: Final = Sort(
    "Blog",
    "blog",
    "blogs",
    {"templateSuffix": None, "commentPolicy": "CLOSED"},
    is_published=False,
)
ARTICLE: Final = Sort(
    "Article",
    "article",
    "blogs",
    {
        "body": "",
        "summary": None,
        "tags": [],
        "templateSuffix": None,
        "author": None,
        "blogId": None,
    },
)
