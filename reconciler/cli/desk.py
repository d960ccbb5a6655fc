"""The desk of `capsule` commands: opens a capsule's folder, says what became of each product, and
writes what moved when all went well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from reconciler.capsule.evidence import UnreadableEvidence
from reconciler.capsule.folder import MANIFEST
from reconciler.capsule.state import BrokenState
from reconciler.capsule.text import BrokenLog
from reconciler.capsule.working import Prerequisite, Told, Verdict, Work
from reconciler.cli import options, speech
from reconciler.cli.advancing import capsule_folder, enriched, work_on
from reconciler.cli.composition import Workspace, open_workspace, target_of
from reconciler.cli.files import write_changed
from reconciler.cli.revisions import must_be_known
from reconciler.intent.capsule import FOLDER as CAPSULES
from reconciler.intent.capsule import Capsule
from reconciler.model.errors import InvalidDesiredState, PlanogramError
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reports.view import clean

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
            manifest = f"{CAPSULES}/{name}/{MANIFEST}"  # its steps are what mends it
            workspace = open_workspace(desired, all_sandboxed=sandbox, but_for=manifest)
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
