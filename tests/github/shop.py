"""A catalog's repository at the emulated GitHub, with our own workflows, and its shop."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from providers.kit.sandbox import Sandbox
from providers.kit.served import served
from providers.kit.store import Store
from providers.shopify.sandbox import ShopifySandbox
from reports.github.sticky import facts_of
from tests.conftest import ROOT
from tests.github import events
from tests.github.emulated import GitHub
from tests.github.runner import Environment, Run, Runner

TOKEN: Final = {"X-Shopify-Access-Token": "shpat_sandbox"}
GRAPHQL: Final = "/admin/api/2026-10/graphql.json"

SECRETS: Final = {"SHOP_ADMIN_TOKEN": "shpat_sandbox"}
STYLES: Final = "desired/collections/styles.yaml"
APPLIED: Final = "refs/planogram/applied/shop"


def styles(*names: str, title: str = "style_{style}") -> str:
    listed = ", ".join(names)
    return (
        f"targets: [shop]\nper_style:\n  styles: [{listed}]\n  handle: style-{{slug}}\n"
        f'  collection: {{title: "{title}", rules: {{conditions: [{{tag: "style_{{style}}"}}]}}}}\n'
    )


@dataclass
class Catalog:
    """What a team has: a repository at GitHub, workflows, and one shop."""

    github: GitHub
    runner: Runner
    sandbox: Sandbox
    address: str
    requests: list[str] = field(default_factory=list)

    def begin(self, **files: str) -> None:
        """The first commit: workflows and targets; then the styles that everything begins with."""
        workflows = {
            f".github/workflows/{path.name}": path.read_text()
            for path in (ROOT / ".github" / "workflows").glob("*.yml")
        }
        action = {"action.yml": (ROOT / "action.yml").read_text()}
        self.github.commit("main", {**workflows, **action, "desired/targets.yaml": self.targets()})
        self.runner.environments = {
            "planogram-plan": Environment(dict(SECRETS)),
            "planogram-apply": Environment(dict(SECRETS), protected=True, branches=("main",)),
            "planogram-propose": Environment({}),
        }
        self.runner.vars = {"PLANOGRAM_APP_ID": ""}
        if files:
            self.merged(files)

    def targets(self, **fields: Any) -> str:
        entry = {
            "provider": "shopify",
            "environment": "staging",
            "endpoint": self.address,
            "credentials": "SHOP",
            **fields,
        }
        return json.dumps({"shop": entry}, indent=2) + "\n"

    def open(self, files: dict[str, str | None], branch: str = "topic", **options: Any) -> int:
        """A pull request's number, its plan made."""
        self.github.commit(branch, files, options.pop("message", "a change"))
        number: int = self.github.open_pull(branch, **{"title": "A change", **options}).number
        return number

    def plan(self, number: int, action: str = "opened") -> Run:
        return self.runner.run("plan.yml", events.pull_request(self.github, number, action))

    def merge(self, number: int, method: str = "merge") -> Any:
        return self.github.merge(number, method)

    def apply(self, push: Any) -> Run:
        return self.runner.run("apply.yml", events.push(self.github, push))

    def dispatch(self, workflow: str, **inputs: str) -> Run:
        return self.runner.run(workflow, events.workflow_dispatch(self.github, inputs))

    def merged(self, files: dict[str, str | None], branch: str = "begin") -> Run:
        """Planned, merged and applied without a hitch."""
        number = self.open(files, branch)
        planned = self.plan(number)
        assert planned.conclusion == "success", planned.log
        applied = self.apply(self.merge(number))
        assert applied.conclusion == "success", applied.log
        return applied

    def comment(self, number: int, name: str) -> str:
        """Our one comment of that name."""
        found = [c.body for c in self.github.comments_of(number) if facts_of(c.body, name)]
        assert len(found) == 1, [c.body[:200] for c in self.github.comments_of(number)]
        return str(found[0])

    def titles(self) -> dict[str, str]:
        """Handle → title of all collections, as the shop tells anybody who asks."""
        query = "{collections(first: 100) {nodes {handle title}}}"
        with httpx.Client(base_url=self.address, headers=TOKEN) as client:
            answer = client.post(GRAPHQL, json={"query": query}).json()
        nodes = answer["data"]["collections"]["nodes"]
        return {n["handle"]: n["title"] for n in nodes if n["handle"] in self.ledger()}

    @property
    def writes(self) -> list[str]:
        """The requests that were to write to the shop."""
        return [body for body in self.requests if '"mutation' in body]

    def replace_plan(self, forge: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """What a pull request's author can do to the newest plan: the artifact is theirs."""
        artifact = [a for a in self.github.artifacts.values() if a.name == "planogram-plan"][-1]
        with zipfile.ZipFile(io.BytesIO(artifact.content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        files["plan.json"] = json.dumps(forge(json.loads(files["plan.json"]))).encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        self.github.artifacts[artifact.id] = replace(artifact, content=packed.getvalue())

    def edit(self, handle: str, **fields: Any) -> None:
        """What somebody does in the admin."""
        self.sandbox.admin_edit("collection", handle, fields)

    def ledger(self) -> dict[str, Any]:
        """Handle → spec, as the ledger in git says."""
        bare = self.github.bare
        refs = bare.refs(APPLIED)
        if not refs:
            return {}
        names = bare.git("ls-tree", "-r", "--name-only", refs[APPLIED]).splitlines()
        lines = [
            json.loads(line)
            for name in names
            if "/" in name
            for line in bare.git("show", f"{refs[APPLIED]}:{name}").splitlines()
        ]
        return {line["key"]: line["spec"] for line in lines}

    def complete(self) -> str:
        """The commit up to which everything is carried out."""
        return str(self.github.bare.git("show", f"{APPLIED}:complete")).strip()


@contextmanager
def catalog(github: GitHub, runner: Runner, folder: Path) -> Iterator[Catalog]:
    """A catalog whose shop is served on loopback, with the example's products and no styles."""
    sandbox = ShopifySandbox(Store(folder / "shop.sqlite"))
    requests: list[str] = []
    with served(_counting(sandbox, requests)) as address:
        yield Catalog(github, runner, sandbox, address, requests)


def _counting(sandbox: Sandbox, requests: list[str]) -> Any:
    """The sandbox, with every request's body kept."""
    app: Any = sandbox

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        async def told() -> Any:
            message = await receive()
            if message["type"] == "http.request":
                requests.append(message["body"].decode())
            return message

        await app(scope, told, send)

    return counted


@contextmanager
def slack(team: Catalog) -> Iterator[list[Any]]:
    """A webhook that the workflow has as its secret, and what is posted there."""
    posted: list[Any] = []

    async def hook(request: Request) -> Response:
        posted.append(json.loads(await request.body()))
        return PlainTextResponse("ok")

    with served(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as address:
        known = {**SECRETS, "SLACK_WEBHOOK_URL": f"{address}/hook"}
        team.runner.environments = {
            **team.runner.environments,
            "planogram-plan": Environment(known),
        }
        yield posted
