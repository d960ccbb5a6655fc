"""`github`: the commands that workflows call; each reads what GitHub tells a job about itself."""

from __future__ import annotations

import typer

github = typer.Typer(
    name="github", help="What the workflows call.", no_args_is_help=True, rich_markup_mode=None
)


@github.callback()
def _github() -> None:
    """What the workflows call. They read what GitHub tells a job: GITHUB_EVENT_PATH and others."""


def register() -> typer.Typer:
    """The group with all its commands, imported only where it is used."""
    from reconciler.cli.github import (
        adopting,
        advancing,
        applying,
        drifting,
        planning,
        proposing,
        publishing,
    )

    github.command("targets")(planning.targets)
    github.command("check")(planning.check)
    github.command("plan")(planning.plan)
    github.command("comment")(publishing.comment)
    github.command("apply")(applying.apply)
    github.command("rescue")(applying.rescue)
    github.command("import")(adopting.import_sources)
    github.command("drift")(drifting.drift)
    github.command("watch")(drifting.watch)
    github.command("adopt")(adopting.adopt)
    github.command("rollback")(adopting.rollback)
    github.command("propose")(proposing.propose)
    github.command("state")(advancing.state)
    github.command("outcome")(publishing.outcome)
    return github
