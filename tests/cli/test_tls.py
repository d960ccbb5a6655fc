"""`sandbox serve --tls`: HTTPS on loopback, for those who trust the certificate it names."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.test_cli import example, planogram

__all__ = ["example"]

SHOP = {"query": "{ shop { name } }"}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """The process, its address, and the file whose certificate it says to trust."""
    command = [sys.executable, "-m", "reconciler.cli", "sandbox", "serve", "market", "--tls"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address, trusted = (process.stdout.readline().strip() for _ in range(2))
            yield process, address, Path(trusted)
        finally:
            process.terminate()


def test_who_trusts_the_certificate_is_answered(example: Path) -> None:
    """By the address and by the name of loopback."""
    with serving(example) as (_, address, trusted):
        context = ssl.create_default_context(cafile=trusted)
        names = (address, address.replace("127.0.0.1", "localhost"))
        answers = [httpx.post(f"{name}/graphql/", json=SHOP, verify=context) for name in names]

    assert address.startswith("https://127.0.0.1:")
    assert [answer.status_code for answer in answers] == [200, 200]


def test_who_does_not_trust_it_turns_away(example: Path) -> None:
    """The machine's own authorities do not vouch for it, nor does that of another run."""
    with serving(example) as (_, _, another), serving(example) as (_, address, _):
        for context in (ssl.create_default_context(), ssl.create_default_context(cafile=another)):
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                httpx.post(f"{address}/graphql/", json=SHOP, verify=context)


def test_no_key_is_on_disk_and_nothing_is_left(
    example: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while it serves nor when it was terminated; not in its folder nor a temporary one."""
    passing = tmp_path_factory.mktemp("passing")
    monkeypatch.setenv("TMPDIR", str(passing))
    with serving(example) as (process, _, trusted):
        texts = [path.read_bytes() for path in example.rglob("*") if path.is_file()]
        meanwhile = list(passing.iterdir())
        process.terminate()
        process.wait(timeout=30)

    assert not any(b"PRIVATE KEY" in text for text in texts)
    assert any(b"BEGIN CERTIFICATE" in text for text in texts)
    assert (meanwhile, list(passing.iterdir())) == ([], [])
    assert not trusted.exists()


def test_without_trustme_it_says_what_to_install(
    example: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is served by half."""
    shadow = tmp_path_factory.mktemp("shadow")
    (shadow / "trustme.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(shadow))
    told = planogram(example, "sandbox", "serve", "market", "--tls")

    assert (told.returncode, told.stdout) == (1, "")
    assert "pip install 'planogram[tls]'" in told.stderr
