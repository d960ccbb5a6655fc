"""The composition root: arguments in, use case, text out, exit code. The only place that prints."""

from __future__ import annotations


def main() -> None:
    """The `planogram` command."""
    from reconciler.cli.app import app

    app()
