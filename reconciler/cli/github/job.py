"""What GitHub tells a job about itself, and what the job can tell GitHub by files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reconciler.model.errors import Usage
from reports.github.api import GitHub, connect

SUMMARY_BYTES: Final = 1_000_000
"""A job summary of more than 1 MiB a step is dropped whole."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a workflow run. event: the payload that started it."""

    event_name: str
    event: Mapping[str, Any]
    repository: str
    branch: str
    run: str
    run_url: str
    api: str
    token: str

    @property
    def pull(self) -> Mapping[str, Any]:
        """The pull request that the run is for. Raises `Usage`."""
        found = self.event.get("pull_request")
        if not isinstance(found, Mapping):
            raise Usage(f"a {self.event_name} event is for no pull request")
        return found

    def files_at(self, commit: str) -> str:
        """The address below which GitHub has the repository's files as of a commit."""
        return f"{self.run_url.partition('/actions/runs/')[0]}/raw/{commit}"

    def connect(self) -> AbstractAsyncContextManager[GitHub]:
        """A session with the repository. Raises `Usage` where the job has no token."""
        if not self.token:
            raise Usage("GITHUB_TOKEN is not set · give the step the token in env")
        return connect(self.api, self.token, self.repository)


def this_job() -> Job:
    """Raises `Usage` outside of a workflow."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise Usage(
            "GITHUB_EVENT_PATH is not set: this is a command for workflows"
            " · use planogram plan, apply or drift here"
        )
    event = json.loads(Path(path).read_text(encoding="utf-8"))
    server, repository = _set("GITHUB_SERVER_URL"), _set("GITHUB_REPOSITORY")
    run = _set("GITHUB_RUN_ID")
    return Job(
        event_name=_set("GITHUB_EVENT_NAME"),
        event=event,
        repository=repository,
        branch=_default_branch(event),
        run=run,
        run_url=f"{server}/{repository}/actions/runs/{run}",
        api=_set("GITHUB_API_URL"),
        token=os.environ.get("GITHUB_TOKEN", ""),
    )


def _default_branch(event: Mapping[str, Any]) -> str:
    """As the payload says; a run by the clock, whose payload may not say it, is on that branch."""
    told = (event.get("repository") or {}).get("default_branch")
    by_clock = os.environ.get("GITHUB_EVENT_NAME") == "schedule"
    return str(told or (by_clock and os.environ.get("GITHUB_REF_NAME")) or "main")


def tell(name: str, value: str) -> None:
    """Set an output of the step."""
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def summarise(markdown: str) -> None:
    """Add to the job's summary, cut where GitHub would drop it whole."""
    content = markdown.encode()
    if len(content) > SUMMARY_BYTES:
        cut = content[:SUMMARY_BYTES].decode(errors="ignore").rsplit("\n", 1)[0]
        markdown = f"{cut}\n\n… cut here: the artifact has all of it\n"
    _append("GITHUB_STEP_SUMMARY", markdown + "\n")


def _append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _set(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise Usage(f"{variable} is not set: this is a command for workflows")
    return value
