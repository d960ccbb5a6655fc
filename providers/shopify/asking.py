"""What intents ask of Shopify's catalog: what any is asked, and which products are accessories."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.base import Intent
from reconciler.intent.images import Images
from reconciler.model.question import Question


def questions(intent: Intent) -> Iterator[Question]:
    yield from intent.questions()
    if isinstance(intent, Images):
        yield from intent.accessories
