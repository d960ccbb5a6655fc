"""The actions that this runner knows, by their names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.github.actions.artifacts import download, upload
from tests.github.actions.checkout import checkout
from tests.github.actions.using import ActionCall, ActionFailed
from tests.github.people import EVERYTHING


def setup_python(call: ActionCall) -> dict[str, str]:
    """The interpreter of the tests, whichever version is asked for: it is first on the path."""
    call.known(
        python_version=None,
        python_version_file=None,
        cache=None,
        cache_dependency_path=None,
        pip_install=None,
    )
    call.job.machine.paths.append(str(Path(sys.executable).parent))
    version = ".".join(str(part) for part in sys.version_info[:3])
    return {"python-version": version, "python-path": sys.executable, "cache-hit": "false"}


def cache(call: ActionCall) -> dict[str, str]:
    """Nothing is ever cached."""
    given = call.known(path=None, key=None, restore_keys=None)
    if not given["path"] or not given["key"]:
        raise ActionFailed("Input required and not supplied: path, key")
    return {"cache-hit": "false"}


def create_app_token(call: ActionCall) -> dict[str, str]:
    """The token of an app; without its id and key there is none."""
    given = call.known(
        app_id=None,
        client_id=None,
        private_key=None,
        owner=None,
        repositories=None,
        permission_contents=None,
        permission_pull_requests=None,
        permission_issues=None,
        permission_checks=None,
        permission_statuses=None,
        permission_actions=None,
    )
    if not (given["app_id"] or given["client_id"]) or not given["private_key"]:
        raise ActionFailed("Input required and not supplied: client-id, private-key")
    token = call.job.github.app_token(permissions=_permissions(given) or EVERYTHING)
    call.job.machine.masks.append(token)
    return {"token": token, "app-slug": "planogram", "installation-id": "1"}


def _permissions(given: Mapping[str, str | None]) -> dict[str, str]:
    """Those that are asked for; nothing means all that the app has."""
    prefix = "permission_"
    return {
        name.removeprefix(prefix).replace("_", "-"): level
        for name, level in given.items()
        if name.startswith(prefix) and level
    }


ACTIONS: Final[Mapping[str, Callable[[ActionCall], dict[str, str]]]] = {
    "actions/cache": cache,
    "actions/checkout": checkout,
    "actions/create-github-app-token": create_app_token,
    "actions/download-artifact": download,
    "actions/setup-python": setup_python,
    "actions/upload-artifact": upload,
}
