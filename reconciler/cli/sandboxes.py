"""`sandbox`: the emulated platforms, served on loopback, edited, made to fail, set back."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from reconciler.cli import options, speech
from reconciler.cli.composition import Workspace, open_sandbox, open_workspace
from reconciler.model.errors import Usage
from reconciler.model.wording import nearest

sandbox = typer.Typer(name="sandbox", help="The emulated platforms.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TARGET", help="A target of targets.yaml.")]


@sandbox.command()
def serve(
    target: Name,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free one.")] = 0,
    tls: Annotated[
        bool, typer.Option("--tls", help="By HTTPS. Needs pip install 'planogram[tls]'.")
    ] = False,
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Serve a target's sandbox on loopback until it is interrupted.

    Its first line on stdout is its address. Each provider's README names paths and token.
    With --tls the second is a file with the certificate to trust, made anew each time and taken
    away at the end: SSL_CERT_FILE, or NODE_EXTRA_CA_CERTS, or curl --cacert.

    Example: planogram sandbox serve shop --port 8085
    """
    with speech.told_plainly(as_json=False), ExitStack() as lent_out:
        from providers.kit.certificate import certify, lent
        from providers.kit.served import LOOPBACK
        from providers.kit.served import serve as serve_on_loopback

        workspace = _workspace(desired, target)
        certificate = certify(LOOPBACK, "localhost") if tls else None

        def tell(address: str) -> None:
            _say_line(address)
            if certificate:
                file = workspace.sandbox_folder(target) / f"ca-{urlsplit(address).port}.pem"
                _say_line(str(lent_out.enter_context(lent(certificate, file))))

        serve_on_loopback(open_sandbox(workspace, target), port, tell, certificate)


@sandbox.command()
def reset(target: Name, desired: options.DesiredFolder = options.DESIRED) -> None:
    """Set a target's sandbox back to its example shop, and forget what was applied there.

    Example: planogram sandbox reset shop
    """
    with speech.told_plainly(as_json=False):
        import shutil

        workspace = _workspace(desired, target)
        open_sandbox(workspace, target).reset()
        for part in ("ledger.git", "journal"):
            shutil.rmtree(workspace.sandbox_folder(target) / part, ignore_errors=True)
        speech.stdout().print(f"{target} is as new", markup=False)


@sandbox.command()
def edit(
    target: Name,
    thing: Annotated[str, typer.Argument(help="What is edited: product, collection, …")],
    key: Annotated[str, typer.Argument(help="Its handle, slug, SKU, …")],
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="VALUE is JSON, or else text.")
    ],
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Edit something in a sandbox as somebody in the platform's admin would.

    Example: planogram sandbox edit shop collection style-harold-sweater title="Harold"
    """
    with speech.told_plainly(as_json=False):
        from providers.kit.sandbox import UnknownThing

        emulated = open_sandbox(_workspace(desired, target), target)
        try:
            emulated.admin_edit(thing, key, dict(_field(text) for text in fields))
        except UnknownThing as error:
            raise Usage(str(error)) from error
        speech.stdout().print(f"edited {thing} {key}", markup=False)


@sandbox.command()
def fault(
    target: Name,
    fault: Annotated[
        str, typer.Argument(help="429, 502, 502-after-commit, timeout-after-commit or reset.")
    ],
    times: Annotated[int, typer.Option("--times", min=1, help="How many requests.")] = 1,
    matching: Annotated[
        str,
        typer.Option(
            "--matching", help="Only requests that have this in method and path, or in the body."
        ),
    ] = "",
    after: Annotated[int, typer.Option("--after", min=0, help="Spare so many first.")] = 0,
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Let the next requests to a sandbox go wrong.

    Example: planogram sandbox fault shop 502 --times 3
    """
    with speech.told_plainly(as_json=False):
        from providers.kit.sandbox import Fault

        known = [item.value for item in Fault]
        if fault not in known:
            raise Usage(f"there is no fault {fault} · known: {', '.join(known)}")
        open_sandbox(_workspace(desired, target), target).inject(
            Fault(fault), times, matching, after
        )
        speech.stdout().print(f"{times} × {fault} waits for {target}", markup=False)


def _workspace(desired: Any, target: str) -> Workspace:
    workspace = open_workspace(desired, all_sandboxed=True)
    if target not in workspace.desired.targets:
        remedy = nearest(target, sorted(workspace.desired.targets))
        raise Usage(f"there is no target {target}: {remedy}")
    return workspace


def _say_line(text: str) -> None:
    """Unbroken, for whoever reads by lines."""
    speech.stdout().print(text, markup=False, soft_wrap=True)


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Usage(f"{text!r} is not FIELD=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
