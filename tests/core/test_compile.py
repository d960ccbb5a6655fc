"""Intents to resources: what can not be is said at its line."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.composition import platform
from reconciler.compile import compile_for, questions
from reconciler.intent.base import Intents, Places
from reconciler.intent.metafields import Metafields
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.question import Question
from tests.toy import Shelves, Shop, intents, site


def documents(*files: str) -> Intents:
    """The same shelf, stated once in each file."""
    places = {(): (1, 1), ("resources", "shelf", "a"): (4, 5)}
    return Intents(
        tuple(
            Shelves(targets=("toy",), resources={"shelf": {"a": {"title": "A"}}}).placed(
                Places(file, places)
            )
            for file in files
        )
    )


def told(folder: Path, desired: Intents) -> list[str]:
    toy = site(Shop(), folder)
    return [str(p) for p in compile_for(toy.target, toy.provider, desired, {}).problems]


def test_two_intents_for_one_address_are_told_with_both_places(tmp_path: Path) -> None:
    """Which of them should win is not for the program to guess."""
    assert told(tmp_path, documents("desired/shelves/1.yaml", "desired/shelves/2.yaml")) == [
        "desired/shelves/2.yaml:4:5  toy/shelf/a is said a second time, after"
        " desired/shelves/1.yaml:4:5 · keep one of the two"
    ]


def test_what_a_platform_does_not_honour_is_told_at_the_target(tmp_path: Path) -> None:
    """Never silence: the line of the target's name, and what to do."""
    taxonomy = Taxonomy(targets=("toy",), taxonomy="role", label="Role", input="dropdown")
    places = Places("desired/taxonomies/role.yaml", {("targets", 0): (1, 11)})

    assert told(tmp_path, Intents((taxonomy.placed(places),))) == [
        "desired/taxonomies/role.yaml:1:11  toy does not honour taxonomies, and toy is a toy target"
        " · take toy out of targets"
    ]


def test_other_targets_intents_are_not_compiled(tmp_path: Path) -> None:
    """An intent speaks to the targets that it names."""
    elsewhere = Shelves(targets=("other",), resources={"shelf": {"a": {}}})

    assert told(tmp_path, Intents((elsewhere,))) == []


def test_each_question_is_asked_once() -> None:
    """Two selectors of one type ask one question."""
    selected = {"products": {"type": "Dresses"}, "set": {"size_guide": "x"}}
    other = {"products": {"tag": "new"}, "set": {"badge": "x"}}
    document = Metafields.model_validate(
        {"targets": ("shop",), "namespace": "altuzarra", "selectors": (selected, selected, other)}
    )

    assert questions(platform("shopify"), Intents((document,))) == (
        Question("type", "Dresses"),
        Question("tag", "new"),
    )


def test_an_intents_digest_moves_with_its_meaning_alone() -> None:
    """Comments, places and the order of keys are not meaning; a value is."""
    first = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})
    second = intents(shelf={"b": {"title": "B"}, "a": {"title": "A"}})
    third = intents(shelf={"a": {"title": "C"}, "b": {"title": "B"}})
    digests = [next(iter(d)).digest_of("resources", "shelf", "a") for d in (first, second, third)]

    assert digests[0] == digests[1] != digests[2]
