"""New documents as text: they are read back as what they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.intent import yaml
from reconciler.intent.rendered import document
from reconciler.model.spec import plain

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | texts
entries = st.dictionaries(texts, scalars | st.lists(texts, max_size=3), max_size=4)
documents = st.dictionaries(
    texts, scalars | entries | st.dictionaries(texts, entries, max_size=3), min_size=1, max_size=4
)


@given(documents)
def test_what_is_written_is_read(data: dict[str, object]) -> None:
    """Whatever the texts look like, and without a problem."""
    read = yaml.read("a.yaml", document(data).encode())

    assert plain(read.data) == data
    assert read.problems == []


def test_short_entries_stand_on_a_line() -> None:
    """Below the first floor; longer ones are opened up, and an offering's fields are lines."""
    data = {
        "targets": ["shop"],
        "fields": {"role": "hr", "tags": []},
        "terms": {"hr": {"label": "HR"}, "long": {"label": "L" * 60, "description": "D" * 60}},
    }

    assert document(data) == (
        "targets: [shop]\nfields:\n  role: hr\n  tags: []\nterms:\n  hr: {label: HR}\n"
        f"  long:\n    label: {'L' * 60}\n    description: {'D' * 60}\n"
    )
