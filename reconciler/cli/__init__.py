"""The composition root: arguments in, use case, text out, exit code. The only place that prints."""

from __future__ import annotations

import sys


def main() -> None:
    """The `planogram` command. Stopped while it starts, it ends like a command that is stopped."""
    try:
        from reconciler.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
