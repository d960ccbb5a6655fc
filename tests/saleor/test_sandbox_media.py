"""Media are fetched, described, ordered and deleted as recorded."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.saleor.counter import LITTLE, Counter

CREATE = """mutation($i: ProductMediaCreateInput!) {
  productMediaCreate(input: $i) { media { id alt type } errors { field message code } } }"""
UPDATE = """mutation($id: ID!, $i: ProductMediaUpdateInput!) {
  productMediaUpdate(id: $id, input: $i) { product { slug } media { alt } errors { code } } }"""
DELETE = """mutation($id: ID!) {
  productMediaDelete(id: $id) { product { slug } media { id } errors { code } } }"""
REORDER = """mutation($p: ID!, $m: [ID!]!) {
  productMediaReorder(productId: $p, mediaIds: $m) { media { alt } errors { field code } } }"""
READ = """query($s: String) { product(slug: $s) { id media {
  id alt type url(size: 0) sortOrder oembedData productId metadata { key value } } } }"""


def pictured(*alts: str) -> Counter:
    """A lamp with an image for each text."""
    lamp, draft = LITTLE["products"]
    media = [{"mediaUrl": f"http://images.example/{alt}.png", "alt": alt} for alt in alts]
    return Counter({**LITTLE, "products": [lamp | {"media": media}, draft]})


def product(counter: Counter, slug: str = "desk-lamp") -> Any:
    return counter.data(READ, s=slug)["product"]


def media(counter: Counter) -> dict[str, str]:
    """Alternative texts and ids in the product's order."""
    return {found["alt"]: found["id"] for found in product(counter)["media"]}


def create(counter: Counter, **given: Any) -> Any:
    return counter.data(CREATE, i={"product": product(counter)["id"], **given})[
        "productMediaCreate"
    ]


def test_an_image_is_kept_under_a_name_of_its_own() -> None:
    """The same address again makes a second one; the address itself is nowhere."""
    counter = pictured()
    first = create(counter, mediaUrl="https://images.example/deep/front.jpeg?v=1", alt="Front")
    create(counter, mediaUrl="https://images.example/deep/front.jpeg?v=1")
    one, two = product(counter)["media"]
    name = r"http://localhost:8000/media/products/front_[0-9a-f]{8}\.jpeg"

    assert first["media"] == {"id": one["id"], "alt": "Front", "type": "IMAGE"}
    assert re.fullmatch(name, one.pop("url"))
    assert re.fullmatch(name, two["url"])
    assert one == {
        "id": first["media"]["id"],
        "alt": "Front",
        "type": "IMAGE",
        "sortOrder": 0,
        "oembedData": "{}",
        "productId": product(counter)["id"],
        "metadata": [],
    }
    assert (two["alt"], two["sortOrder"]) == ("", 1)


def upload(
    counter: Counter, content_type: str = "image/png", name: str = "side.png", **variables: Any
) -> Any:
    """One multipart request with a file in the place of `variables.i.image`."""
    given = {"product": product(counter)["id"], "image": None, **variables}
    fields = {
        "operations": json.dumps({"query": CREATE, "variables": {"i": given}}),
        "map": '{"0": ["variables.i.image"]}',
    }
    parts = [(f'; name="{field}"', text.encode()) for field, text in fields.items()]
    parts.append((f'; name="0"; filename="{name}"\r\nContent-Type: {content_type}', b"\x89PNG"))
    body = b"".join(
        f"--cut\r\nContent-Disposition: form-data{head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}
    return counter.send(body + b"--cut--\r\n", headers=headers).json()


def test_an_image_can_be_sent() -> None:
    """Under a name of its own too; what is no image is refused."""
    counter = pictured()
    sent = upload(counter, alt="Side")["data"]["productMediaCreate"]
    others = [("text/plain", "a.png"), ("image/svg+xml", "a.svg"), ("image/png", "a")]
    refused = [upload(counter, *other)["data"]["productMediaCreate"] for other in others]
    both = upload(counter, mediaUrl="http://images.example/a.png")["data"]["productMediaCreate"]
    (kept,) = product(counter)["media"]

    assert sent["errors"] == []
    assert kept["alt"] == "Side"
    assert re.fullmatch(r".*/media/products/side_[0-9a-f]{8}\.png", kept["url"])
    assert [e["message"] for answer in refused for e in answer["errors"]] == [
        "Invalid file type.",
        "Invalid file type.",
        "Lack of file extension.",
    ]
    assert [e["code"] for e in both["errors"]] == ["DUPLICATED_INPUT_ITEM"]


def test_a_form_without_a_request_is_none() -> None:
    """HTTP 400, as any body that can not be read."""
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}

    assert pictured().send(b"--cut--\r\n", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [("", "4096/"), ("(size: 100)", "128/"), ("(size: 64, format: WEBP)", "64/webp/")],
)
def test_thumbnails_have_the_nearest_size(arguments: str, ending: str) -> None:
    """The biggest where none is said."""
    counter = pictured("front")
    query = f'{{ product(slug: "desk-lamp") {{ media {{ id url{arguments} }} }} }}'
    (image,) = counter.data(query)["product"]["media"]

    assert image["url"] == f"http://localhost:8000/thumbnail/{image['id']}/{ending}"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "input", "REQUIRED"),
        ({"mediaUrl": "https://offline.example/a.png"}, "mediaUrl", "INVALID"),
        ({"mediaUrl": "https://no.invalid/a.png"}, "mediaUrl", "INVALID"),
        ({"image": "front.png"}, "image", "REQUIRED"),
        ({"mediaUrl": "a.png"}, "mediaUrl", "INVALID"),
        ({"mediaUrl": "https://images.example/a"}, "mediaUrl", "UNSUPPORTED_MEDIA_PROVIDER"),
        ({"mediaUrl": "http://localhost:8000/a.png"}, "mediaUrl", "UNSUPPORTED_MEDIA_PROVIDER"),
        ({"mediaUrl": "https://images.example/a.png", "alt": "x" * 251}, "input", "INVALID"),
        ({"mediaUrl": "https://images.example/a.png", "product": "UHJvZHVjdDo5OTk="},
         "product", "NOT_FOUND"),
    ],
)  # fmt: skip
def test_what_is_no_image_is_refused(given: dict[str, Any], field: str, code: str) -> None:
    """In the platform's fields and codes, and nothing is kept."""
    counter = pictured()
    (error,) = create(counter, **given)["errors"]

    assert (error["field"], error["code"]) == (field, code)
    assert media(counter) == {}


def test_the_words_of_an_image_can_be_changed() -> None:
    """Null leaves them alone; so does what is too long."""
    counter = pictured("front")
    front = media(counter)["front"]
    told = counter.data(UPDATE, id=front, i={"alt": "The front"})["productMediaUpdate"]
    counter.data(UPDATE, id=front, i={"alt": None})
    long = counter.data(UPDATE, id=front, i={"alt": "x" * 251})["productMediaUpdate"]

    assert told == {"product": {"slug": "desk-lamp"}, "media": {"alt": "The front"}, "errors": []}
    assert long["errors"] == [{"code": "INVALID"}]
    assert media(counter) == {"The front": front}


def test_those_after_a_deleted_one_move_up() -> None:
    """A second deletion finds nothing."""
    counter = pictured("front", "side", "back")
    front = media(counter)["front"]
    gone = counter.data(DELETE, id=front)["productMediaDelete"]
    again = counter.data(DELETE, id=front)["productMediaDelete"]

    assert gone == {"product": {"slug": "desk-lamp"}, "media": {"id": front}, "errors": []}
    assert again["errors"] == [{"code": "NOT_FOUND"}]
    assert [(m["alt"], m["sortOrder"]) for m in product(counter)["media"]] == [
        ("side", 0),
        ("back", 1),
    ]


def test_media_are_put_in_the_order_of_a_whole_list() -> None:
    """Of all of them, and of no other product's."""
    counter = pictured("front", "side")
    ids, lamp = media(counter), product(counter)["id"]
    draft = product(counter, "draft")["id"]
    given = {"product": draft, "mediaUrl": "http://images.example/b.png"}
    other = counter.data(CREATE, i=given)["productMediaCreate"]["media"]["id"]
    turned = counter.data(REORDER, p=lamp, m=[ids["side"], ids["front"]])["productMediaReorder"]
    few = counter.data(REORDER, p=lamp, m=[ids["front"]])["productMediaReorder"]
    foreign = counter.data(REORDER, p=lamp, m=[ids["front"], other])["productMediaReorder"]

    assert turned == {"media": [{"alt": "side"}, {"alt": "front"}], "errors": []}
    assert few["errors"] == [{"field": "order", "code": "INVALID"}]
    assert foreign["errors"] == [{"field": "order", "code": "NOT_PRODUCTS_IMAGE"}]
    assert list(media(counter)) == ["side", "front"]


def test_media_have_metadata() -> None:
    """Where an image came from can be kept there."""
    counter = pictured("front")
    front = media(counter)["front"]
    query = 'mutation($id: ID!) { updateMetadata(id: $id, input: [{key: "source", value: "x"}]) {'
    counter.data(query + " item { __typename } errors { code } } }", id=front)
    before = product(counter)["media"][0]["metadata"]
    query = 'mutation($id: ID!) { deleteMetadata(id: $id, keys: ["source"]) { errors { code } } }'
    counter.data(query, id=front)

    assert before == [{"key": "source", "value": "x"}]
    assert product(counter)["media"][0]["metadata"] == []


@pytest.mark.parametrize(
    ("query", "given"),
    [
        (CREATE, {"i": {"product": "UHJvZHVjdDox", "mediaUrl": "https://images.example/a.png"}}),
        (UPDATE, {"id": "UHJvZHVjdE1lZGlhOjE=", "i": {"alt": "x"}}),
        (DELETE, {"id": "UHJvZHVjdE1lZGlhOjE="}),
        (REORDER, {"p": "UHJvZHVjdDox", "m": ["UHJvZHVjdE1lZGlhOjE="]}),
    ],
)
def test_media_need_the_permission_of_products(query: str, given: dict[str, Any]) -> None:
    """Any other app is refused past the payload, and nothing changes."""
    counter = pictured("front")
    before = media(counter)
    answer = counter.ask(query, "poor", **given)

    assert list(answer["data"].values()) == [None]
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert media(counter) == before


def test_media_cost_what_they_may_be() -> None:
    """One for the list and one for each address, times the products."""
    query = "{ products(first: 10) { edges { node { media { url } } } } }"
    answer = pictured().ask(query)

    assert answer["extensions"]["cost"]["requestedQueryCost"] == 10 + 10 + 10
