"""The runbook's steps: each with its evidence, each the second time without effect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.capsule import progress, queues, reconciliation, seeding, steps, swatches
from reconciler.capsule.authorisation import may
from reconciler.capsule.ladder import Evidence, advanced, proved
from reconciler.capsule.looks import look
from reconciler.capsule.reconciliation import reconcile
from reconciler.capsule.rules import Swatches
from reconciler.capsule.standing import standings
from reconciler.capsule.state import ProductState, Stage
from reconciler.capsule.working import Work
from reconciler.model.product import Medium
from tests.capsule.example import (
    NOW,
    RECORD,
    again,
    medium,
    picture,
    product_of,
    record,
    seen,
    state,
    vast,
    work,
)

HERO = medium("S226_8301-000001_hero_image.jpg", 2)

LOOKS: list[tuple[str, list[Medium], str | None, str | None, str]] = [
    ("name", [medium("a.jpg", 1), HERO], None, HERO.name, "FILENAME_MATCH_HERO_IMAGE"),
    ("case", [medium("X_HERO_IMAGE.JPG")], None, "X_HERO_IMAGE.JPG", "FILENAME_MATCH_HERO_IMAGE"),
    ("position", [medium("b.jpg", 2), medium("a.jpg", 1)], None, "a.jpg", "POSITION_FIRST_IMAGE"),
    ("two heroes", [HERO, medium("hero_image.jpg", 3)], None, None, "AMBIGUOUS_HERO_CANDIDATES"),
    (
        "same place",
        [medium("a.jpg"), medium("b.jpg", 1, 9)],
        None,
        None,
        "AMBIGUOUS_HERO_CANDIDATES",
    ),
    ("a person", [medium("a.jpg"), HERO], "a.jpg", "a.jpg", "HUMAN_OVERRIDE"),
    ("gone", [HERO], "a.jpg", None, "CHOSEN_LOOK_NOT_FOUND"),
    (
        "video",
        [medium("hero_image.mp4", is_image=False)],
        None,
        None,
        "NO_HERO_CANDIDATE_IN_SHOPIFY",
    ),
    ("unready", [medium(None)], None, None, "NO_HERO_CANDIDATE_IN_SHOPIFY"),
    ("none", [], None, None, "NO_HERO_CANDIDATE_IN_SHOPIFY"),
]


@pytest.mark.parametrize(
    ("name", "media", "chosen", "file", "reason"), LOOKS, ids=[row[0] for row in LOOKS]
)
def test_a_look_image_is_chosen_with_a_reason(
    name: str, media: list[Medium], chosen: str | None, file: str | None, reason: str
) -> None:
    """A person's word first, the file name second, the position third; never a guess."""
    found = look(media, "shopify", chosen)

    assert (found.medium.name if found.medium else None, found.reason) == (file, reason)


def steps_run(done: Work, *rows: Any, now: str) -> Work:
    """Everything that a post-upload run does, one step after the other."""
    for step in (
        lambda w: steps.inspect(w, rows, w.folder.inspection_path, pretty=True),
        lambda w: steps.derive(w, rows, w.folder.inspection_path),
        lambda w: reconciliation.reconcile(w, rows),
        steps.register_swatches,
        steps.promote_swatches,
        lambda w: steps.enrich_tags(w, {"arp-dress-black": ["S226", "style_Arp"]}, "export.csv"),
        steps.promote_actions,
        lambda w: reconciliation.reconcile(w, rows),
    ):
        done = again(done, now)
        step(done)
    return again(done, now)


def test_adopting_a_hero_authorises_and_keeps_the_preflight() -> None:
    """The new judgement stands beside the snapshot, and the asset has its provenance."""
    done = work(record(import__anomaly_accepted=False))
    before = product_of(done)["preflight"]
    steps.derive(done, [seen(HERO)], "outputs/inspect_images_S226.json")
    reconciliation.reconcile(done, [seen(HERO)])
    product = product_of(done)

    assert product["preflight"] == before
    assert product["observed"]["preflight"]["status"] == "GO"
    assert product["allowed_actions"]["metafield_write"] is True
    assert product["assets_provenance"]["look_image"] == {
        "media_gid": HERO.remote,
        "source": "shopify",
        "derived_from": "outputs/inspect_images_S226.json",
        "selection_reason": "FILENAME_MATCH_HERO_IMAGE",
        "file_name": HERO.name,
        "derived_at": NOW,
    }


def test_a_second_run_changes_no_byte() -> None:
    """The same sight of the shop, a day later: no row, no time, nothing moves."""
    swatch = {"assets/swatches/S226_8301-000001_swatch.png": picture()}
    first = steps_run(work(RECORD, files=swatch), seen(HERO), now="2026-11-27T18:00:00Z")
    second = steps_run(first, seen(HERO), now="2026-11-28T18:00:00Z")

    assert {**second.folder.files, **second.folder.changed} == first.folder.files


def test_an_inspection_of_one_keeps_the_others() -> None:
    """Debugging one CPI replaces its row, and leaves the evidence of the others."""
    other = record(handle="arp-dress-ivory", cpi="8301-000102")
    rows = [seen(HERO), seen(HERO, cpi="8301-000102", handle="arp-dress-ivory")]
    done = work(RECORD, other)
    path = done.folder.inspection_path
    steps.inspect(done, rows, path, pretty=True)
    one = again(done)
    one.cpis = ("8301-000001",)
    told = steps.inspect(one, [seen()], path, pretty=True)
    counts = {r["cpi"]: r["shopify"]["media_count"] for r in one.folder.json(path)}

    assert counts == {"8301-000001": 0, "8301-000102": 1}
    assert [t.verdict for t in told] == ["ADOPT"]


def test_a_swatch_whose_name_says_another_format_is_not_registered() -> None:
    """A shop goes by the name; once it is registered and promoted it could not be planned."""
    done = work(RECORD, files={"assets/swatches/S226_8301-000001.jpg": picture("PNG")})
    (told,) = steps.register_swatches(done)

    assert told.verdict == "SKIP"
    assert told.text.endswith("it is PNG, and its name ends in '.jpg': rename it")


def test_what_is_no_image_is_told_without_the_program_s_own_words() -> None:
    done = work(RECORD, files={"assets/swatches/S226_8301-000001.png": b"no picture"})
    (told,) = steps.register_swatches(done)

    assert told.text.endswith("S226_8301-000001.png: it is no image that can be read")


def test_a_question_is_answered_by_what_people_did_about_it() -> None:
    """A swatch that is registered is asked for no more, though nothing was written yet."""
    done = work(RECORD)
    reconcile(done, [seen(HERO)])
    (before,) = standings(done, done.evidence())
    done.folder.files = {
        **done.folder.files,
        "assets/swatches/S226_8301-000001.png": picture(),
    }
    steps.register_swatches(done)
    (after,) = standings(done, done.evidence())

    assert (before.asked, before.answered) == ((queues.SWATCH_MISSING,), ())
    assert (after.asked, after.answered) == ((), (queues.SWATCH_MISSING,))


def test_what_is_missing_is_asked_once_and_resolved_by_a_write() -> None:
    """A row a (cpi, reason) however often it is seen; WROTE resolves it, and it may be asked
    again later."""
    done = work(record(images__expected__count=0))
    for _ in range(3):
        reconciliation.reconcile(done, [seen()])
    swatch_log = done.folder.log(done.folder.swatch_queue_path)
    review_log = done.folder.log(done.folder.review_queue_path)
    result = progress.Result({"look_image": "WROTE", "swatch_image": "NOOP_ALREADY_SET"}, {})
    for _ in range(2):
        progress.progress(done, {"arp-dress-black": result}, "run-1")
    after = done.folder.log(done.folder.review_queue_path)

    assert [row["reason"] for row in swatch_log] == ["SWATCH_MISSING_LOCALLY"]
    assert [row["reason"] for row in review_log] == ["NO_HERO_CANDIDATE_IN_SHOPIFY"]
    assert [row.get("result") for row in after] == [None, "WROTE"]
    assert len(done.folder.log("outputs/write_results_S226.jsonl")) == 2


def test_a_look_that_is_live_is_asked_for_no_more() -> None:
    """A file of the shop that people chose stands in the metafield, and not among the media:
    apply and reconcile, turn by turn, add no row after the first. Once it is lost it is asked."""
    done = work(RECORD, rules={"decisions": {"8301-000001": {"look": "chosen.jpg"}}})
    result = progress.Result({"look_image": "WROTE"}, {})
    counts = []
    for lost in ((), (), ("look_image",)):
        reconciliation.reconcile(done, [seen(stated=("look_image",), lost=lost)])
        progress.progress(done, {"arp-dress-black": result}, "run")
        counts.append(len(done.folder.log(done.folder.review_queue_path)))

    assert counts == [2, 2, 4]


def test_drift_is_logged_when_it_differs_from_the_last_sight() -> None:
    """Lost media and a regression are told; nothing that was adopted is taken back silently."""
    done = work(RECORD)
    steps.derive(done, [seen(HERO)], "x")
    for row in (seen(HERO), seen(HERO), seen(), seen(), seen(HERO)):
        done = again(done)
        reconciliation.reconcile(done, [row])
    rows = done.folder.log(done.folder.drift_path)

    assert [row["observed"]["shopify_media_count"] for row in rows] == [1, 0, 1]
    assert rows[1]["lost"] == [f"the look image {HERO.name} is not among the media any more"]
    assert product_of(done)["assets"]["look_image"]["file_name"] == HERO.name


@pytest.mark.parametrize(
    ("parts", "code"),
    [({"promotion__locked": True}, "LOCKED"), ({"import__eligible": False}, "NOT_ELIGIBLE")],
)
def test_a_frozen_product_is_read_and_never_changed(parts: dict[str, Any], code: str) -> None:
    """Its drift is logged; its record stays; the others go on."""
    other = record(handle="arp-dress-ivory", cpi="8301-000102")
    done = work(record(**parts), other)
    rows = [seen(HERO), seen(HERO, cpi="8301-000102", handle="arp-dress-ivory")]
    before = product_of(done)
    told = steps.derive(done, rows, "x") + reconciliation.reconcile(done, rows)
    told += steps.promote_actions(done)
    drift = done.folder.log(done.folder.drift_path)

    assert product_of(done) == before
    assert {(t.verdict, t.text) for t in told if t.cpi == "8301-000001"} == {("SKIP", code)}
    assert {t.verdict for t in told if t.cpi == "8301-000102"} == {"ADOPT"}
    assert {row["cpi"] for row in drift} == {"8301-000001", "8301-000102"}


def proof(**more: Any) -> Evidence:
    return Evidence("shop", **more)


def live(**more: Any) -> dict[str, Any]:
    return {
        "product_gid": "gid://1",
        "status": "ACTIVE",
        "published": True,
        "media_count": 5,
        "stated": ["size_guide"],
        "written": {"look_image": True, "swatch_image": True, "size_guide": True},
        "collections": {"style_A": True},
        "observed_at": NOW,
        **more,
    }


LOOK = {
    "assets": {"look_image": {"file_name": "a.jpg"}},
    "assets_provenance": {
        "look_image": {
            "source": "shopify",
            "derived_from": "x",
            "selection_reason": "HUMAN_OVERRIDE",
            "derived_at": NOW,
        }
    },
    "tags": ["style_A"],
}
YOUNG: dict[str, Any] = {
    "import__imported": False,
    "import__imported_at": None,
    "import__anomaly_accepted": False,
    "promotion__stage": "PRE_FLIGHT",
}

RUNGS: list[tuple[Stage, dict[str, Any], dict[str, Any]]] = [
    (Stage.PRE_FLIGHT, YOUNG, {}),
    (Stage.ENRICHED, YOUNG, {"enriched": ["arp-dress-black"]}),
    (Stage.PRE_FLIGHT, YOUNG, {"ready": ["8301-000001"]}),
    (Stage.IMPORT_READY, YOUNG, {"enriched": ["arp-dress-black"], "ready": ["8301-000001"]}),
    (Stage.IMPORT_READY, YOUNG | {"overrides__manual_go": True}, {"enriched": ["arp-dress-black"]}),
    (Stage.IMPORTED, LOOK | {"observed": {"targets": {"shop": live(media_count=4)}}}, {}),
    (Stage.IMPORTED, {"observed": {"targets": {"shop": live()}}}, {}),
    (
        Stage.MEDIA_ATTACHED,
        LOOK | {"observed": {"targets": {"shop": live(written={"look_image": True})}}},
        {},
    ),
    (
        Stage.MEDIA_ATTACHED,
        LOOK
        | {
            "observed": {
                "targets": {
                    "shop": live(
                        written={"look_image": True, "swatch_image": True, "size_guide": False}
                    )
                }
            }
        },
        {},
    ),
    (
        Stage.METAFIELDS_WRITTEN,
        LOOK | {"observed": {"targets": {"shop": live(collections={})}}},
        {},
    ),
    (
        Stage.COLLECTIONS_CREATED,
        LOOK | {"observed": {"targets": {"shop": live(status="DRAFT")}}},
        {},
    ),
    (
        Stage.COLLECTIONS_CREATED,
        LOOK | {"observed": {"targets": {"shop": live(published=False)}}},
        {},
    ),
    (Stage.LIVE, LOOK | {"observed": {"targets": {"shop": live()}}}, {}),
    (
        Stage.LIVE,
        {
            "is_accessory": True,
            "observed": {"targets": {"shop": live(stated=[], written={"swatch_image": True})}},
        },
        {},
    ),
]


@pytest.mark.parametrize(("stage", "parts", "more"), RUNGS, ids=lambda value: str(value)[:30])
def test_the_stage_is_the_highest_rung_with_evidence_all_the_way(
    stage: Stage, parts: dict[str, Any], more: dict[str, Any]
) -> None:
    """One row a rung, and the ways to miss it."""
    read = ProductState.model_validate_json(json.dumps(state(record(**parts))))

    assert proved(read.products["arp-dress-black"], proof(**more))[0] is stage


def test_evidence_that_is_gone_is_a_regression_and_moves_nothing() -> None:
    """Down a stage goes only by a rollback, and LIVE locks on arrival alone."""
    there = LOOK | {"promotion__stage": "LIVE", "observed": {"targets": {"shop": live()}}}
    gone = there | {"observed": {"targets": {"shop": live(status="DRAFT")}}}
    held = there | {
        "promotion__stage": "IMPORTED",
        "promotion__rolled_back_to": "IMPORTED",
    }

    def step(parts: dict[str, Any]) -> tuple[Stage, bool, bool]:
        read = ProductState.model_validate_json(json.dumps(state(record(**parts))))
        found = advanced(read.products["arp-dress-black"], proof())
        return found.stage, found.locks, found.regression is not None

    assert step(there) == (Stage.LIVE, False, False)
    assert step(there | {"promotion__stage": "IMPORTED"}) == (Stage.LIVE, True, False)
    assert step(gone) == (Stage.LIVE, False, True)
    assert step(held) == (Stage.IMPORTED, False, False)


ALLOWED = {"metafield_write": True, "collection_write": True, "size_guide_write": True}
NO_GO = {"import__anomaly_accepted": False}

MAY: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("all is well", {"allowed_actions": ALLOWED}, "metafield", None),
    ("unsaid", {}, "metafield", "NOT_AUTHORISED"),
    ("unsaid collection", {}, "collection", "NOT_AUTHORISED"),
    ("size guides need no word", {}, "size_guide", None),
    (
        "unless one forbids",
        {"allowed_actions": {"size_guide_write": False}},
        "size_guide",
        "NOT_AUTHORISED",
    ),
    ("NO-GO", {"allowed_actions": ALLOWED} | NO_GO, "metafield", "PREFLIGHT_NO_GO"),
    (
        "NO-GO, said go",
        {"allowed_actions": ALLOWED, "overrides__manual_go": True} | NO_GO,
        "metafield",
        None,
    ),
    ("images stop no collection", {"allowed_actions": ALLOWED} | NO_GO, "collection", None),
    ("images stop no size guide", {"allowed_actions": ALLOWED} | NO_GO, "size_guide", None),
    (
        "lock outweighs",
        {"allowed_actions": ALLOWED, "overrides__manual_go": True, "promotion__locked": True},
        "size_guide",
        "LOCKED",
    ),
    ("lock stops fields", {"promotion__locked": True}, "field", "LOCKED"),
    (
        "excluded",
        {"allowed_actions": ALLOWED, "import__eligible": False},
        "collection",
        "NOT_ELIGIBLE",
    ),
    ("other fields", {}, "field", None),
    ("media", {}, "media", None),
    ("media forbidden", {"allowed_actions": {"media_write": False}}, "media", "NOT_AUTHORISED"),
    (
        "media are there",
        {"observed": {"targets": {"shop": live()}}},
        "media",
        "EXPECTED_IMAGES_ARE_LIVE",
    ),
    ("channels", {}, "channel", None),
    (
        "channels forbidden",
        {"allowed_actions": {"channel_write": False}},
        "channel",
        "NOT_AUTHORISED",
    ),
]


@pytest.mark.parametrize(
    ("name", "parts", "action", "code"), MAY, ids=[f"{row[0]}, {row[2]}" for row in MAY]
)
def test_the_evaluator_says_why_not(
    name: str, parts: dict[str, Any], action: Any, code: str | None
) -> None:
    """Every refusal has a code, and says what to do."""
    read = ProductState.model_validate_json(json.dumps(state(record(**parts))))
    found = may(read.products["arp-dress-black"], action, "S226", target="shop")

    assert (found.code if found else None) == code
    assert found is None or (found.remedy and "8301-000001" in found.message)


SWATCH_FILES: list[tuple[str, bytes, str | None]] = [
    ("S226_8301-000001_swatch.png", picture(), None),
    ("S226_8301-000001_swatch.jpg", picture("JPEG"), None),
    ("S226_8301-000001_tiny.png", picture(size=(8, 8)), "it is 8×8"),
    ("S226_8301-000001_old.gif", picture("GIF"), "it is GIF"),
    ("S226_8301-000001_print.jpg", picture("JPEG", mode="CMYK", colour=0), "its colours are CMYK"),
    ("S226_8301-000001_empty.png", b"", "it is no image"),
    ("S226_8301-000001_cut.png", picture()[:40], "it is no image"),
    ("S226_8301-000001_text.png", b"hello", "it is no image"),
    ("S226_8301-000001_odd.png", picture(icc_profile=b"nonsense"), "its colour profile is"),
    ("S226_8301-000001_vast.png", vast(), "it is no image"),
]


@pytest.mark.parametrize(
    ("name", "content", "problem"), SWATCH_FILES, ids=[row[0] for row in SWATCH_FILES]
)
def test_a_swatch_is_looked_into(name: str, content: bytes, problem: str | None) -> None:
    """A real image of a wanted format, size and colour profile; whatever is not is said."""
    files = {f"assets/swatches/{name}": content}
    found = swatches.look_through(files, "S226", ["8301-000001"], Swatches())
    (swatch,) = found.by_cpi["8301-000001"]

    assert len(swatch.sha256) == 64
    assert swatch.problems == () if problem is None else swatch.problems[0].startswith(problem)


def test_strays_and_duplicates_are_told_and_never_chosen_among() -> None:
    """A file of another capsule, of nobody, of two; two contents for one; one content for two."""
    files = {
        f"assets/swatches/{name}": content
        for name, content in {
            "F126_8301-000001.png": picture(),
            "S226_9999-1.png": picture(),
            "S226_8301-000001_8301-000102.png": picture(),
            "S226_8301-0000010.png": picture(),
            "S226_8301-000001_a.png": picture(colour=1),
            "S226_8301-000001_b.png": picture(colour=2),
            "S226_8301-000102_a.png": picture(colour=2),
        }.items()
    }
    found = swatches.look_through(files, "S226", ["8301-000001", "8301-000102"], Swatches())

    assert sorted(path.rsplit("/", 1)[-1] for path in found.strays) == [
        "F126_8301-000001.png",
        "S226_8301-0000010.png",
        "S226_8301-000001_8301-000102.png",
        "S226_9999-1.png",
    ]
    assert swatches.the_one(found.by_cpi["8301-000001"]) == (None, "AMBIGUOUS_LOCAL_SWATCHES")
    assert found.alike == (
        ("assets/swatches/S226_8301-000001_b.png", "assets/swatches/S226_8301-000102_a.png"),
    )


MASTER = b"""handle,product_id,cpi,product_type,is_accessory,eligible,status,image_status,errors,\
expected_count
arp-dress-black,OTHER,8301-000001,RTW,no,yes,GO,IMAGE_OK,,9
belt-tan,S226-1 TAN,1-2,ACC,yes,no,NO-GO,IMAGE_HARD_FAIL,No image; No price,0
"""


def test_a_seeded_product_that_exists_may_have_its_size_guide() -> None:
    """Seeding forbids none: that is people's word, by `size_guide_write: false`."""
    rows, _ = seeding.read("m.csv", MASTER, "S226")
    done = work()
    seeding.seed(done, rows, {})
    before = may(done.draft().product("arp-dress-black"), "size_guide", "S226", target="shop")
    done = again(done)
    reconciliation.reconcile(done, [seen(HERO)])
    there = may(done.draft().product("arp-dress-black"), "size_guide", "S226", target="shop")

    assert before is not None
    assert before.code == "NOT_AUTHORISED"
    assert there is None


def test_seeding_makes_what_is_missing_and_rewrites_nothing_imported() -> None:
    """An imported record does not enter enrichment again; identity never moves."""
    rows, _ = seeding.read("m.csv", MASTER, "S226")
    done = work(RECORD)
    told = seeding.seed(done, rows, {})
    twice = again(done)
    seeding.seed(twice, rows, {})
    made = product_of(done, "belt-tan")

    assert product_of(done) == RECORD
    assert [(t.verdict, t.text.split(":")[0]) for t in told] == [
        ("SKIP", "IDENTITY_IMMUTABLE"),
        ("ADOPT", "ACC, NO-GO"),
    ]
    assert made["preflight"]["errors"] == ["No image", "No price"]
    assert made["import"]["eligible"] is False
    assert twice.folder.changed == {}
