"""All commands under one roof."""

from __future__ import annotations

import typer

from reconciler.cli import applying, planning, sandboxes
from reconciler.cli.demonstration import demo
from reconciler.cli.importing import importing
from reconciler.cli.reference import docs

app = typer.Typer(
    name="planogram",
    help="GitOps for commerce catalogs: what stands where is written in git, and kept true.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(planning.validate)
app.command()(planning.plan)
app.command()(applying.apply)
app.command()(planning.drift)
app.add_typer(importing, name="import")
app.add_typer(sandboxes.sandbox, name="sandbox")
app.command()(docs)
app.command()(demo)
