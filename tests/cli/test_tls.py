"""`sandbox serve --tls`: HTTPS on loopback, for those who trust the certificate it names."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

import httpx
import pytest

from tests.cli.test_cli import planogram
from tests.conftest import ROOT
from tests.serving import serving

SHOP = {"query": "{ shop { name } }"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The living example's targets, and nothing wanted of them."""
    (tmp_path / "desired").mkdir()
    shutil.copy(ROOT / "desired" / "targets.yaml", tmp_path / "desired")
    return tmp_path


def test_who_trusts_the_certificate_is_answered(workspace: Path) -> None:
    """By the address and by the name of loopback."""
    with serving(workspace, "market", tls=True) as market:
        context = ssl.create_default_context(cafile=market.trusted)
        named = market.address.replace("127.0.0.1", "localhost")
        by_address, by_name = (
            httpx.post(f"{address}/graphql/", json=SHOP, verify=context)
            for address in (market.address, named)
        )

    assert market.address.startswith("https://127.0.0.1:")
    assert (by_address.status_code, by_name.status_code) == (200, 200)


def test_who_does_not_trust_it_turns_away(workspace: Path) -> None:
    """The machine's own authorities do not vouch for it, nor does that of another run."""
    with serving(workspace, "market", tls=True) as other:
        another = ssl.create_default_context(cafile=other.trusted)
    with serving(workspace, "market", tls=True) as market:
        for context in (ssl.create_default_context(), another):
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                httpx.post(f"{market.address}/graphql/", json=SHOP, verify=context)


def test_no_key_is_on_disk_and_nothing_is_left(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while it serves nor when it was terminated; not in its folder nor a temporary one."""
    passing = tmp_path_factory.mktemp("passing")
    monkeypatch.setenv("TMPDIR", str(passing))
    with serving(workspace, "market", tls=True) as market:
        texts = [path.read_bytes() for path in workspace.rglob("*") if path.is_file()]
        meanwhile = list(passing.iterdir())
        market.end()

    assert not any(b"PRIVATE KEY" in text for text in texts)
    assert any(b"BEGIN CERTIFICATE" in text for text in texts)
    assert (meanwhile, list(passing.iterdir())) == ([], [])
    assert market.trusted is not None
    assert not market.trusted.exists()


def test_without_trustme_it_says_what_to_install(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is served by half."""
    shadow = tmp_path_factory.mktemp("shadow")
    (shadow / "trustme.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(shadow))
    told = planogram(workspace, "sandbox", "serve", "market", "--tls")

    assert (told.returncode, told.stdout) == (1, "")
    assert "pip install 'planogram[tls]'" in told.stderr
