"""The online store as it is read: pages, blogs, articles and what visitors say about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.shopify.sandbox import search, texts
from providers.shopify.sandbox.content import ARTICLE, BLOG, PAGE
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.products import by_id
from providers.shopify.sandbox.refusal import user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

SUMMARY: Final = 150
"""Letters of a body that its summary has."""

_Value = Callable[[Thing], Any]


def _text(name: str) -> search.Match:
    return search.text_is(lambda thing: str(thing[name]))


def _is_published_as(thing: Thing, status: str) -> bool:
    return status == "any" or (status == "published") == bool(thing["isPublished"])


_NAMED: Final[search.Fields] = {
    "id": search.id_matches,
    "handle": search.in_list(lambda thing: str(thing["handle"])),
    "title": _text("title"),
}
_PAGE_FIELDS: Final[search.Fields] = {**_NAMED, "published_status": _is_published_as}
_COMMENT_FIELDS: Final[search.Fields] = {"id": search.id_matches, "status": _text("status")}


def _article_fields(shop: Shop) -> search.Fields:
    return {
        **_PAGE_FIELDS,
        "tag": search.one_of(lambda article: article["tags"]),
        "author": search.text_is(lambda article: str((article["author"] or {}).get("name"))),
        "blog_title": search.text_is(
            lambda article: str((_blog(shop, article) or {}).get("title"))
        ),
        "blog_id": lambda article, value: str(number(article["blogId"] or "")) == value,
    }


_ORDER: Final[Mapping[str, _Value]] = {
    "ID": lambda thing: number(thing["id"]),
    "TITLE": lambda thing: thing["title"].casefold(),
    "HANDLE": lambda thing: thing["handle"],
    "UPDATED_AT": lambda thing: thing["updatedAt"],
    "CREATED_AT": lambda thing: thing["createdAt"],
    "PUBLISHED_AT": lambda thing: thing["publishedAt"] or "",
    "AUTHOR": lambda thing: str((thing["author"] or {}).get("name")).casefold(),
    "BLOG_TITLE": lambda thing: thing["blogId"] or "",
}


def _listed(sort: str, fields: Callable[[Shop], search.Fields], words: search.Words) -> Any:
    """A resolver for a connection of all of a sort."""

    def resolve(_: Any, info: Info, **args: Any) -> dict[str, Any]:
        return connection(found(info, args), args, _ORDER[args["sortKey"]])

    def found(info: Info, args: Mapping[str, Any]) -> list[Thing]:
        shop, path = info.context, str(info.path.key)
        return search.found(shop, shop.all(sort), args.get("query"), fields(shop), words, path)

    def count(_: Any, info: Info, **args: Any) -> dict[str, Any]:
        return {"count": len(found(info, args)), "precision": "EXACT"}

    return resolve, count


_pages, _pages_count = _listed("Page", lambda _: _PAGE_FIELDS, lambda page: (page["title"],))
_blogs, _blogs_count = _listed("Blog", lambda _: _NAMED, lambda blog: (blog["title"],))
_articles, _ = _listed("Article", _article_fields, lambda a: (a["title"], a["body"]))
_comments, _ = _listed("Comment", lambda _: _COMMENT_FIELDS, lambda c: (c["body"],))


def _blog(shop: Shop, article: Thing) -> Thing | None:
    return shop.get(article["blogId"] or "")


def _articles_of(shop: Shop, blog: Thing) -> list[Thing]:
    return shop.where("Article", "blogId", blog["id"])


def _comments_of(shop: Shop, article: Thing) -> list[Thing]:
    return shop.where("Comment", "articleId", article["id"])


def _tags_of(blog: Thing, info: Info) -> list[str]:
    """Those of its articles."""
    return sorted({tag for a in _articles_of(info.context, blog) for tag in a["tags"]})


def _exactly(things: list[Thing]) -> dict[str, Any]:
    return {"count": len(things), "precision": "EXACT"}


def _judging(status: str) -> Any:
    """A resolver that gives a comment a status."""

    def resolve(_: Any, info: Info, **args: Any) -> dict[str, Any]:
        shop = info.context
        found = shop.one("Comment", args["id"])
        if found is None:
            return {"comment": None, "userErrors": [_NO_COMMENT]}
        moment = shop.today() if status == "PUBLISHED" else None
        return {
            "comment": shop.change(found, status=status, publishedAt=moment),
            "userErrors": [],
        }

    return resolve


def _delete_comment(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = shop.one("Comment", args["id"])
    if found is None:
        return {"deletedCommentId": None, "userErrors": [_NO_COMMENT]}
    shop.remove(found)
    return {"deletedCommentId": found["id"], "userErrors": []}


_NO_COMMENT: Final = user_error(["id"], "Comment does not exist", "NOT_FOUND")

FIELDS: Final = {
    "QueryRoot": {
        "page": by_id("Page"),
        "pages": _pages,
        "pagesCount": _pages_count,
        "blog": by_id("Blog"),
        "blogs": _blogs,
        "blogsCount": _blogs_count,
        "article": by_id("Article"),
        "articles": _articles,
        "comment": by_id("Comment"),
        "comments": _comments,
    },
    "Mutation": {
        "pageCreate": PAGE.create,
        "pageUpdate": PAGE.update,
        "pageDelete": PAGE.delete,
        "blogCreate": BLOG.create,
        "blogUpdate": BLOG.update,
        "blogDelete": BLOG.delete,
        "articleCreate": ARTICLE.create,
        "articleUpdate": ARTICLE.update,
        "articleDelete": ARTICLE.delete,
        "commentApprove": _judging("PUBLISHED"),
        "commentNotSpam": _judging("PUBLISHED"),
        "commentSpam": _judging("SPAM"),
        "commentDelete": _delete_comment,
    },
    "Page": {"bodySummary": lambda page, info: texts.plain(page["body"], SUMMARY)},
    "Blog": {
        "tags": _tags_of,
        "articles": lambda blog, info, **args: connection(_articles_of(info.context, blog), args),
        "articlesCount": lambda blog, info, **args: _exactly(_articles_of(info.context, blog)),
    },
    "Article": {
        "blog": lambda article, info: _blog(info.context, article),
        "comments": lambda article, info, **args: connection(
            _comments_of(info.context, article), args
        ),
        "commentsCount": lambda article, info, **args: _exactly(
            _comments_of(info.context, article)
        ),
    },
    "Comment": {
        "article": lambda comment, info: info.context.get(comment["articleId"] or ""),
        "bodyHtml": lambda comment, info: f"<p>{comment['body']}</p>",
        "isPublished": lambda comment, info: comment["status"] == "PUBLISHED",
    },
}
