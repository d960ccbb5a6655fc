"""Which of a product's live images is its look image, and why; never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.product import Medium

HERO: Final = "hero_image"

CHOSEN: Final = "HUMAN_OVERRIDE"
BY_NAME: Final = "FILENAME_MATCH_HERO_IMAGE"
BY_POSITION: Final = "POSITION_FIRST_IMAGE"

AMBIGUOUS: Final = "AMBIGUOUS_HERO_CANDIDATES"
CHOSEN_IS_MISSING: Final = "CHOSEN_LOOK_NOT_FOUND"


def no_candidate(platform: str) -> str:
    return f"NO_HERO_CANDIDATE_IN_{platform.upper()}"


@dataclass(frozen=True, slots=True)
class Look:
    """medium: the chosen image, None where people must choose. reason: why this one, or why
    none. candidates: what it was chosen among."""

    medium: Medium | None
    reason: str
    candidates: tuple[Medium, ...] = ()


def candidates(media: Sequence[Medium]) -> tuple[Medium, ...]:
    """The images that are named as heroes; without any, the image at the first position. Several
    at one position are all candidates."""
    images = [one for one in media if one.is_image and one.name is not None]
    named = tuple(one for one in images if HERO in str(one.name).casefold())
    if named or not images:
        return named
    first = min(one.position for one in images)
    return tuple(one for one in images if one.position == first)


def look(media: Sequence[Medium], platform: str, chosen: str | None = None) -> Look:
    """chosen: the file name that a person decided on, which wins."""
    if chosen is not None:
        return _chosen(media, chosen)
    found = candidates(media)
    if not found:
        return Look(None, no_candidate(platform))
    if len(found) > 1:
        return Look(None, AMBIGUOUS, found)
    is_named = HERO in str(found[0].name).casefold()
    return Look(found[0], BY_NAME if is_named else BY_POSITION, found)


def _chosen(media: Sequence[Medium], name: str) -> Look:
    found = tuple(one for one in media if one.is_image and one.name == name)
    if len(found) == 1:
        return Look(found[0], CHOSEN, found)
    return Look(None, AMBIGUOUS if found else CHOSEN_IS_MISSING, found)
