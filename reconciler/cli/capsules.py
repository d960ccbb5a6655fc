"""`capsule`: a capsule's products, from the client's upload to the last write. Files of the working
tree change, and nothing else: what is written to a shop is planned and applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer
from rich.text import Text

from providers.sources.shopify_csv import UnreadableExport
from providers.sources.shopify_csv import read as read_export
from reconciler.capsule import seeding, standing, steps
from reconciler.capsule.authorisation import ACTIONS
from reconciler.capsule.evidence import Row, UnreadableEvidence, rows_of
from reconciler.capsule.state import BrokenState, ProductState, Stage
from reconciler.capsule.steps import Prerequisite, Told, Verdict, Work
from reconciler.capsule.text import BrokenLog
from reconciler.cli import options, speech
from reconciler.cli.advancing import capsule_folder, enriched, work_on
from reconciler.cli.composition import Workspace, open_sites, open_workspace, target_of
from reconciler.cli.files import write_changed
from reconciler.cli.revisions import committed_capsule, must_be_known
from reconciler.inspecting import inspect as look
from reconciler.intent.capsule import Capsule
from reconciler.intent.explain import nearest
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reports.view import clean

capsule = typer.Typer(
    name="capsule",
    help="A capsule's products, from upload to live: files change, no shop does.",
    no_args_is_help=True,
)


@capsule.callback()
def _capsule() -> None:
    """A capsule's products, from upload to live: files change, no shop does."""


Name = Annotated[str, typer.Argument(metavar="CAPSULE", help="Its folder in desired/capsules/.")]
Cpis = Annotated[
    list[str] | None,
    typer.Option("--cpis", metavar="A,B", help="Only these products; may be repeated."),
]
InspectJson = Annotated[
    Path | None,
    typer.Option(
        "--inspect-json",
        metavar="FILE",
        help="The inspection; outputs/inspect_images_<CAPSULE>.json without it.",
    ),
]
Pretty = Annotated[bool, typer.Option("--pretty", help="Write a new inspection with indentation.")]
SourceCsv = Annotated[
    Path | None, typer.Option("--source-csv", metavar="FILE", help="The CSV to read.")
]


@dataclass
class Desk:
    """What a command works with. told: what was said of each product, step by step."""

    workspace: Workspace
    document: Capsule
    work: Work
    root: Path
    as_json: bool
    told: dict[str, list[Told]] = field(default_factory=dict)

    def tell(self, step: str, told: Sequence[Told]) -> None:
        self.told[step] = list(told)

    def save(self) -> list[str]:
        """The paths of what was written."""
        return write_changed(self.root, self.work.folder.changed)

    @property
    def enriched(self) -> frozenset[str]:
        return enriched(self.work.folder)


@contextmanager
def desk(
    name: str, cpis: list[str] | None, desired: Path, sandbox: bool, as_json: bool
) -> Iterator[Desk]:
    """Opens a capsule, and writes what the command made of it when all went well."""
    with speech.told_plainly(as_json=as_json):
        try:
            workspace = open_workspace(desired, all_sandboxed=sandbox)
            document = document_of(workspace, name)
            root = capsule_folder(workspace, name)
            target = target_of(workspace, document.target)
            work = work_on(root, document, target.name, target.provider)
            opened = Desk(workspace, document, work, root, as_json)
            opened.work.cpis = options.listed(cpis)
            yield opened
            _say(opened, opened.save())
        except Prerequisite as error:
            raise PlanogramError(str(error)) from error
        except (BrokenLog, UnreadableEvidence) as error:
            raise PlanogramError(f"{name}: {error}") from error
        except BrokenState as error:
            place = Source(f"{desired.name}/capsules/{name}", 1)
            raise InvalidDesiredState(
                [Problem(place, str(one).rsplit(" · ", 1)[0], one.remedy) for one in error.broken]
            ) from error


def document_of(workspace: Workspace, name: str) -> Capsule:
    """Raises `Usage` for a capsule that is none."""
    must_be_known(workspace, name)
    return next(c for c in workspace.desired.intents.of(Capsule) if c.capsule == name)


def _say(opened: Desk, written: list[str]) -> None:
    if opened.as_json:
        speech.print_json(
            {
                "capsule": opened.document.capsule,
                "steps": {
                    step: [
                        {"cpi": t.cpi, "handle": t.handle, "verdict": t.verdict, "text": t.text}
                        for t in told
                    ]
                    for step, told in opened.told.items()
                },
                "warnings": opened.work.warnings,
                "written": written,
            }
        )
        return
    console = speech.stdout()
    for step, told in opened.told.items():
        if len(opened.told) > 1:
            console.print(Text(step, "bold"))
        for one in told:
            line = f"{one.verdict:<5} {one.cpi}  {one.handle}  {one.text}"
            console.print(Text(clean(line), _COLOURS[one.verdict]), soft_wrap=True)
    for warning in dict.fromkeys(opened.work.warnings):
        speech.warn(clean(warning))
    files = ", ".join(written) or "nothing: all is there"
    counts = Counter(one.verdict for told in opened.told.values() for one in told)
    numbers = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _COLOURS)
    console.print(Text(clean(f"{numbers}; written: {files}"), "bold"), soft_wrap=True)


_COLOURS: Final[Mapping[Verdict, str]] = {"ADOPT": "green", "SKIP": "yellow", "NOOP": "dim"}


@capsule.command()
def seed(
    name: Name,
    cpis: Cpis = None,
    source_csv: SourceCsv = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Make the records that are missing, from a masterfile or a product export.

    Without --source-csv it takes the last `inputs/*_masterfile.csv`, else the last
    `inputs/products_export_*.csv`. An imported record is never rewritten.

    Example: planogram capsule seed S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("seed", _seed(opened, source_csv))


def _seed(opened: Desk, source: Path | None) -> list[Told]:
    path, content = _source(opened, source, ("_masterfile.csv", ".csv"))
    rows, passed_over = seeding.read(path, content, opened.document.capsule)
    opened.work.warnings += passed_over
    files = opened.work.folder.files
    judged = seeding.preflights(
        {p: files[p] for p in files if p.startswith("preflight_outputs/") and p.endswith(".json")}
    )
    return seeding.seed(opened.work, rows, judged)


def _source(opened: Desk, given: Path | None, endings: Sequence[str]) -> tuple[str, bytes]:
    """A CSV that was named, or the last of `inputs/`."""
    if given is not None:
        if not given.is_file():
            raise Usage(f"--source-csv {given}: there is no such file")
        return str(given), given.read_bytes()
    folder = opened.work.folder
    path = next((p for ending in endings if (p := folder.newest("inputs/", ending))), None)
    if path is None:
        raise Prerequisite(f"{opened.document.capsule} has no CSV in inputs/ · say --source-csv")
    return path, folder.files[path]


@capsule.command("inspect")
def inspect_(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    pretty: Pretty = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write down what the shop shows of the products: evidence, which moves no state.

    Example: planogram capsule inspect S226 --cpis 3004-416689 --pretty
    """
    with desk(name, cpis, desired, sandbox, as_json) as opened:
        opened.tell("inspect", _inspect(opened, inspect_json, pretty))


def _inspect(opened: Desk, path: Path | None, pretty: bool) -> list[Told]:
    products = list(opened.work.chosen(opened.work.draft()).values())
    (site,) = open_sites(opened.workspace, [opened.document.target])
    intents = opened.workspace.desired.intents
    with speech.progress(quiet=opened.as_json) as bar:
        bar.begin(f"looking at {site.name}")
        rows = anyio.run(partial(look, site, intents, opened.document, products))
    return steps.inspect(opened.work, rows, _inspection(opened, path), pretty=pretty)


def _inspection(opened: Desk, path: Path | None) -> str:
    """The inspection's path, below the capsule's folder where it is there."""
    if path is None:
        return opened.work.folder.inspection_path
    whole = path.resolve()
    return str(whole.relative_to(opened.root) if whole.is_relative_to(opened.root) else whole)


def _evidence(opened: Desk, path: Path | None) -> tuple[list[Row], str]:
    name = _inspection(opened, path)
    data = opened.work.folder.json(name)
    if data is None:
        raise Prerequisite(
            f"{name} is not there · planogram capsule inspect {opened.document.capsule}"
        )
    return rows_of(data, opened.work.platform), name


@capsule.command()
def derive(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Adopt look images from the inspection, with their provenance.

    A person's choice in capsule.yaml first, then the file's name, then the first position; what is
    ambiguous is left to people.

    Example: planogram capsule derive S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("derive", steps.derive(opened.work, *_evidence(opened, inspect_json)))


@capsule.command()
def reconcile(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Take over what was seen, authorise, log drift, and queue what people must do.

    Example: planogram capsule reconcile S226 --cpis 3004-416689
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        rows, _ = _evidence(opened, inspect_json)
        opened.tell("reconcile", steps.reconcile(opened.work, rows, opened.enriched))


@capsule.command("register-swatches")
def register_swatches(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Record the local swatch files in the state, each looked into.

    Example: planogram capsule register-swatches S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("register-swatches", steps.register_swatches(opened.work))


@capsule.command("promote-swatches")
def promote_swatches(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Append the registered swatches to manifests/images_manifest.jsonl.

    Example: planogram capsule promote-swatches S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("promote-swatches", steps.promote_swatches(opened.work))


@capsule.command("enrich-tags")
def enrich_tags(
    name: Name,
    cpis: Cpis = None,
    source_csv: SourceCsv = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Adopt tags that the state lacks, from a product export or else from the inspection.

    Example: planogram capsule enrich-tags S226 --source-csv exports/post_upload.csv
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("enrich-tags", _enrich(opened, source_csv, inspect_json))


def _enrich(opened: Desk, source: Path | None, inspection: Path | None) -> list[Told]:
    if source is None:
        rows, name = _evidence(opened, inspection)
        tags: dict[str, Sequence[str]] = {r.handle: r.live.tags for r in rows if r.live}
        return steps.enrich_tags(opened.work, tags, name)
    path, content = _source(opened, source, ())
    try:
        tags = {product.handle: product.tags for product in read_export(path, content)}
    except UnreadableExport as error:
        raise InvalidDesiredState(list(error.problems)) from error
    return steps.enrich_tags(opened.work, tags, path)


@capsule.command("promote-actions")
def promote_actions(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Allow collections and size guides of the products that exist.

    Example: planogram capsule promote-actions S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("promote-actions", steps.promote_actions(opened.work))


@capsule.command()
def run(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    source_csv: SourceCsv = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Do all of the post-upload steps in order, from inspect to promote-actions.

    Stops at the first of which something is missing; what the steps before it made is kept.

    Example: planogram capsule run S226 --source-csv exports/post_upload.csv
    """
    with desk(name, cpis, desired, sandbox, as_json) as opened:
        for step, carry_out in _chain(opened, inspect_json, source_csv).items():
            try:
                opened.tell(step, carry_out())
            except Prerequisite:
                opened.save()
                raise


def _chain(
    opened: Desk, inspection: Path | None, source: Path | None
) -> dict[str, Callable[[], list[Told]]]:
    work = opened.work
    return {
        "inspect": lambda: _inspect(opened, inspection, pretty=True),
        "derive": lambda: steps.derive(work, *_evidence(opened, inspection)),
        "reconcile": lambda: steps.reconcile(
            work, _evidence(opened, inspection)[0], opened.enriched
        ),
        "register-swatches": lambda: steps.register_swatches(work),
        "promote-swatches": lambda: steps.promote_swatches(work),
        "enrich-tags": lambda: _enrich(opened, source, inspection),
        "promote-actions": lambda: steps.promote_actions(work),
    }


@capsule.command()
def lock(
    name: Name,
    cpis: Cpis = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for the record.")] = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Freeze products: they are read, and nothing of them is written.

    Example: planogram capsule lock S226 --cpis 3004-416689 --reason "legal hold"
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        opened.tell("lock", steps.lock(opened.work, locked=True, reason=reason))


@capsule.command()
def unlock(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Let locked products go. It counts once it was merged by itself.

    Example: planogram capsule unlock S226 --cpis 3004-416689
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        opened.tell("unlock", steps.lock(opened.work, locked=False))


@capsule.command("rollback")
def roll_back(
    name: Name,
    cpis: Cpis = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STAGE", help="The rung to go back to.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let them go up again.")] = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Take products back to an earlier stage, unlocked; they go no higher until that is lifted.

    The shop stays as it is.

    Example: planogram capsule rollback S226 --cpis 3004-416689 --to MEDIA_ATTACHED
    """
    with desk(name, _named(cpis), desired, False, as_json) as opened:
        if (to is None) != lift:
            raise Usage("say either --to STAGE or --lift")
        if to is not None and to not in list(Stage):
            raise Usage(f"--to {to}: {nearest(to, [stage.value for stage in Stage])}")
        told = steps.roll_back(opened.work, Stage(to) if to else None)
        opened.tell("rollback", told)


def _named(cpis: list[str] | None) -> list[str]:
    named = options.listed(cpis)
    if not named:
        raise typer.BadParameter("name the products", param_hint="--cpis")
    return list(named)


@capsule.command()
def status(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Say where each product stands.

    Example: planogram capsule status S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        found = standing.standings(opened.work, opened.work.evidence(opened.enriched))
        _show(opened, found, [], as_json, in_full=False)
        raise typer.Exit


@capsule.command()
def doctor(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Say what stands between each product and its next stage, and what is wrong with the files.

    Exits 1 when a rule of the state does not hold or a file is not what it has to be.

    Example: planogram capsule doctor S226 --cpis 3004-416689
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        committed = _committed(opened)
        wrong = list(standing.ailments(opened.work, committed))
        found = standing.standings(opened.work, opened.work.evidence(opened.enriched))
        _show(opened, found, wrong, as_json, in_full=True)
        raise typer.Exit(1 if wrong else 0)


def _committed(opened: Desk) -> ProductState | None:
    found = committed_capsule(opened.workspace, opened.document.capsule)
    return found.state if found else None


def _show(
    opened: Desk,
    found: Sequence[standing.Standing],
    wrong: Sequence[str],
    as_json: bool,
    *,
    in_full: bool,
) -> None:
    if as_json:
        data: dict[str, Any] = {
            "capsule": opened.document.capsule,
            "products": [one.data() for one in found],
            "stages": dict(Counter(one.product.promotion.stage.value for one in found)),
        }
        speech.print_json({**data, "problems": list(wrong)} if in_full else data)
        return
    console = speech.stdout()
    for one in found:
        console.print(Text(clean(_line(one)), "bold" if in_full else ""), soft_wrap=True)
        for line in _lines(one) if in_full else ():
            console.print(Text(clean(f"  {line}")), soft_wrap=True)
    for text in wrong:
        speech.warn(clean(text))
    counts = Counter(one.product.promotion.stage for one in found)
    told = ", ".join(f"{counts[stage]} {stage}" for stage in Stage if counts[stage])
    console.print(Text(told or "no product", "bold"))


def _line(one: standing.Standing) -> str:
    product = one.product
    marks = [
        *(["locked"] if product.promotion.locked else []),
        *([] if product.import_.eligible else ["not eligible"]),
        *([] if product.is_go else ["NO-GO"]),
        *(["accessory"] if product.is_accessory else []),
    ]
    return (
        f"{product.cpi}  {product.handle}  {product.promotion.stage}  {', '.join(marks)}".rstrip()
    )


def _lines(one: standing.Standing) -> Iterator[str]:
    if one.next is not None:
        yield f"{one.next}: {one.lacking}"
    told: dict[str, list[str]] = {}
    for action in ACTIONS:
        if refusal := one.refusals.get(action):
            text = f"{refusal.code}: {refusal.message} · {refusal.remedy}"
            told.setdefault(text, []).append(action)
    yield from (f"no {', '.join(actions)}: {text}" for text, actions in told.items())
    yield from (f"asked: {reason}" for reason in one.asked)
