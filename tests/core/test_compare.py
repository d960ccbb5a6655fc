"""The three-way comparison, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import pytest

from reconciler.compare import KEY_PATH, compare, differences
from reconciler.model.address import Address
from reconciler.model.change import Action, Cause
from reconciler.model.resource import Origin, Resource
from reconciler.model.spec import CREATE_ONLY, UNSTATED, Merge, Owned, spec
from reconciler.provider import OnDrop
from tests.toy import KINDS, address, resource

A = address("shelf", "a")


def shelf(**fields: Any) -> Resource[Any]:
    return resource("shelf", "a", **fields)


def one(desired: Any, live: Any, applied: Any, **options: Any) -> tuple[str, str] | str:
    """What the comparison says of one shelf, in words."""
    states = [{A: state} if state else {} for state in (desired, live, applied)]
    kinds = {kind.name: kind for kind in KINDS} | options.pop("kinds", {})
    result = compare(*states, kinds, **options)
    if result.changes:
        (change,) = result.changes
        return change.action.value, change.cause.value
    return "recorded" if result.recorded else "gone" if result.gone else "nothing"


OLD, NEW, OTHER = shelf(title="old"), shelf(title="new"), shelf(title="other")

ROWS = [
    # desired, live, applied, expected
    (NEW, None, None, ("create", "intent")),
    (NEW, None, NEW, ("create", "drift")),
    (NEW, NEW, None, "recorded"),
    (NEW, OLD, None, ("adopt", "intent")),
    (NEW, NEW, NEW, "nothing"),
    (NEW, OLD, OLD, ("update", "intent")),
    (NEW, OTHER, NEW, ("update", "drift")),
    (NEW, OTHER, OLD, ("update", "conflict")),
    (NEW, NEW, OLD, "recorded"),
    (None, OLD, OLD, ("delete", "intent")),
    (None, None, OLD, "gone"),
    (None, OLD, None, "nothing"),
]


@pytest.mark.parametrize(("desired", "live", "applied", "expected"), ROWS)
def test_each_row_of_the_table(desired: Any, live: Any, applied: Any, expected: Any) -> None:
    """Every combination of the three states gives the row's result and cause."""
    assert one(desired, live, applied) == expected


def test_a_value_that_moved_while_its_intent_did_not_is_the_catalogs_doing() -> None:
    """The ledger keeps the intent's digest: the same digest with another value means that the
    answer to a selector moved."""
    desired, applied = replace(NEW, intent="same"), replace(OLD, intent="same")

    assert one(desired, OLD, applied) == ("update", "catalog")


def test_without_a_ledger_no_cause_is_guessed() -> None:
    """Every cause is unattributed, and nothing is called an adoption."""
    assert one(NEW, OLD, None, attributed=False) == ("update", "unattributed")
    assert one(NEW, None, None, attributed=False) == ("create", "unattributed")


def test_a_newly_stated_field_is_gits_move() -> None:
    """A field that was never applied is neither drift nor conflict."""
    desired, applied = shelf(title="new", items=("x",)), shelf(title="new")

    assert one(desired, shelf(title="new", items=()), applied) == ("update", "intent")


def test_a_field_that_git_no_longer_states_is_forgotten() -> None:
    """It stays as it is on the platform, and the ledger drops it."""
    applied = shelf(title="new", items=("x",))

    assert one(NEW, shelf(title="new", items=("y",)), applied) == "recorded"


def test_fields_of_one_resource_have_causes_of_their_own() -> None:
    """One field drifted and one moved in git: each says so, and the change is named after git."""
    desired = shelf(title="new", items=("x",))
    live, applied = shelf(title="old", items=("y",)), shelf(title="old", items=("x",))
    (change,) = compare({A: desired}, {A: live}, {A: applied}, {"shelf": KINDS[2]}).changes

    assert {field.path: field.cause for field in change.fields} == {
        "title": Cause.INTENT,
        "items": Cause.DRIFT,
    }
    assert change.cause is Cause.INTENT


def test_what_was_adopted_is_forgotten_and_not_deleted() -> None:
    """Dropping it from git leaves it as it is, unless policy says otherwise."""
    adopted = replace(OLD, origin=Origin.ADOPTED)

    assert one(None, OLD, adopted) == ("forget", "intent")
    assert one(None, OLD, adopted, prune_adopted=True) == ("delete", "intent")


def test_a_kind_that_forgets_never_deletes() -> None:
    """`on_drop` of the kind decides what dropping means."""
    forgetting = replace(KINDS[2], on_drop=OnDrop.FORGET)

    assert one(None, OLD, OLD, kinds={"shelf": forgetting}) == ("forget", "intent")


def test_stating_only_emptiness_equals_absence() -> None:
    """null is managed and empty: what is not there is as desired."""
    assert one(shelf(title=None), None, None) == "recorded"
    assert one(shelf(title=None), OLD, None) == ("adopt", "intent")


def test_the_order_of_a_set_does_not_count() -> None:
    """Two orders and a repetition of one set are equal."""
    live = shelf(items=("b", "a", "b"))

    assert differences(shelf(items=("a", "b")), live) == ()


def test_another_key_is_a_difference_of_its_own() -> None:
    """A resource that is found by its remote under another key has drifted in its key."""
    live = replace(NEW, live_key="renamed")
    (field,) = differences(NEW, live, NEW)

    assert (field.path, field.before, field.after) == (KEY_PATH, "renamed", "a")
    assert field.cause is Cause.DRIFT


@spec
class Tagged:
    tags: Owned[Annotated[tuple[str, ...], Merge.ENTRIES]] = UNSTATED
    words: Owned[Annotated[tuple[str, ...], Merge.CASELESS]] = UNSTATED
    places: Owned[Annotated[tuple[str, ...], Merge.SEQUENCE]] = UNSTATED
    order: Owned[tuple[str, ...]] = UNSTATED
    url: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED


def tagged(**fields: Any) -> Resource[Any]:
    return Resource(Address("toy", "tagged", "a"), Tagged(**fields))


ENTRIES = [
    # desired, live, applied, before and after of the change
    (("ours",), ("theirs",), None, ([], ["ours"])),
    (("ours",), ("theirs", "ours"), None, None),
    ((), ("theirs", "ours"), ("ours",), (["ours"], [])),
    (("new",), ("theirs", "old"), ("old",), (["old"], ["new"])),
]


@pytest.mark.parametrize(("desired", "live", "applied", "expected"), ENTRIES)
def test_of_entries_only_ours_count(desired: Any, live: Any, applied: Any, expected: Any) -> None:
    """Before and after hold what git states or stated; strangers' entries are in neither."""
    ours = tagged(tags=applied) if applied is not None else None
    fields = differences(tagged(tags=desired), tagged(tags=live), ours)

    assert [(f.before, f.after) for f in fields] == ([expected] if expected else [])


WORDS = [
    (("S226",), ("s226", "theirs"), None, None),
    (("S226",), ("s226",), ("s226",), None),
    (("New",), ("OLD", "theirs"), ("old",), (["old"], ["New"])),
    ((), ("old",), ("OLD",), (["OLD"], [])),
]


@pytest.mark.parametrize(("desired", "live", "applied", "expected"), WORDS)
def test_case_alone_is_no_difference(desired: Any, live: Any, applied: Any, expected: Any) -> None:
    """Where a platform does not tell cases apart, a change shows entries as git writes them."""
    ours = tagged(words=applied) if applied is not None else None
    fields = differences(tagged(words=desired), tagged(words=live), ours)

    assert [(f.before, f.after) for f in fields] == ([expected] if expected else [])


CUT_OFF = [
    # live; before and after of a change that takes `new` back again; its cause
    (("theirs", "new"), (["new"], ["old"]), Cause.INTENT),
    (("theirs", "old"), None, None),
    (("theirs", "old", "new"), (["new", "old"], ["old"]), Cause.INTENT),
    (("theirs",), ([], ["old"]), Cause.INTENT),
]


@pytest.mark.parametrize(("live", "expected", "cause"), CUT_OFF)
@pytest.mark.parametrize("field", ["tags", "words"])
def test_what_a_write_without_an_answer_brought_is_ours(
    field: str, live: Any, expected: Any, cause: Cause | None
) -> None:
    """It was to put `new` in the place of `old` among strangers' entries, and came any way far:
    what it brought can be taken away again, and nothing of it is drift."""
    ours = replace(tagged(**{field: ("old",)}), maybe={field: ["new"]})
    fields = differences(tagged(**{field: ("old",)}), tagged(**{field: live}), ours)

    assert [(f.before, f.after) for f in fields] == ([expected] if expected else [])
    assert {f.cause for f in fields} == ({cause} if cause else set())


@pytest.mark.parametrize(
    ("live", "cause"),
    [
        (("b", "theirs", "a", "c"), Cause.INTENT),  # as the write was to put them
        (("a", "theirs", "b", "c"), Cause.INTENT),  # as before it
        (("c", "theirs", "b", "a"), Cause.CONFLICT),  # otherwise
    ],
)
def test_an_order_that_a_write_without_an_answer_brought_is_ours(live: Any, cause: Cause) -> None:
    """Whatever stands among it: what git says since is git's move, and no conflict."""
    ours = replace(tagged(places=("a", "b", "c")), maybe={"places": ["b", "a", "c"]})
    (field,) = differences(tagged(places=("b", "c", "a")), tagged(places=live), ours)

    assert field.cause is cause


def test_the_order_of_a_list_counts() -> None:
    """A list without a merge mode is wholly ours, in order."""
    assert differences(tagged(order=("a", "b")), tagged(order=("b", "a")))


def test_what_a_platform_never_gives_back_is_not_compared() -> None:
    """A create-only field is stated at creation, and silent afterwards."""
    assert differences(tagged(url="https://example.com/a.jpg"), tagged()) == ()


def test_one_kind_of_number_is_not_another() -> None:
    """`1` and `true` are told apart, as JSON does."""
    fields = differences(shelf(title="1"), shelf(title="1")), differences(OLD, NEW)

    assert [len(found) for found in fields] == [0, 1]


def test_creates_list_all_that_they_write() -> None:
    """A creation's fields are all stated ones, from nothing."""
    (change,) = compare({A: NEW}, {}, {}, {"shelf": KINDS[2]}).changes

    assert change.action is Action.CREATE
    assert change.after_values == {"title": "new"}
    assert change.before_values == {"title": None}
