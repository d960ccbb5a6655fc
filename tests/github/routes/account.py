"""Who am I, and how much is left."""

from __future__ import annotations

from tests.github.refusals import forbidden
from tests.github.routes.table import Answer, Call, route
from tests.github.shapes.common import EPOCH, user

LIMIT = 5000


@route("GET /user")
def get_user(call: Call) -> Answer:
    """A person's own account. The token of a job or an app has none."""
    if call.token.actor.app:
        raise forbidden()
    blank = ("name", "company", "blog", "location", "email", "hireable", "bio")
    counts = ("public_repos", "public_gists", "followers", "following")
    shape = user(call.github, call.token.actor) | dict.fromkeys(blank) | dict.fromkeys(counts, 0)
    dates = {"created_at": EPOCH, "updated_at": EPOCH}
    return Answer(200, shape | dates | {"user_view_type": "public"})


@route("GET /rate_limit")
def rate_limit(call: Call) -> Answer:
    """What is left of the hour; asking costs nothing."""
    used = len(call.github.seen)
    reset = int(call.github.now().timestamp()) + 3600
    core = {"limit": LIMIT, "remaining": max(LIMIT - used, 0), "reset": reset, "used": used}
    search = {"limit": 30, "remaining": 30, "reset": reset, "used": 0}
    return Answer(200, {"resources": {"core": core, "search": search}, "rate": core})
