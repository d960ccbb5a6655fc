"""Pictures from git into the shop: uploaded once, described, shown in galleries, referred to."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify.client import writing
from providers.shopify.kinds import file as file_kind
from providers.shopify.kinds.file import File
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause, Change
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.outcome import Status
from reconciler.model.resource import Resource
from reconciler.provider import Batch, Remotes
from tests.shopify.pictures import png
from tests.shopify.raw import ask, metafield
from tests.shopify.test_client import answering, target
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop, problems_of

HANDLE = "medina-sweater-oat"

FILES = """query ($search: String) {
  files(first: 50, reverse: true, query: $search) {
    nodes { id alt fileStatus ... on MediaImage { image { url } } }
  }
}"""


def files(shop: Workshop) -> list[Any]:
    """The files that Planogram uploaded, the newest first."""
    nodes = ask(shop, FILES)["files"]["nodes"]
    return [node for node in nodes if "_pg" in ((node.get("image") or {}).get("url") or "")]


def names(shop: Workshop) -> list[str]:
    return [file["image"]["url"].split("?")[0].rsplit("/", 1)[-1] for file in files(shop)]


def put(shop: Workshop, path: str, content: bytes) -> None:
    place = shop.desired / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def gallery(shop: Workshop, handle: str = HANDLE) -> list[str]:
    query = """query ($handle: String!) { productByIdentifier(identifier: {handle: $handle}) {
      media(first: 50) { nodes { ... on MediaImage { image { url } } } } } }"""
    nodes = ask(shop, query, handle=handle)["productByIdentifier"]["media"]["nodes"]
    return [node["image"]["url"].split("?")[0].rsplit("/", 1)[-1] for node in nodes]


def document(images: str, rest: str = "", into: str = "look: altuzarra.look_image") -> str:
    return f"targets: [shop]\ninto: {{{into}}}\nproducts:\n  {HANDLE}:\n    images:\n{images}{rest}"


LOOK = document('      LOOK: {path: images/look.png, alt: "A sweater"}\n', rest="    look: LOOK\n")


def test_a_picture_for_a_product_that_is_gone_is_not_uploaded(shop: Workshop) -> None:
    """Neither for its gallery nor for its metafield; it is told with what would show it."""
    put(shop, "images/look.png", png(1))
    said = document('      LOOK: {path: images/look.png, alt: "X"}\n', rest="    look: LOOK\n")
    shop.write({"images/looks.yaml": said.replace(HANDLE, "long-gone")})
    outcomes = shop.apply().outcomes.values()

    assert {outcome.status for outcome in outcomes} == {Status.HELD}
    assert {outcome.address.kind for outcome in outcomes} >= {"file", "metafield"}
    assert files(shop) == []


def statuses(applied: Any) -> dict[str, Status]:
    return {o.address.kind: o.status for o in applied.outcomes.values()}


def test_a_picture_of_git_is_uploaded_and_referred_to(shop: Workshop) -> None:
    """Its name tells its content; a second run writes nothing."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shop.apply()
    (file,) = files(shop)

    assert (file["alt"], file["fileStatus"]) == ("A sweater", "READY")
    assert names(shop)[0].startswith("look_pg")
    reference = metafield(shop, HANDLE, "altuzarra.look_image")["reference"]
    assert reference["image"]["url"] == file["image"]["url"]
    assert shop.plan().changes == ()


def test_a_picture_of_the_web_is_fetched_and_uploaded(shop: Workshop) -> None:
    """The shop gets its content; the same address is never fetched again."""
    url = "https://pictures.example.com/a%20look.jpg?width=800"
    shop.write({"images/looks.yaml": document(f"      LOOK: {{url: '{url}'}}\n    look: LOOK\n")})
    shop.apply()
    (name,) = names(shop)
    writes = len(shop.writes)
    shop.apply()

    assert name.startswith("a_look_pg")
    assert name.endswith(".jpg")
    assert len(shop.writes) == writes


def test_one_picture_in_many_places_is_one_file(shop: Workshop) -> None:
    """Two products and two paths with the same content: uploaded once, described once."""
    put(shop, "images/one.png", png(3))
    text = document('      LOOK: {path: images/one.png, alt: "A"}\n    look: LOOK\n')
    text += (
        "  medina-sweater-black:\n    images:\n      LOOK: {path: images/one.png}\n    look: LOOK\n"
    )
    shop.write({"images/looks.yaml": text})
    shop.apply()

    assert [file["alt"] for file in files(shop)] == ["A"]
    assert shop.plan().changes == ()


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("path: images/broken.png", "The image's resolution exceeds"),
        ("url: 'https://pictures.example.com/missing.png'", "HTTP 404"),
        ("url: 'https://pictures.example.com/broken.png'", "is no picture by its content"),
    ],
)
def test_a_failed_upload_leaves_no_metafield(shop: Workshop, image: str, told: str) -> None:
    """What went wrong is told in Shopify's words, or ours; nothing refers to it, and no file
    that shows nothing is left behind."""
    put(shop, "images/broken.png", png(side=5000))
    shop.write({"images/looks.yaml": document(f"      LOOK: {{{image}}}\n    look: LOOK\n")})
    applied = shop.apply()
    file, reference = applied.outcomes.values()

    assert (file.status, reference.status) == (Status.FAILED, Status.SKIPPED)
    assert told.removeprefix("The ") in str(file.message)
    assert metafield(shop, HANDLE, "altuzarra.look_image") is None
    assert all(f["fileStatus"] == "READY" for f in ask(shop, FILES)["files"]["nodes"])


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://10.0.0.7/look.png", "10.0.0.7 is no address of the public internet"),
        ("http://[::1]/look.png", "::1 is no address of the public internet"),
        ("http://[::ffff:10.0.0.7]/look.png", "is no address of the public internet"),
        ("http://localhost:8000/look.png", "localhost is 127.0.0.1, which is no address of the"),
        ("https://cdn.localhost/look.png", "cdn.localhost is 127.0.0.1, which is no address of"),
        ("http://[fe80::/look.png", "is no address of a picture on the web"),
    ],
)
def test_an_address_that_nobody_may_fetch_is_told_by_the_plan(
    shop: Workshop, url: str, told: str
) -> None:
    """Where the address itself says so, at its line and with what to do."""
    shop.write({"images/looks.yaml": document(f"      LOOK: {{url: '{url}'}}\n    look: LOOK\n")})
    with pytest.raises(InvalidDesiredState) as error:
        shop.plan()

    assert told in str(error.value)
    assert "images/looks.yaml:" in str(error.value)
    assert "where everybody can fetch it, or commit it and write path:" in str(error.value)


def test_pictures_of_this_machine_are_fetched_where_a_sandbox_says_so(tmp_path: Path) -> None:
    """`pictures_from_loopback` lets loopback through, and nothing else that is private."""
    shop = Workshop(tmp_path, "shopify", "shop", settings={"pictures_from_loopback": True})
    own, foreign = ("http://127.0.0.1:9/look.png", "http://10.0.0.7/look.png")
    shop.write({"images/looks.yaml": document(f"      LOOK: {{url: '{own}'}}\n    look: LOOK\n")})

    assert not shop.plan().is_empty
    shop.write(
        {"images/looks.yaml": document(f"      LOOK: {{url: '{foreign}'}}\n    look: LOOK\n")}
    )
    with pytest.raises(InvalidDesiredState):
        shop.plan()


def test_an_accessory_gets_no_look_image(shop: Workshop) -> None:
    """The catalog says which products are accessories, by their type; the others get theirs."""
    put(shop, "images/look.png", png(1))
    look = "    images:\n      LOOK: {path: images/look.png}\n    look: LOOK\n"
    shop.write(
        {
            "images/looks.yaml": (
                "targets: [shop]\ninto: {look: altuzarra.look_image, accessories: [Bags, Belts]}\n"
                f"products:\n  play-bag-tan:\n{look}  watermill-belt:\n{look}  {HANDLE}:\n{look}"
            )
        }
    )
    shop.apply()

    assert metafield(shop, "play-bag-tan", "altuzarra.look_image") is None
    assert metafield(shop, "watermill-belt", "altuzarra.look_image") is None
    assert metafield(shop, HANDLE, "altuzarra.look_image") is not None
    assert shop.plan().changes == ()


def test_what_was_deleted_in_the_admin_is_uploaded_again(shop: Workshop) -> None:
    """The file, its place in the gallery and what refers to it: all as git says."""
    put(shop, "images/look.png", png(1))
    document_ = document(
        "      LOOK: {path: images/look.png}\n",
        rest="    look: LOOK\n",
        into="media: true, look: altuzarra.look_image",
    )
    shop.write({"images/looks.yaml": document_})
    shop.apply()
    (name,) = names(shop)
    shop.edit("file", name, deleted=True)
    causes = {(c.address.kind, c.cause.value) for c in shop.drift().changes}
    shop.apply()

    assert causes == {("file", "drift"), ("metafield", "drift"), ("product_media", "drift")}
    assert names(shop) == [name]
    assert stems(shop) == ["look"]
    assert metafield(shop, HANDLE, "altuzarra.look_image")["reference"] is not None
    assert shop.plan().changes == ()


def test_pictures_are_shown_in_the_plan(shop: Workshop) -> None:
    """What comes from the web by its address, what comes to a gallery as the shop shows it."""
    url = "https://pictures.example.com/look.jpg"
    lines = f"      A: {{url: '{url}'}}\n      B: {{file: home_banner.jpg}}\n"
    shop.write({"images/looks.yaml": document(lines, into="media: true")})
    shown = {c.address.key: c.pictures.after for c in shop.plan().changes if c.pictures}

    assert (url,) in shown.values()
    (banner,) = shown[f"{HANDLE}/home_banner.jpg"]
    assert "/files/home_banner.jpg" in banner


def test_a_picture_of_the_repository_is_told_by_its_path(shop: Workshop) -> None:
    """As people are shown paths, of what is to be uploaded alone."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shown = [c.pictures.files for c in shop.plan().changes if c.pictures]

    assert [f for files in shown for f in files] == ["desired/images/look.png"]


def test_a_replaced_picture_is_planned_by_itself(shop: Workshop) -> None:
    """Under the same path: a plan of what moved since a commit shows the new file, and what
    refers to it; the catalog is asked which products are accessories."""
    put(shop, "images/look.png", png(1))
    with_accessories = "look: altuzarra.look_image, accessories: [Bags]"
    text = LOOK.replace("look: altuzarra.look_image", with_accessories)
    shop.write({"images/looks.yaml": text})
    shop.apply()
    base = shop.intents()
    put(shop, "images/look.png", png(2))
    plan = shop.plan(base=base)

    assert sorted((c.address.kind, c.action.value) for c in plan.changes) == [
        ("file", "create"),
        ("file", "forget"),
        ("metafield", "update"),
    ]


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY_AFTER_COMMIT, Fault.RESET])
@pytest.mark.parametrize("at", ["stagedUploadsCreate(", "/staged-uploads/", "fileCreate("])
def test_a_lost_answer_uploads_nothing_twice(shop: Workshop, fault: Fault, at: str) -> None:
    """Wherever an answer is lost, one file is there in the end, and its metafield."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shop.inject(fault, matching=at)
    shop.apply()

    assert shop.faults_left() == 0
    assert len(names(shop)) == 1
    assert shop.plan().changes == ()


def test_what_an_unknown_run_made_is_taken(shop: Workshop) -> None:
    """The ledger is lost, and another machine goes on: the file is found by its name."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shop.apply()
    made = names(shop)
    shutil.rmtree(next(shop.folder.rglob("ledger.git")))
    applied = shop.apply()

    assert names(shop) == made
    assert applied.plan.changes == ()


def test_what_hangs_on_its_way_is_not_made_a_second_time(shop: Workshop) -> None:
    """The same picture is being processed, and stays so: this run fails, and leaves nothing."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shop.apply()
    before = len(ask(shop, FILES)["files"]["nodes"])
    shop.edit("file", names(shop)[0], fileStatus="PROCESSING")
    shutil.rmtree(next(shop.folder.rglob("ledger.git")))
    outcome = next(iter(shop.apply().outcomes.values()))

    assert outcome.status is Status.FAILED
    assert "DUPLICATE_FILENAME_ERROR" in str(outcome.message)
    assert len(ask(shop, FILES)["files"]["nodes"]) == before


def test_a_description_is_kept_true(shop: Workshop) -> None:
    """Git changes it, an admin's edit is drift that is put back."""
    put(shop, "images/look.png", png(1))
    shop.write({"images/looks.yaml": LOOK})
    shop.apply()
    (name,) = names(shop)
    shop.edit("file", name, alt="Somebody's words")
    drifted = shop.drift().changes
    shop.apply()
    put_back = files(shop)[0]["alt"]
    shop.write({"images/looks.yaml": LOOK.replace("A sweater", "Knitted")})
    shop.apply()
    changed = files(shop)[0]["alt"]
    shop.write({"images/looks.yaml": LOOK.replace('"A sweater"', "null")})
    shop.apply()

    assert [(c.address.kind, c.cause.value) for c in drifted] == [("file", "drift")]
    assert put_back == "A sweater"
    assert changed == "Knitted"
    assert not files(shop)[0]["alt"]
    assert shop.plan().changes == ()


TWO = document(
    '      LOOK: {path: images/look.png, alt: "A sweater"}\n'
    '      SIDE: {path: images/side.png, alt: "From the side"}\n',
    rest="    look: LOOK\n",
)


def test_a_description_that_is_refused_fails_alone(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that was there is told otherwise; the others of its request are done."""
    put(shop, "images/look.png", png(1))
    put(shop, "images/side.png", png(2))
    shop.write({"images/looks.yaml": TWO})
    upload = file_kind.uploaded

    async def described_otherwise(*args: Any) -> Any:
        made = await upload(*args)
        return {name: {**f, "alt": "Old"} if "look" in name else f for name, f in made.items()}

    monkeypatch.setattr(file_kind, "uploaded", described_otherwise)
    shop.inject(Fault.TOO_MANY, times=100, matching="mutation UpdateFiles(")
    found = {o.address.key: o for o in shop.apply().outcomes.values() if o.address.kind == "file"}
    told = {key.split("_pg")[0]: (o.status, bool(o.remote)) for key, o in found.items()}

    assert told == {"look": (Status.FAILED, True), "side": (Status.DONE, True)}


def test_what_can_not_be_taken_out_again_fails_alone(shop: Workshop) -> None:
    """A file that could not be processed is deleted; where that is refused the others are done."""
    put(shop, "images/look.png", png(1))
    put(shop, "images/side.png", png(2))
    shop.write({"images/looks.yaml": TWO})
    shop.apply()
    (taken,) = [name for name in names(shop) if "look" in name]
    shop.edit("file", taken, fileStatus="PROCESSING")
    shop.edit("file", next(name for name in names(shop) if "side" in name), deleted=True)
    shutil.rmtree(next(shop.folder.rglob("ledger.git")))
    shop.inject(Fault.TOO_MANY, times=100, matching="mutation DeleteFailedFiles(")
    found = {o.address.key: o for o in shop.apply().outcomes.values() if o.address.kind == "file"}
    told = {key.split("_pg")[0]: o.status for key, o in found.items()}

    assert told == {"look": Status.FAILED, "side": Status.DONE}
    assert ["could not be deleted" in o.message for o in found.values() if o.message] == [True]


GALLERY = document(
    "      MAIN: {path: images/a.png}\n      BACK: {path: images/b.png}\n"
    "      SWATCH: {path: images/s.png}\n",
    rest="    thumbnail: MAIN\n    swatch: SWATCH\n",
    into="media: true, swatch: altuzarra.swatch_image",
)


def stems(shop: Workshop) -> list[str]:
    return [name.split("_pg")[0] for name in gallery(shop)]


def test_a_gallery_shows_what_git_says_in_its_order(shop: Workshop) -> None:
    """What a hand put there stays; the thumbnail is first; the swatch is in its metafield only."""
    for number, name in enumerate(("a", "b", "s", "c")):
        put(shop, f"images/{name}.png", png(number + 1))
    shop.edit("product", HANDLE, media=["home_banner.jpg"])
    shop.write({"images/gallery.yaml": GALLERY})
    shop.apply()
    first = stems(shop)
    settled = shop.plan().changes
    shop.write(
        {
            "images/gallery.yaml": GALLERY.replace("thumbnail: MAIN", "thumbnail: BACK").replace(
                "      SWATCH", "      SIDE: {path: images/c.png}\n      SWATCH"
            )
        }
    )
    shop.apply()

    assert first == ["a", "home_banner.jpg", "b"]
    assert settled == ()
    assert stems(shop) == ["b", "home_banner.jpg", "a", "c"]
    assert shop.plan().changes == ()


def test_an_order_waits_for_every_picture_in_it(shop: Workshop) -> None:
    """A picture that is nowhere holds the order that names it: an order without it would be another
    one than git's, and be written at every apply."""
    put(shop, "images/a.png", png(1))
    pictures = "      MAIN: {path: images/a.png}\n      BACK: {file: nope.jpg}\n"
    shop.write({"images/g.yaml": document(pictures, into="media: true")})
    applied = shop.apply()
    settled = shop.plan()
    held = sorted(o.address.key for o in applied.outcomes.values() if o.status is Status.HELD)

    assert held == [HANDLE, f"{HANDLE}/nope.jpg"]
    assert stems(shop) == ["a"]
    assert settled.pending == ()
    assert [hold.reason for _, hold in sorted(settled.holds.items())] == ["needs", "dangling"]


def test_an_order_that_can_not_be_looked_at_is_no_failure(shop: Workshop) -> None:
    """It was accepted; how far it is, the reading that follows tells."""
    for place, name in enumerate(("a", "b", "s")):
        put(shop, f"images/{name}.png", png(place))
    shop.write({"images/g.yaml": GALLERY})
    shop.apply()
    shop.write({"images/g.yaml": GALLERY.replace("thumbnail: MAIN", "thumbnail: BACK")})
    shop.inject(Fault.TOO_MANY, times=100, matching="($id: ID!) { job(")
    applied = shop.apply()

    assert shop.faults_left() < 100
    assert not problems_of(applied), problems_of(applied)
    assert stems(shop) == ["b", "a"]


def test_a_picture_that_leaves_a_gallery_stays_in_the_shop(shop: Workshop) -> None:
    """Taking it out is a deletion under the prune guard; its file is nobody's to delete."""
    for number, name in enumerate(("a", "b", "s")):
        put(shop, f"images/{name}.png", png(number + 1))
    shop.write({"images/gallery.yaml": GALLERY})
    shop.apply()
    shop.write({"images/gallery.yaml": GALLERY.replace("      BACK: {path: images/b.png}\n", "")})
    actions = {(c.address.kind, c.action.value) for c in shop.plan().changes}
    shop.apply()

    assert ("product_media", "delete") in actions
    assert ("file", "forget") in actions
    assert stems(shop) == ["a"]
    assert sorted(name.split("_pg")[0] for name in names(shop)) == ["a", "b", "s"]


def _described(key: str) -> Change[File]:
    address = Address("shop", "file", key)
    before = Resource(address, File(alt="Old"), f"gid://shopify/MediaImage/{key}")
    return Change(
        address, Action.UPDATE, Cause.INTENT, (), before, Resource(address, File(alt="New"))
    )


def test_an_answer_that_tells_of_one_file_alone_is_believed_for_that_one() -> None:
    """The other has failed; what is known of the first is not thrown away with it."""
    told = {"id": "gid://shopify/MediaImage/a.jpg", "alt": "New", "fileStatus": "READY"}
    wire = answering({"data": {"fileUpdate": {"files": [told], "userErrors": []}}})

    async def write() -> Any:
        async with writing(target(), wire, Remotes("shop")) as session:
            changes = (_described("a.jpg"), _described("b.jpg"))
            return await file_kind.FileKind().write(session, Batch(changes))

    first, second = run_in_virtual_time(write)

    assert (first.status, first.echo) == (Status.DONE, File(alt="New"))
    assert (second.status, second.message) == (
        Status.FAILED,
        "the answer does not tell of it · plan again",
    )
