"""Pull requests that are used again: one a branch."""

from __future__ import annotations

from typing import Final

from reports.github.api import GitHub, Row

NO_WORKFLOW: Final = (
    "\n> This pull request was opened by the workflow's own token, for which GitHub starts no"
    " workflows: close it and open it again to have it planned, or give the workflow an app's"
    " token.\n"
)


async def propose(
    github: GitHub, branch: str, base: str, title: str, body: str, *, starts_workflows: bool
) -> Row:
    """Open a pull request for a branch, or bring the open one up to date.

    starts_workflows: whether the token is one for which GitHub starts workflows (an app's).
    """
    owner = github.repository.split("/")[0]
    text = body if starts_workflows else body + NO_WORKFLOW
    rows = github.pages("pulls", state="open", head=f"{owner}:{branch}", base=base)
    async for there in rows:
        return await github.patch(f"pulls/{there['number']}", title=title, body=text)
    return await github.post("pulls", title=title, head=branch, base=base, body=text)
