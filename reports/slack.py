"""Messages for Slack (Block Kit), and sending them to an incoming webhook.

Slack takes 50 blocks, 3,000 characters a text and 150 a header. What comes from a platform, from
YAML or from people stands in code spans, escaped: it mentions nobody and links nowhere. The
webhook's address is a secret: it is never printed.

Errors:

PlanogramError (1)
└── SlackFailed            Slack could not be reached, or did not take the message
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import httpx

from reconciler.model.change import AnyChange
from reconciler.model.errors import PlanogramError, Usage
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reconciler.model.watch import REMIND_AFTER_DAYS
from reports.drift import ages, heartbeat, told_age, told_moment
from reports.markdown import address, shortened
from reports.view import clean, outcome_headline, said
from reports.watch import DriftReport, Group, Told

Message = dict[str, Any]
Block = dict[str, Any]

MOST_BLOCKS: Final = 50
MOST_CHARACTERS: Final = 3_000
MOST_IN_HEADER: Final = 150
MOST_GROUPS: Final = 24
MOST_LINES: Final = 10
MOST_FIELDS: Final = 6

ATTEMPTS: Final = 5
LONGEST_WAIT_SECONDS: Final = 120.0
TIMEOUT_SECONDS: Final = 30.0

_BAD: Final = (Status.FAILED, Status.ALTERED, Status.HELD, Status.SKIPPED)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class SlackFailed(PlanogramError):
    """Slack could not be reached, or did not take the message."""


def drift_message(report: DriftReport) -> Message:
    """What a look for drift came to: a section a group, reminders, and the heartbeat."""
    blocks = [
        *(
            _section([f":warning: {_code(t)} was *not looked at*: {_code(why)}"])
            for t, why in sorted(report.missing.items())[:MOST_LINES]
        ),
        *_listed(report.groups, MOST_GROUPS, _group, "more kinds of drift"),
        *_reminders(report),
    ]
    told = f"Last looked at {heartbeat(report)}"
    return _message(f"Planogram: {report.headline}", blocks, told, report.url)


def applied_message(
    plan: Plan, outcomes: Iterable[AnyOutcome], target: str, at: str, url: str | None
) -> Message:
    """What an apply came to: what did not go well, with its page in the admin."""
    listed = list(outcomes)
    changes = {change.address: change for change in plan.changes}
    lines = [
        _outcome(outcome, changes.get(outcome.address))
        for status in _BAD
        for outcome in listed
        if outcome.status is status
    ]
    shown = list(_chunks(lines[: MOST_GROUPS * MOST_LINES]))
    rest = len(lines) - sum(map(len, shown))
    blocks = [_section(chunk) for chunk in shown]
    blocks += [_section([f"… and {rest:,} more"])] if rest else []
    headline = f"Planogram applied to {target}: {outcome_headline(listed)}"
    return _message(headline, blocks, f"Applied {told_moment(at)}; {len(listed):,} changes", url)


async def post(url: str, message: Message) -> None:
    """Send a message to an incoming webhook. Raises `SlackFailed`, and `Usage` for an address
    that is none; neither says the address."""
    _must_be_an_address(url)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        for attempt in range(1, ATTEMPTS + 1):
            response = await _sent(client, url, message)
            if response.is_success:
                return
            wait = _wait(response)
            if wait is None or attempt == ATTEMPTS:
                words = shortened(clean(response.text), 200)
                raise SlackFailed(
                    f"Slack answers {response.status_code} {words}"
                    " · check the secret SLACK_WEBHOOK_URL"
                )
            await anyio.sleep(wait)


async def _sent(client: httpx.AsyncClient, url: str, message: Message) -> httpx.Response:
    try:
        return await client.post(url, json=message)
    except httpx.HTTPError as error:
        # Its own words may hold the address.
        raise SlackFailed(
            f"Slack can not be reached ({type(error).__name__}) · run it again"
        ) from None


def _must_be_an_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or scheme not in ("https", "http") or (scheme == "http" and host not in _LOOPBACK):
        raise Usage(
            "SLACK_WEBHOOK_URL is no address that begins with https://"
            " · copy it from the app's page at Slack"
        )


def _wait(response: httpx.Response) -> float | None:
    """Seconds until it may be sent again, where it was refused unread."""
    if response.status_code != 429:
        return None
    after = response.headers.get("Retry-After", "")
    return min(float(after) if after.isdecimal() else 1.0, LONGEST_WAIT_SECONDS)


def _message(headline: str, blocks: Sequence[Block], told: str, url: str | None) -> Message:
    """text: what notifications show, and what is shown where blocks can not be."""
    run = _link("run", url)
    header = {"type": "plain_text", "text": shortened(clean(headline), MOST_IN_HEADER)}
    context = [_text(f"{_escaped(clean(told))}" + (f" · {run}" if run else ""))]
    kept = list(blocks)[: MOST_BLOCKS - 2]
    return {
        "text": shortened(_escaped(clean(headline)), MOST_CHARACTERS),
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "header", "text": header},
            *kept,
            {"type": "context", "elements": context},
        ],
    }


def _group(group: Group) -> Block:
    count = f" × {len(group.members):,}" if len(group.members) > 1 else ""
    where = f" in {len(group.targets)} targets" if len(group.targets) > 1 else ""
    lines = [f"*{_code(group.kind)}*{count}{where} {ages(group)}", *_transition(group)]
    lines += [_member(member) for member in group.members[:MOST_LINES]]
    if len(group.members) > MOST_LINES:
        lines.append(f"… and {len(group.members) - MOST_LINES:,} more")
    return _section(lines)


def _transition(group: Group) -> Iterator[str]:
    if group.action == "create":
        yield "it is gone"
        return
    for field in group.fields[:MOST_FIELDS]:
        before, after = (_code(shortened(said(field[side]), 80)) for side in ("before", "after"))
        yield f"{_code(field['path'])}: live {before} → git {after}"
    if len(group.fields) > MOST_FIELDS:
        yield f"… and {len(group.fields) - MOST_FIELDS:,} more fields"


def _member(row: Told) -> str:
    links = [_link("admin", row["link"]), _link("first seen", row["seen_by"])]
    expired = f"*{_code(row['expired'])}*" if row["expired"] else ""
    told = [_code(shortened(row["address"], 120)), _age(row), *links, expired]
    return "• " + " · ".join(filter(None, told))


def _reminders(report: DriftReport) -> Iterator[Block]:
    due = report.due
    if not due:
        return
    yield {"type": "divider"}
    head = f":alarm_clock: *{len(due):,} have waited for {REMIND_AFTER_DAYS} days or more*"
    lines = [_stalled(row) for row in due[:MOST_LINES]]
    rest = len(due) - MOST_LINES
    yield _section([head, *lines, *([f"… and {rest:,} more"] if rest > 0 else [])])


def _stalled(row: Told) -> str:
    reason = f"{row['why']}, {row['reason']}" if row["reason"] else str(row["why"])
    told = [_code(shortened(row["address"], 120)), _age(row), _code(shortened(reason, 80))]
    links = [_link("admin", row["link"]), _link("first seen", row["url"])]
    return "• " + " · ".join(filter(None, [*told, *links]))


def _age(row: Told) -> str:
    return told_age(int(row["days"]))


def _outcome(outcome: AnyOutcome, change: AnyChange | None) -> str:
    message = _code(shortened(outcome.message, 160)) if outcome.message else ""
    admin = _link("admin", change.link if change else None)
    told = [f"*{outcome.status.value}*", _code(shortened(str(outcome.address), 120)), admin]
    return "• " + " · ".join(filter(None, [*told, message]))


def _listed(
    things: Sequence[Any], most: int, draw: Callable[[Any], Block], more: str
) -> Iterator[Block]:
    yield from (draw(thing) for thing in things[:most])
    if len(things) > most:
        yield _section([f"… and {len(things) - most:,} {more}"])


def _chunks(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(lines), MOST_LINES):
        yield lines[start : start + MOST_LINES]


def _section(lines: Sequence[str]) -> Block:
    """A text of whole lines: those that do not fit are counted."""
    room, kept = MOST_CHARACTERS - 40, []
    for line in lines:
        if len(line) + 1 > room:
            break
        room -= len(line) + 1
        kept.append(line)
    rest = len(lines) - len(kept)
    kept += [f"… and {rest:,} more lines"] if rest else []
    return {"type": "section", "text": _text("\n".join(kept))}


def _text(text: str) -> dict[str, Any]:
    """verbatim: Slack looks for no names and addresses in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _code(value: object) -> str:
    """Text as a code span; Slack knows no way to write its own mark in one."""
    text = _escaped(clean(str(value)).replace("`", "ˋ"))
    return f"`{text or ' '}`"


def _link(word: str, url: object) -> str:
    """A link under a word of ours, or nothing where the address is none of the web's."""
    text = str(url or "")
    if not text.startswith(("https://", "http://")):
        return ""
    return f"<{_escaped(address(text))}|{word}>"


def _escaped(text: str) -> str:
    """Slack's three marks of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
