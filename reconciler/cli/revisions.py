"""What git says at another commit, and what of it has the say over what git says now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.authorship import with_authors
from reconciler.cli.composition import Workspace, check_targets
from reconciler.intent.base import Intents
from reconciler.intent.capsule import FOLDER as CAPSULES
from reconciler.intent.capsule import Capsule
from reconciler.intent.loader import TARGETS_FILE, TOLERANCES_FILE, Desired, load
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.plan import Commits, Plan
from reconciler.model.resource import Source
from reconciler.model.tolerance import Tolerance
from reconciler.model.wording import nearest
from reconciler.planner import Wishes
from reconciler.repository import Repository, repository_of


@dataclass(frozen=True, slots=True)
class Checkout:
    """A workspace in a git repository. `above`: where it stands there, like `shops/`, or ""."""

    workspace: Workspace
    repository: Repository
    above: str

    @property
    def folder(self) -> str:
        """Where `desired/` stands in the repository."""
        return self.above + self.workspace.folder

    def introduced(self, target: str) -> str | None:
        """The commit of this branch that brought a target into targets.yaml, the last time."""
        path = f"{self.folder}/{TARGETS_FILE}"
        found = None
        for step in reversed(self.repository.first_parents(None, "HEAD", path)):
            if target not in self.desired_at(step.sha).targets:
                break
            found = step.sha
        return found

    def desired_at(self, revision: str) -> Desired:
        """What git said at a commit, with all that was wrong with it then."""
        files = self.repository.files(revision, self.folder)
        return load({path.removeprefix(self.above): text for path, text in files.items()})

    def commits(self, base: str | None = None) -> Commits:
        """The commit that is checked out, unless `desired/` was edited since."""
        folder = self.workspace.root / self.workspace.folder
        is_clean = self.repository.is_clean(folder)
        return Commits(self.repository.resolve("HEAD") if is_clean else None, base)

    def merge_base(self, revision: str) -> str:
        """Where the branch that is checked out left another one. Raises `Usage`."""
        other = self.repository.resolve(revision)
        base = self.repository.merge_base(other, self.repository.resolve("HEAD"))
        if base is None:
            raise Usage(
                f"--base {revision}: it shares no commit with what is checked out"
                " · fetch the whole history (fetch-depth: 0), or name another revision"
            )
        return base

    def with_authors(self, plan: Plan) -> Plan:
        """The plan, with who wrote each line."""
        return with_authors(plan, self.repository, self.above)


def checkout(workspace: Workspace) -> Checkout:
    """Raises `PlanogramError` where the workspace lies in no git repository."""
    repository = repository_of(workspace.root)
    if repository is None:
        raise PlanogramError(f"{workspace.root.name}/ lies in no git repository · run git init")
    way = workspace.root.relative_to(repository.root.resolve())
    above = "" if not way.parts else f"{way.as_posix()}/"
    return Checkout(workspace, repository, above)


def committed_capsules(workspace: Workspace) -> Intents | None:
    """The capsules as they are committed: what is allowed is read there. None where nothing is
    committed, or sandboxes serve all: then the working tree has the say."""
    if workspace.all_sandboxed or not any(workspace.desired.intents.of(Capsule)):
        return None
    repository = repository_of(workspace.root)
    if repository is None or not repository.has_commits:
        return None
    here = checkout(workspace)
    files = repository.files("HEAD", f"{here.folder}/{CAPSULES}")
    return load({path.removeprefix(here.above): text for path, text in files.items()}).intents


def committed_capsule(workspace: Workspace, name: str) -> Capsule | None:
    """One of them; None where it was not committed."""
    found = committed_capsules(workspace) or Intents()
    return next((one for one in found.of(Capsule) if one.capsule == name), None)


def with_authority(workspace: Workspace, wishes: Wishes) -> Wishes:
    """The wishes, with what is committed having the say about what capsules allow. Raises
    `InvalidDesiredState` where an edit moved what none may."""
    head = committed_capsules(workspace)
    must_not_have_moved(workspace, head)
    authority = replace(wishes.authority, head=head)
    return replace(wishes, authority=authority)


def must_be_known(workspace: Workspace, name: str | None) -> None:
    """Raises `Usage` for a capsule that is none."""
    known = sorted(one.capsule for one in workspace.desired.intents.of(Capsule))
    if name is not None and name not in known:
        raise Usage(f"there is no capsule {name}: {nearest(name, known)}")


def must_not_have_moved(workspace: Workspace, there: Intents | None) -> None:
    """Raises `InvalidDesiredState` where identity or preflight of a capsule's product is another
    one than at a commit before."""
    before = {one.capsule: one for one in (there or Intents()).of(Capsule)}
    problems = [
        problem
        for one in workspace.desired.intents.of(Capsule)
        if one.capsule in before
        for problem in one.moved_since(before[one.capsule])
    ]
    if problems:
        raise InvalidDesiredState(problems)


def governed(workspace: Workspace, by: Desired) -> tuple[Workspace, tuple[str, ...]]:
    """The workspace under the targets, policies and tolerances of another commit, and what to
    say of it.

    A pull request that loosens a policy, points a target elsewhere or ends a tolerance can not
    use it: its own entries count after its merge. A target that is new with it is left out. (That
    a target is `retired` counts at once: it writes nothing to a platform.)
    """
    here, there = workspace.desired.targets, by.targets
    entries = {
        name: there[name].model_copy(update={"retired": entry.retired})
        for name, entry in here.items()
        if name in there
    }
    tolerances = tuple(t for t in by.tolerances if t.target in entries)
    desired = replace(workspace.desired, targets=entries, tolerances=tolerances)
    ruled = replace(workspace, desired=desired)
    check_targets(ruled)
    return ruled, tuple(_said(workspace.desired, by))


def _said(now: Desired, then: Desired) -> list[str]:
    here, there = now.targets, then.targets
    new = [name for name in here if name not in there]
    moved = [name for name in here if name in there and here[name] != there[name]]
    return [
        *(f"{name} is a new target: it is planned once this is merged" for name in new),
        *(
            f"the entry of {name} in targets.yaml moved: until this is merged the old one counts"
            for name in moved
        ),
        *(
            [f"{TOLERANCES_FILE} moved: until this is merged the old one counts"]
            if _meant(now) != _meant(then)
            else []
        ),
    ]


def _meant(desired: Desired) -> list[Tolerance]:
    """The tolerances, wherever they are written."""
    return [replace(t, place=Source("", 1)) for t in desired.tolerances]
