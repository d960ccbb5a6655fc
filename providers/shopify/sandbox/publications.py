"""Publications: where products and collections are to be seen, and from when.

A thing keeps `published`: publication id → the moment from which it is there. Only channels that
support it take a moment that is still to come; there, a thing is listed and not yet published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

PUBLISHABLE: Final = ("Product", "Collection")

Published = Mapping[str, str]


def add_publication(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    new = {"autoPublish": False, "supportsFuturePublishing": False}
    return shop.add("Publication", {**new, **fields}, id_)


def publication_called(shop: Shop, name: str) -> Thing:
    """Raises `KeyError`."""
    found = shop.find("Publication", name=name)
    if found is None:
        raise KeyError(name)
    return found


def publish_everything(shop: Shop, publication: Thing) -> None:
    """What stands in a shop when it is opened is to be seen there."""
    for sort in PUBLISHABLE:
        for thing in shop.all(sort):
            put_up(shop, thing, publication, shop.today())


def put_up(shop: Shop, thing: Thing, publication: Thing, moment: str) -> Thing:
    return shop.change(thing, published={**published_of(thing), publication["id"]: moment})


def take_down(shop: Shop, thing: Thing, publications: Collection[str]) -> Thing:
    left = {key: moment for key, moment in published_of(thing).items() if key not in publications}
    return shop.change(thing, published=left)


def published_of(thing: Thing) -> Published:
    published: Published = thing.get("published") or {}
    return published


def _publish(_: Any, info: Info, id: str, input: list[Mapping[str, Any]]) -> Thing:
    shop = info.context
    thing = _publishable(shop, id)
    errors = list(_errors(shop, thing, input))
    if thing is None or errors:
        return _payload(shop, None, errors)
    moments = {entry["publicationId"]: entry.get("publishDate") or shop.today() for entry in input}
    return _payload(shop, shop.change(thing, published={**published_of(thing), **moments}), [])


def _unpublish(_: Any, info: Info, id: str, input: list[Mapping[str, Any]]) -> Thing:
    shop = info.context
    thing = _publishable(shop, id)
    errors = list(_errors(shop, thing, input))
    if thing is None or errors:
        return _payload(shop, None, errors)
    return _payload(shop, take_down(shop, thing, [e["publicationId"] for e in input]), [])


def _publish_here(_: Any, info: Info, id: str) -> Thing:
    shop = info.context
    return _publish(_, info, id, [{"publicationId": own_publication(shop)["id"]}])


def _unpublish_here(_: Any, info: Info, id: str) -> Thing:
    shop = info.context
    return _unpublish(_, info, id, [{"publicationId": own_publication(shop)["id"]}])


def own_publication(shop: Shop) -> Thing:
    """That of the app whose token is used; made when it is first needed."""
    return shop.find("Publication", isOwn=True) or add_publication(
        shop, {"name": "Planogram", "isOwn": True}
    )


def _publishable(shop: Shop, id_: str) -> Thing | None:
    thing = shop.get(id_)
    return thing if thing and thing["__typename"] in PUBLISHABLE else None


def _errors(shop: Shop, thing: Thing | None, given: list[Mapping[str, Any]]) -> Iterator[UserError]:
    if thing is None:
        yield user_error(["id"], "Resource does not exist")
        return
    for index, entry in enumerate(given):
        publication = shop.one("Publication", entry.get("publicationId"))
        place = ["input", str(index)]
        if publication is None:
            yield user_error([*place, "publicationId"], "Publication does not exist")
        elif entry.get("publishDate") and not publication["supportsFuturePublishing"]:
            words = "Publish date can't be set for this channel"
            yield user_error([*place, "publishDate"], words)


def _payload(shop: Shop, thing: Thing | None, errors: list[UserError]) -> Thing:
    return {"publishable": thing, "shop": shop.setting("shop"), "userErrors": errors}


def is_published(shop: Shop, thing: Thing, publication: str) -> bool:
    """A draft is nowhere to be seen, wherever it is listed."""
    moment = published_of(thing).get(publication)
    is_shown = thing["__typename"] != "Product" or thing["status"] == "ACTIVE"
    return is_shown and moment is not None and moment <= shop.today()


def _listed(shop: Shop, thing: Thing, args: Mapping[str, Any]) -> list[Thing]:
    rows = [
        {
            "id": key,
            "publication": shop.get(key),
            "publishDate": moment,
            "isPublished": is_published(shop, thing, key),
            "publishable": thing,
        }
        for key, moment in published_of(thing).items()
        if shop.get(key)
    ]
    return [row for row in rows if row["isPublished"] or not args.get("onlyPublished", True)]


def _of_thing(thing: Thing, info: Info, **args: Any) -> dict[str, Any]:
    kind = args.get("catalogType")
    rows = _listed(info.context, thing, args) if kind in (None, "APP") else []
    return connection(rows, args)


def _count_of_thing(thing: Thing, info: Info, **args: Any) -> dict[str, Any]:
    return {"count": len(_listed(info.context, thing, args)), "precision": "EXACT"}


def _available(thing: Thing, info: Info) -> dict[str, Any]:
    return {"count": len(_listed(info.context, thing, {})), "precision": "EXACT"}


def _is_on(thing: Thing, info: Info, **args: Any) -> bool:
    return is_published(info.context, thing, args["publicationId"])


def _is_here(thing: Thing, info: Info) -> bool:
    shop = info.context
    return is_published(shop, thing, own_publication(shop)["id"])


def _publications(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    kind = args.get("catalogType")
    found = info.context.all("Publication") if kind in (None, "APP") else ()
    return connection(found, args, lambda publication: number(publication["id"]))


def _publications_count(_: Any, info: Info) -> int:
    return sum(1 for _ in info.context.all("Publication"))


def _catalog(publication: Thing, _: Info) -> Thing | None:
    """A channel's publication has its app's catalog, which bears the channel's name; one that an
    app made beforehand has none yet."""
    if publication.get("catalog") is None:
        return None
    title = publication["catalog"]
    return {"__typename": "AppCatalog", "id": publication["id"], "title": title, "status": "ACTIVE"}


_OF_THINGS: Final = {
    "availablePublicationsCount": _available,
    "publishedOnCurrentPublication": _is_here,
    "publishedOnPublication": _is_on,
    "resourcePublicationsCount": _count_of_thing,
    "resourcePublicationsV2": _of_thing,
}

FIELDS: Final = {
    "QueryRoot": {"publications": _publications},
    "Mutation": {
        "publishablePublish": _publish,
        "publishablePublishToCurrentChannel": _publish_here,
        "publishableUnpublish": _unpublish,
        "publishableUnpublishToCurrentChannel": _unpublish_here,
    },
    "Product": _OF_THINGS,
    "Collection": _OF_THINGS,
    "Publication": {"catalog": _catalog},
    "Shop": {"publicationCount": _publications_count},
}
