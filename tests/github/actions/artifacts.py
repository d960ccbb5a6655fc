"""`actions/upload-artifact` and `actions/download-artifact`."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx

from tests.github.actions.using import ActionCall, ActionFailed
from tests.github.records import Artifact

Content = bytes | Callable[[], bytes]
"""What an artifact holds, now or when it is asked for."""
_FORBIDDEN = '\\/":<>|*?\r\n'


def upload(call: ActionCall) -> dict[str, str]:
    """Zip what the paths name, below what they have in common."""
    given = call.known(
        name="artifact",
        path=None,
        if_no_files_found="warn",
        retention_days="90",
        compression_level="6",
        overwrite="false",
        include_hidden_files="false",
    )
    name = str(given["name"])
    if set(name) & set(_FORBIDDEN):
        raise ActionFailed(f"The artifact name is not valid: {name}")
    files, root = _chosen(call, str(given["path"]), given["include_hidden_files"] == "true")
    if not files:
        return _nothing(call, str(given["if_no_files_found"]), str(given["path"]))
    if given["overwrite"] == "true":
        _forget(call, name)
    content = _zipped(files, root)
    made = _store(call, name, content, int(str(given["retention_days"]) or 90))
    github = call.job.github
    url = f"{github.html_url}/actions/runs/{call.job.run_id}/artifacts/{made.id}"
    digest = sha256(content).hexdigest()
    return {"artifact-id": str(made.id), "artifact-url": url, "artifact-digest": digest}


def download(call: ActionCall) -> dict[str, str]:
    """Several each into a folder, unless they are merged; one alone into the path itself, whether
    it was named or is the only one that a pattern finds (so since v5)."""
    given = call.known(
        name=None,
        path=".",
        pattern=None,
        merge_multiple="false",
        run_id=None,
        github_token=None,
        repository=None,
    )
    folder = Path(_absolute(call, str(given["path"])))
    name, pattern = given["name"], given["pattern"]
    found = _found(call, given["github_token"], given["run_id"])
    if name and name not in found:
        raise ActionFailed(f"Unable to download artifact(s): Artifact not found for name: {name}")
    chosen = [one for one in found if (one == name if name else fnmatchcase(one, pattern or "*"))]
    flat = given["merge_multiple"] == "true" or len(chosen) == 1
    for one in chosen:
        _unpack(_content(found[one]), folder if flat else folder / one)
    return {"download-path": str(folder)}


def _chosen(call: ActionCall, written: str, hidden: bool) -> tuple[list[Path], Path]:
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    wanted = [_absolute(call, line) for line in lines if not line.startswith("!")]
    refused = [_absolute(call, line[1:]) for line in lines if line.startswith("!")]
    files = sorted({file for one in wanted for file in _files(one, hidden)})
    kept = [f for f in files if not any(fnmatchcase(str(f), pattern) for pattern in refused)]
    return kept, _root(wanted)


def _absolute(call: ActionCall, written: str) -> str:
    return str(call.job.machine.workspace / written.replace("~", str(call.job.machine.home), 1))


def _files(pattern: str, hidden: bool) -> list[Path]:
    """The files that a pattern finds. What is hidden is passed over, from the search's root on."""
    root, rest = _search_root(pattern)
    places = root.glob(rest) if rest else [root]
    found = [file for place in places for file in (place, *place.rglob("*")) if file.is_file()]
    return [file for file in found if hidden or not _is_hidden(root, file)]


def _search_root(pattern: str) -> tuple[Path, str]:
    """The part without signs, where the search begins, and the rest."""
    parts = Path(pattern).parts
    plain = list(takewhile(lambda part: not set(part) & set("*?["), parts))
    return Path(*plain), str(Path(*parts[len(plain) :])) if parts[len(plain) :] else ""


def _is_hidden(root: Path, file: Path) -> bool:
    return any(part.startswith(".") for part in (root.name, *file.relative_to(root).parts))


def _root(wanted: list[str]) -> Path:
    """What all search paths have in common; a single file stands alone."""
    roots = [_search_root(one)[0] for one in wanted]
    folders = [str(one if one.is_dir() else one.parent) for one in roots]
    return Path(os.path.commonpath(folders))


def _zipped(files: list[Path], root: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(root))
    return content.getvalue()


def _nothing(call: ActionCall, policy: str, path: str) -> dict[str, str]:
    words = f"No files were found with the provided path: {path}. No artifacts will be uploaded."
    if policy == "error":
        raise ActionFailed(words)
    if policy == "warn":
        call.said.append(f"Warning: {words}")
    return {}


def _store(call: ActionCall, name: str, content: bytes, days: int) -> Artifact:
    try:
        return call.job.github.store_artifact(call.job.run_id, name, content, days)
    except ValueError as taken:
        raise ActionFailed(f"Failed to CreateArtifact: {taken}") from None


def _forget(call: ActionCall, name: str) -> None:
    kept = call.job.github.artifacts
    for one in [a for a in kept.values() if (a.run_id, a.name) == (call.job.run_id, name)]:
        del kept[one.id]


def _found(call: ActionCall, token: str | None, run: str | None) -> dict[str, Content]:
    """The contents of a run's artifacts by name: of another run through the API, by a token."""
    if token:
        return _listed(call, token, run or str(call.job.run_id))
    kept = call.job.github.artifacts.values()
    return {one.name: one.content for one in kept if one.run_id == call.job.run_id}


def _listed(call: ActionCall, token: str, run: str) -> dict[str, Content]:
    with call.job.github.client(token) as client:
        answer = client.get(f"/actions/runs/{run}/artifacts", params={"per_page": 100})
    if answer.status_code != 200:
        raise ActionFailed(f"Unable to download artifact(s): {answer.json()['message']}")
    return {one["name"]: partial(_fetched, call, token, one["id"]) for one in _each(answer)}


def _each(answer: httpx.Response) -> list[dict[str, Any]]:
    return list(answer.json()["artifacts"])


def _content(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content()


def _fetched(call: ActionCall, token: str, number: int) -> bytes:
    with call.job.github.client(token) as client:
        answer = client.get(f"/actions/artifacts/{number}/zip")
    if answer.status_code != 302:
        raise ActionFailed(f"Unable to download artifact(s): {answer.json()['message']}")
    return httpx.get(answer.headers["location"]).content


def _unpack(content: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
