"""All commands under one roof."""

from __future__ import annotations

from typing import Annotated

import typer

from reconciler.cli import (
    adopting,
    applying,
    freezing,
    github,
    planning,
    promoting,
    rolling_back,
    sandboxes,
    speech,
)
from reconciler.cli.capsules import capsule
from reconciler.cli.demonstration import demo
from reconciler.cli.history import history
from reconciler.cli.importing import importing
from reconciler.cli.reference import docs

app = typer.Typer(
    name="planogram",
    help="GitOps for commerce catalogs: what stands where is written in git, and kept true.",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _planogram(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True)
    ] = False,
) -> None:
    """GitOps for commerce catalogs: what stands where is written in git, and kept true."""
    if version:
        from importlib import metadata

        speech.stdout().print(f"planogram {metadata.version('planogram')}")
        raise typer.Exit


app.command()(planning.validate)
app.command()(planning.plan)
app.command()(applying.apply)
app.command()(planning.drift)
app.command()(rolling_back.rollback)
app.command()(adopting.adopt)
app.command()(promoting.promote)
app.command()(freezing.freeze)
app.command()(freezing.unfreeze)
app.add_typer(capsule, name="capsule")
app.add_typer(history, name="history")
app.add_typer(importing, name="import")
app.add_typer(sandboxes.sandbox, name="sandbox")
app.add_typer(github.register(), name="github")
app.command()(docs)
app.command()(demo)
