"""The use case that writes a living shop down. Nothing is written to the shop, and no file: the
new contents are handed back."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.adopt import Ground
from reconciler.compile import questions
from reconciler.intent.loader import Files, load
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.provider import Answers
from reconciler.site import Site
from reconciler.takeover import TakenOver, taken_over


async def transcribe(site: Site, files: Files, folders: Collection[str] = ()) -> TakenOver:
    """What a target has and git does not state yet, as files; of these folders, or of all.

    Raises `Usage` for a platform that can not be transcribed, `InvalidDesiredState` for files
    that are not valid, `PlatformError` where the shop could not be read whole.
    """
    if site.provider.transcribe is None:
        raise Usage(f"{site.name} is a {site.provider.name} target, which can not be written down")
    desired = load(files)
    if desired.problems:
        raise InvalidDesiredState(desired.problems)
    asked = questions(site.provider, desired.intents.for_target(site.name))
    async with site.provider.reading(site.target, site.wire()) as session:
        answers: Answers = await site.provider.answer(session, asked) if asked else {}
        transcript = await site.provider.transcribe(session, site.target)
    ground = Ground(site.target, site.provider, {**transcript.answers, **answers})
    return taken_over(transcript, files, ground, folders)
