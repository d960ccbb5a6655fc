"""Issues that are used again: one a subject, found by its label, its header and its author."""

from __future__ import annotations

from typing import Final

from reports.github.api import GitHub, Refused, Row
from reports.github.sticky import Sticky, facts_of

LABEL: Final = "planogram"


async def find(github: GitHub, name: str) -> Row | None:
    """Our newest issue of that name, open or closed; open ones first."""
    rows = [
        row
        async for row in github.pages("issues", state="all", labels=LABEL)
        if "pull_request" not in row
        and (row.get("user") or {}).get("login") == github.login
        and facts_of(row.get("body"), name) is not None
    ]
    rows.sort(key=lambda row: (row["state"] == "open", row["number"]))
    return rows[-1] if rows else None


async def raise_issue(github: GitHub, title: str, sticky: Sticky) -> Row:
    """Open the issue, or bring the one that is there up to date and open it again."""
    there = await find(github, sticky.name)
    text = sticky.text([])
    if there is None:
        return await github.post("issues", title=title, body=text, labels=[LABEL])
    if there["state"] == "open":
        return await github.patch(f"issues/{there['number']}", title=title, body=text)
    opened = {"state": "open", "state_reason": "reopened"}
    return await github.patch(f"issues/{there['number']}", title=title, body=text, **opened)


async def settle_issue(github: GitHub, title: str, sticky: Sticky) -> Row | None:
    """Bring the open issue up to date and close it; None where there is none."""
    there = await find(github, sticky.name)
    if there is None or there["state"] != "open":
        return None
    closed = {"state": "closed", "state_reason": "completed"}
    text = sticky.text([])
    return await github.patch(f"issues/{there['number']}", title=title, body=text, **closed)


async def keep_heartbeat(github: GitHub, title: str, sticky: Sticky) -> Row | None:
    """Bring the issue up to date without opening or closing it, where there is one."""
    there = await find(github, sticky.name)
    if there is None:
        return None
    try:
        return await github.patch(f"issues/{there['number']}", title=title, body=sticky.text([]))
    except Refused as error:
        if error.status == 410:  # somebody deleted it
            return None
        raise
