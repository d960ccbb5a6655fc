"""Puts the pieces together: the files of a workspace, the providers, the sandboxes, the ledgers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic import ValidationError

import providers
from reconciler.intent import explain
from reconciler.intent.loader import Desired, files_under, load
from reconciler.intent.targets import Policy, TargetEntry
from reconciler.ledger import Ledger, ledgered_targets
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.provider import AnyProvider, Target, Wire
from reconciler.repository import own_repository, repository_of
from reconciler.site import Site

if TYPE_CHECKING:
    from providers.kit.sandbox import Sandbox

STATE_FOLDER: Final = ".planogram"
SANDBOX_ENDPOINT: Final = "http://sandbox"
_NOT_PLATFORMS: Final = ("kit", "sources")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds `desired/`, and what `desired/` says."""

    root: Path
    desired: Desired
    all_sandboxed: bool

    def is_sandboxed(self, name: str) -> bool:
        return self.all_sandboxed or self.desired.targets[name].sandbox

    def sandbox_folder(self, name: str) -> Path:
        """Made on first use, and kept out of the user's own commits."""
        state = self.root / STATE_FOLDER
        folder = state / "sandboxes" / name
        folder.mkdir(parents=True, exist_ok=True)
        if not (state / ".gitignore").exists():
            (state / ".gitignore").write_text("*\n")
        return folder


def platform_names() -> list[str]:
    """The platforms there are: every folder of `providers/` but the kit and the sources."""
    found = (module.name for module in pkgutil.iter_modules(providers.__path__) if module.ispkg)
    return sorted(name for name in found if name not in _NOT_PLATFORMS)


@cache
def platform(name: str) -> AnyProvider:
    """One platform's provider, imported only when it is asked for."""
    provider: AnyProvider = importlib.import_module(f"providers.{name}").PROVIDER
    return provider


def open_workspace(folder: Path, *, all_sandboxed: bool) -> Workspace:
    """Read `desired/`. Raises `InvalidDesiredState` with every problem that the files alone
    show, and `Usage` where there is no such folder."""
    try:
        desired = load(files_under(folder))
    except NotADirectoryError as error:
        raise Usage(
            f"there is no folder {folder} · run it where desired/ is, or say --desired"
        ) from (error)
    workspace = Workspace(folder.resolve().parent, desired, all_sandboxed)
    problems = [*desired.problems, *_target_problems(workspace), *_left_behind(workspace)]
    if problems:
        raise InvalidDesiredState(problems)
    return workspace


def open_sites(
    workspace: Workspace, names: Sequence[str] = (), *, strict: bool = False
) -> list[Site]:
    """The targets by name, or all. Raises `Usage` for a name that is none, `InvalidDesiredState`
    for a target whose credential is missing."""
    targets = workspace.desired.targets
    for name in names:
        if name not in targets:
            raise Usage(f"--target {name}: {explain.nearest(name, sorted(targets))}")
    chosen = list(dict.fromkeys(names)) or sorted(targets)
    problems = list(_missing_credentials(workspace, chosen))
    if problems:
        raise InvalidDesiredState(problems)
    return [_site(workspace, name, strict) for name in chosen]


def targets_with_providers(workspace: Workspace) -> list[tuple[Target, AnyProvider]]:
    """All targets for `validate`: no credential is asked for, no door and no ledger is opened."""
    return [
        (target_of(workspace, name), platform(entry.provider))
        for name, entry in sorted(workspace.desired.targets.items())
        if not entry.retired
    ]


def open_sandbox(workspace: Workspace, name: str) -> Sandbox:
    """The sandbox of a target, its storage in the workspace's state folder."""
    from providers.kit.store import Store

    provider = platform(workspace.desired.targets[name].provider)
    sandbox: Sandbox = provider.sandbox(Store(workspace.sandbox_folder(name) / "store.sqlite"))
    return sandbox


def target_of(workspace: Workspace, name: str) -> Target:
    entry = workspace.desired.targets[name]
    sandboxed = workspace.is_sandboxed(name)
    return Target(
        name=name,
        provider=entry.provider,
        endpoint=SANDBOX_ENDPOINT if sandboxed else str(entry.endpoint),
        environment=entry.environment,
        credentials=entry.credentials or "",
        settings=platform(entry.provider).settings.model_validate(dict(entry.settings)),
        timeout=entry.limits.timeout,
        concurrency=entry.limits.concurrency,
        requests_per_minute=entry.limits.requests_per_minute,
        sandbox=sandboxed,
    )


def _site(workspace: Workspace, name: str, strict: bool) -> Site:
    entry = workspace.desired.targets[name]
    policy = entry.policy.model_copy(update={"strict": True}) if strict else entry.policy
    if workspace.is_sandboxed(name):
        return _sandboxed_site(workspace, name, policy, entry.retired)
    repo = repository_of(workspace.root)
    if repo is None:
        raise PlanogramError(
            f"{workspace.root.name}/ lies in no git repository, where the ledger of {name} would be"
            " · run git init, or plan with --sandbox"
        )
    return Site(
        target_of(workspace, name),
        platform(entry.provider),
        policy,
        Ledger(repo, name),
        repo.private_folder / "planogram" / name,
        wire=lambda: None,
        retired=entry.retired,
    )


def _sandboxed_site(workspace: Workspace, name: str, policy: Policy, retired: bool) -> Site:
    folder = workspace.sandbox_folder(name)
    return Site(
        target_of(workspace, name),
        platform(workspace.desired.targets[name].provider),
        policy,
        Ledger(own_repository(folder / "ledger.git"), name),
        folder / "journal",
        wire=partial(_door, cache(partial(open_sandbox, workspace, name))),
        retired=retired,
    )


def _door(sandbox: Any) -> Wire:
    return httpx.ASGITransport(app=sandbox())


def _target_problems(workspace: Workspace) -> Iterator[Problem]:
    places = workspace.desired.target_places
    for name, entry in workspace.desired.targets.items():
        if entry.provider not in platform_names():
            yield Problem(
                places.at(name, "provider"),
                f"there is no provider called {entry.provider}",
                explain.nearest(entry.provider, platform_names()),
            )
            continue
        yield from _setting_problems(workspace, name, entry)
        if workspace.is_sandboxed(name):
            continue
        if entry.endpoint is None:
            yield Problem(
                places.at(name), f"the target {name} has no endpoint", "add it, or sandbox: true"
            )
        if entry.credentials is None:
            yield Problem(
                places.at(name),
                f"the target {name} names no credentials",
                "add the prefix of their variables, like credentials: SHOP",
            )


def _setting_problems(workspace: Workspace, name: str, entry: TargetEntry) -> Iterator[Problem]:
    model = platform(entry.provider).settings
    try:
        model.model_validate(dict(entry.settings))
    except ValidationError as error:
        places = workspace.desired.target_places.under(name, "settings")
        yield from explain.problems(error, model, dict(entry.settings), places)


def _missing_credentials(workspace: Workspace, names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        entry = workspace.desired.targets[name]
        if workspace.is_sandboxed(name) or entry.retired:
            continue
        prefix = f"{entry.credentials}_"
        try:
            platform(entry.provider).credentials(_env_prefix=prefix)
        except ValidationError as error:
            yield Problem(
                workspace.desired.target_places.at(name, "credentials"),
                f"the credentials of {name} are not in the environment",
                _credentials_remedy(prefix, error),
            )


def _credentials_remedy(prefix: str, error: ValidationError) -> str:
    missing = [
        f"{prefix}{str(detail['loc'][0]).upper()}"
        for detail in error.errors(include_input=False)
        if detail["type"] == "missing" and detail["loc"]
    ]
    if missing:
        return f"set {' and '.join(missing)}"
    detail = error.errors(include_input=False)[0]["msg"].removeprefix("Value error, ")
    return f"{detail} (variables begin with {prefix})"


def _left_behind(workspace: Workspace) -> Iterator[Problem]:
    """A target that has a ledger but stands in the file no more."""
    repo = repository_of(workspace.root) if not workspace.all_sandboxed else None
    for name in ledgered_targets(repo) if repo else ():
        if name not in workspace.desired.targets:
            yield Problem(
                Source(workspace.desired.target_places.path, 1),
                f"the target {name} was removed, and resources there are still managed",
                f"put {name} back with retired: true, apply, and then remove it",
            )


def providers_by_name() -> Mapping[str, AnyProvider]:
    return {name: platform(name) for name in platform_names()}
