"""`docs`: the reference pages and the JSON Schemas, written by the program itself."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from reconciler.capsule.state import ProductState
from reconciler.cli import speech
from reconciler.cli.composition import providers_by_name
from reconciler.guards import GUARDS, NEVER_ALLOWED
from reconciler.intent.loader import INTENT_KINDS
from reconciler.intent.sources import Sources
from reconciler.intent.targets import Targets
from reconciler.intent.tolerances import Tolerances
from reconciler.model.errors import PlanogramError
from reconciler.model.spec import FieldShape, shape


def docs(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", help="Where the pages go.")
    ] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")
    ] = False,
) -> None:
    """Write the command, guard and kind references and the schemas that editors pick up.

    Example: planogram docs --check
    """
    with speech.told_plainly(as_json=False):
        command = context.find_root().command
        pages = {folder / path: text for path, text in reference_pages(command).items()}
        stale = [path for path, text in pages.items() if not _says(path, text)]
        if check and stale:
            raise PlanogramError(f"stale: {', '.join(map(str, stale))} · run planogram docs")
        for path in stale if not check else ():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
        speech.stdout().print(f"{len(pages)} pages, {len(stale)} written", markup=False)


def reference_pages(command: Any) -> Mapping[str, str]:
    """Path below `docs/` → text. `command` is the whole command line."""
    return {
        "reference/commands.md": "\n".join(_commands(command)),
        "reference/guards.md": "\n".join(_guards()),
        "reference/kinds.md": "\n".join(_kinds()),
        "schemas/targets.json": _schema(TypeAdapter(Targets).json_schema()),
        "schemas/sources.json": _schema(TypeAdapter(Sources).json_schema()),
        "schemas/tolerances.json": _schema(TypeAdapter(Tolerances).json_schema()),
        "schemas/product_state.json": _schema(ProductState.model_json_schema()),
        **{
            f"schemas/{kind.folder}.json": _schema(kind.model_json_schema())
            for kind in INTENT_KINDS
        },
    }


def _commands(command: Any) -> Iterator[str]:
    yield "# Commands\n\nWritten by `planogram docs`.\n"
    context = command.make_context("planogram", [], resilient_parsing=True)
    yield from _command(context, command)


def _command(context: Any, command: Any) -> Iterator[str]:
    for name, part in sorted(getattr(command, "commands", {}).items()):
        with type(context)(part, info_name=name, parent=context) as inner:
            if getattr(part, "commands", None):
                yield from _command(inner, part)
                continue
            yield f"## `{inner.command_path}`\n\n{inspect.cleandoc(part.help or '')}\n"
            yield from (f"- {line}" for line in _options(part))
            yield ""


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.name != "help":
            is_option = parameter.param_type_name == "option"
            name = parameter.opts[0] if is_option else parameter.metavar or parameter.name.upper()
            yield f"`{name}`: {getattr(parameter, 'help', None) or ''}".rstrip()


def _guards() -> Iterator[str]:
    yield "# Guards\n\nWritten by `planogram docs`.\n"
    for name, guard in GUARDS.items():
        yield f"## `{name}`\n\n{inspect.getdoc(guard)}\n"
        if name in NEVER_ALLOWED:
            yield "No `--allow` overrules it.\n"


def _kinds() -> Iterator[str]:
    yield "# Kinds\n\nWritten by `planogram docs`.\n"
    for provider in providers_by_name().values():
        yield f"## {provider.name}\n"
        yield f"Honours: {', '.join(sorted(intent.folder for intent in provider.mapping))}.\n"
        for kind in provider.kinds:
            if not kind.managed:
                yield f"- `{kind.name}`: looked up only"
                continue
            fields = ", ".join(_field(field) for field in shape(kind.spec))
            yield (
                f"- `{kind.name}`: {fields} · dropped: {kind.on_drop.value}"
                f" · checked before writing by {kind.precondition.value}"
                f" · known after writing by {kind.echo.value}"
            )
        yield ""


def _field(field: FieldShape) -> str:
    marks = [mark for mark, is_so in _marks(field) if is_so]
    return f"`{field.name}`" + (f" ({', '.join(marks)})" if marks else "")


def _marks(field: FieldShape) -> Iterator[tuple[str, bool]]:
    yield field.merge.value, field.merge.value != "ordered"
    yield "by entry", field.keyed
    yield "only when created", field.create_only and not field.rename_only
    yield "only when renamed", field.rename_only


def _schema(schema: Mapping[str, Any]) -> str:
    return (
        json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
