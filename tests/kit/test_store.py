"""What is looked for by a field is what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.kit.store import Store


def names(store: Store, colour: str) -> set[str]:
    with store.transaction():
        return {body["name"] for body in store.where("thing", "colour", colour)}


def put(store: Store, name: str, colour: str) -> None:
    with store.transaction():
        store.put("thing", name, {"name": name, "colour": colour})


def test_a_changed_document_is_found_by_its_new_value_only() -> None:
    """What was indexed before follows every write."""
    store = Store()
    put(store, "a", "red")
    put(store, "b", "red")
    before = names(store, "red")
    put(store, "a", "blue")
    with store.transaction():
        store.delete("thing", "b")

    assert (before, names(store, "red"), names(store, "blue")) == ({"a", "b"}, set(), {"a"})


def test_what_was_undone_is_not_found() -> None:
    """After an exception the index is of what remains."""
    store = Store()
    put(store, "a", "red")
    names(store, "red")
    with pytest.raises(ValueError, match="no"):
        _fail_to_put(store, "a", "blue")

    assert names(store, "red") == {"a"}


def test_what_another_process_wrote_is_found(tmp_path: Path) -> None:
    """Two stores over one file stand for the processes."""
    ours, theirs = Store(tmp_path / "store"), Store(tmp_path / "store")
    put(ours, "a", "red")
    names(ours, "red")
    put(theirs, "b", "red")

    assert names(ours, "red") == {"a", "b"}


def _fail_to_put(store: Store, name: str, colour: str) -> None:
    with store.transaction():
        store.put("thing", name, {"name": name, "colour": colour})
        raise ValueError("no")


def test_what_is_derived_is_made_again_only_after_a_change() -> None:
    """Of the same sort; another sort's documents are nobody's concern."""
    store = Store()
    made: list[int] = []

    def count() -> int:
        with store.transaction():
            return store.derived("thing", "count", lambda bodies: made.append(1) or len([*bodies]))

    put(store, "a", "red")
    counts = [count(), count()]
    with store.transaction():
        store.put("other", "b", {})
    counts.append(count())
    put(store, "b", "red")
    counts.append(count())

    assert (counts, len(made)) == ([1, 1, 1, 2], 2)
