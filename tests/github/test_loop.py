"""The whole bench at once: a branch, a pull request, its plan, the merge, and the apply."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.github import events
from tests.github.emulated import GitHub
from tests.github.runner import Environment, Runner

POST = """
import json, os, sys, urllib.request
path, body = sys.argv[1], {"body": open(sys.argv[2]).read()}
request = urllib.request.Request(
    f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}{path}",
    json.dumps(body).encode(),
    {"Authorization": f"Bearer {os.environ['GH_TOKEN']}", "Content-Type": "application/json"},
)
urllib.request.urlopen(request)
"""
PLAN = """
on: {pull_request: {paths: ["desired/**"]}}
permissions: {contents: read, pull-requests: write}
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with: {fetch-depth: 0, persist-credentials: false}
      - run: git diff --name-only "origin/$GITHUB_BASE_REF...HEAD^2" > plan.txt
      - run: python post.py "/issues/$NUMBER/comments" plan.txt
        env: {GH_TOKEN: "${{ github.token }}", NUMBER: "${{ github.event.number }}"}
      - uses: actions/upload-artifact@v7
        with: {name: plan, path: plan.txt, if-no-files-found: error}
"""
APPLY = """
on: {push: {branches: [main]}}
permissions: {contents: write, pull-requests: read, actions: read}
concurrency: {group: apply, queue: max}
jobs:
  apply:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v7
      - run: test -n "$WRITE" && git push -q origin "HEAD:refs/planogram/applied/shop"
        env: {WRITE: "${{ secrets.SHOP_ADMIN_TOKEN }}"}
"""


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_loop(github: GitHub, runner: Runner, method: str) -> None:
    """A plan is commented and kept as an artifact; the push of the merge moves our reference."""
    flows = {"plan.yml": PLAN, "apply.yml": APPLY}
    files = {f".github/workflows/{name}": dedent(text) for name, text in flows.items()}
    github.commit("main", files | {"post.py": POST})
    secrets = {"SHOP_ADMIN_TOKEN": "shpat"}
    runner.environments = {"production": Environment(secrets, protected=True, branches=("main",))}

    github.commit("topic", {"desired/a.yaml": "a: 1\n"})
    number = github.open_pull("topic", title="Add a").number
    (planned,) = runner.deliver(events.pull_request(github, number))
    push = github.merge(number, method)
    (applied,) = runner.deliver(events.push(github, push))

    assert (planned.conclusion, applied.conclusion) == ("success", "success"), applied.log
    assert [one.body for one in github.comments_of(number)] == ["desired/a.yaml\n"]
    assert [one.name for one in github.artifacts.values()] == ["plan"]
    assert github.bare.refs("refs/planogram/") == {"refs/planogram/applied/shop": push.after}
    assert applied.approvals == ["production"]
