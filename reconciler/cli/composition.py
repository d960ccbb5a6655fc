"""Puts the pieces together: the files of a workspace, the providers, the sandboxes, the ledgers."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic import ValidationError

import providers
from reconciler import runs
from reconciler.intent import explain
from reconciler.intent.loader import Desired, files_under, load
from reconciler.intent.targets import Policy, TargetEntry
from reconciler.ledger import Ledger, ledgered_targets
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.spec import shape
from reconciler.model.wording import nearest
from reconciler.provider import AnyProvider, Target, Wire
from reconciler.repository import Repository, own_repository, repository_of
from reconciler.site import Site

if TYPE_CHECKING:
    from providers.kit.sandbox import Sandbox

STATE_FOLDER: Final = ".planogram"
SANDBOX_ENDPOINT: Final = "http://sandbox"
_NOT_PLATFORMS: Final = ("kit", "sources")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds `desired/`, and what `desired/` says. `folder` is its name."""

    root: Path
    desired: Desired
    all_sandboxed: bool
    folder: str = "desired"

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


def open_workspace(folder: Path, *, all_sandboxed: bool, but_for: str | None = None) -> Workspace:
    """Read `desired/`. Raises `InvalidDesiredState` with every problem that the files alone
    show, and `Usage` where there is no such folder.

    but_for: a file below it of which problems are left to the caller, who is about to mend them.
    """
    try:
        desired = load(files_under(folder))
    except NotADirectoryError as error:
        raise Usage(
            f"there is no folder {folder} · run it where desired/ is, or say --desired"
        ) from (error)
    whole = folder.resolve()
    workspace = Workspace(whole.parent, desired, all_sandboxed, whole.name)
    left = None if but_for is None else f"{whole.name}/{but_for}"
    problems = [
        *(problem for problem in desired.problems if problem.place.path != left),
        *_target_problems(workspace),
        *_tolerance_problems(workspace),
        *_left_behind(workspace),
    ]
    if problems:
        raise InvalidDesiredState(problems)
    return workspace


def check_targets(workspace: Workspace) -> None:
    """Raises `InvalidDesiredState` for a target that no provider can take."""
    problems = list(_target_problems(workspace))
    if problems:
        raise InvalidDesiredState(problems)


def open_sites(
    workspace: Workspace,
    names: Sequence[str] = (),
    policy: Callable[[Policy], Policy] = lambda policy: policy,
) -> list[Site]:
    """The targets by name, or all. policy: as the run goes by each. Raises `Usage` for a name that
    is none, `InvalidDesiredState` for a target whose credential is missing."""
    chosen = _chosen(workspace, names)
    problems = list(_missing_credentials(workspace, chosen))
    if problems:
        raise InvalidDesiredState(problems)
    return [_site(workspace, name, policy) for name in chosen]


def open_ledgers(workspace: Workspace, names: Sequence[str] = ()) -> list[Ledger]:
    """The ledgers of targets by name, or of all; no credential is asked for."""
    return [_ledger(workspace, name) for name in _chosen(workspace, names)]


def targets_of_run(workspace: Workspace, run: str, names: Sequence[str] = ()) -> list[str]:
    """The targets that a run was at work on, of those named or of all; no credential is asked
    for. Raises `UnknownRun` where none of them knows it."""
    ledgers = {name: _ledger(workspace, name) for name in _chosen(workspace, names)}
    folders = {name: _journals(workspace, name, ledger) for name, ledger in ledgers.items()}
    knowing = [
        name
        for name, ledger in ledgers.items()
        if runs.find(ledger.repository, name, folders[name], run) is not None
    ]
    if not knowing:
        raise runs.unknown(
            run,
            {
                name: runs.known(ledger.repository, name, folders[name])
                for name, ledger in ledgers.items()
            },
        )
    return knowing


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
        endpoint=SANDBOX_ENDPOINT if sandboxed else str(_endpoint(entry)),
        environment=entry.environment,
        credentials=_prefix(entry) or "",
        settings=platform(entry.provider).settings.model_validate(dict(entry.settings)),
        timeout=entry.limits.timeout,
        concurrency=entry.limits.concurrency,
        requests_per_minute=entry.limits.requests_per_minute,
        sandbox=sandboxed,
        folder=workspace.root / workspace.folder,
    )


def _endpoint(entry: TargetEntry) -> str | None:
    """What the file leaves out may stand in the environment, where the provider names how."""
    unsaid = platform(entry.provider).unsaid
    return entry.endpoint or (os.environ.get(unsaid.endpoint) if unsaid.endpoint else None)


def _prefix(entry: TargetEntry) -> str | None:
    return entry.credentials or platform(entry.provider).unsaid.credentials


def _chosen(workspace: Workspace, names: Sequence[str]) -> list[str]:
    targets = workspace.desired.targets
    for name in names:
        if name not in targets:
            raise Usage(f"there is no target {name}: {nearest(name, sorted(targets))}")
    return list(dict.fromkeys(names)) or sorted(targets)


def _site(workspace: Workspace, name: str, policy: Callable[[Policy], Policy]) -> Site:
    entry = workspace.desired.targets[name]
    ledger = _ledger(workspace, name)
    sandboxed = workspace.is_sandboxed(name)
    target = target_of(workspace, name)
    return Site(
        target,
        platform(entry.provider).suited_to(target),
        policy(entry.policy),
        ledger,
        _journals(workspace, name, ledger),
        wire=_sandbox_door(workspace, name) if sandboxed else lambda: None,
        retired=entry.retired,
        tolerances=tuple(t for t in workspace.desired.tolerances if t.target == name),
    )


def _ledger(workspace: Workspace, name: str) -> Ledger:
    """A sandbox keeps its ledger beside its store, never in the user's refs."""
    if workspace.is_sandboxed(name):
        return Ledger(own_repository(workspace.sandbox_folder(name) / "ledger.git"), name)
    repository = repository_of(workspace.root)
    if repository is None:
        raise PlanogramError(
            f"{workspace.root.name}/ lies in no git repository, where the ledger of {name} would be"
            " · run git init, or plan with --sandbox"
        )
    authenticate(repository)
    return Ledger(repository, name)


def authenticate(repository: Repository) -> None:
    """Let git use the token of the environment, where there is one, at GitHub alone."""
    token = os.environ.get("GITHUB_TOKEN")
    if token:
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        repository.authenticate(token, server)


def _journals(workspace: Workspace, name: str, ledger: Ledger) -> Path:
    if workspace.is_sandboxed(name):
        return workspace.sandbox_folder(name) / "journal"
    return ledger.repository.private_folder / "planogram" / name


def _sandbox_door(workspace: Workspace, name: str) -> Callable[[], Wire]:
    return partial(_door, cache(partial(open_sandbox, workspace, name)))


def _door(sandbox: Any) -> Wire:
    return httpx.ASGITransport(app=sandbox())


def _target_problems(workspace: Workspace) -> Iterator[Problem]:
    places = workspace.desired.target_places
    for name, entry in workspace.desired.targets.items():
        if entry.provider not in platform_names():
            yield Problem(
                places.at(name, "provider"),
                f"there is no provider called {entry.provider}",
                nearest(entry.provider, platform_names()),
            )
            continue
        yield from _setting_problems(workspace, name, entry)
        if workspace.is_sandboxed(name):
            continue
        if _endpoint(entry) is None:
            named = platform(entry.provider).unsaid.endpoint
            besides = f", set {named}" if named else ""
            cause = f"the target {name} has no endpoint"
            yield Problem(places.at(name), cause, f"add it{besides}, or sandbox: true")
        if _prefix(entry) is None:
            yield Problem(
                places.at(name),
                f"the target {name} names no credentials",
                "add the prefix of their variables, like credentials: SHOP",
            )


def _tolerance_problems(workspace: Workspace) -> Iterator[Problem]:
    """What a tolerance names and no platform has: it would tolerate nothing, and say so to
    nobody."""
    for tolerance in workspace.desired.tolerances:
        entry = workspace.desired.targets.get(tolerance.target)
        if entry is None or entry.provider not in platform_names():
            continue
        kinds = {kind.name: kind for kind in platform(entry.provider).kinds if kind.managed}
        if tolerance.kind not in kinds:
            cause = f"{entry.provider} has no kind called {tolerance.kind}"
            yield Problem(tolerance.place, cause, nearest(tolerance.kind, list(kinds)))
            continue
        names = [field.name for field in shape(kinds[tolerance.kind].spec)]
        for path in tolerance.fields or ():
            if path.split(".", 1)[0] not in names:
                cause = f"a {tolerance.kind} has no field called {path}"
                yield Problem(tolerance.place, cause, nearest(path, names))


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
        prefix = f"{_prefix(entry)}_"
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
    return detail.replace("{prefix}", prefix)


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
