"""Which version of the API serves which call."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers import plytix
from providers.plytix import PROVIDER
from reconciler.provider import Remotes
from tests.plytix.account import TARGET, Account
from tests.virtual_time import run_in_virtual_time

PRODUCT = "/api/v3/products/68f0a7c2e41b9d0015c3a901"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", PRODUCT),
        ("PATCH", f"{PRODUCT}/attributes/colour"),
        ("POST", f"{PRODUCT}/categories"),
        ("DELETE", PRODUCT),
    ],
)
def test_v3_is_never_written(account: Account, method: str, path: str) -> None:
    """A session that may write refuses to, whoever asks it for it: nothing is sent."""

    async def run() -> None:
        async with PROVIDER.writing(TARGET, account.wire(), Remotes("pim", {})) as session:
            await session.write(method, path, {})

    with pytest.raises(ValueError, match=f"{method} {path} is no write of v1 or v2"):
        run_in_virtual_time(run)
    assert account.asked == []


def test_v3_may_be_read(account: Account) -> None:
    """A reading goes out; this account has no v3, which is told as a thing that is not there."""

    async def run() -> object:
        async with PROVIDER.writing(TARGET, account.wire(), Remotes("pim", {})) as session:
            return await session.get(PRODUCT)

    assert run_in_virtual_time(run) is None
    assert account.asked == [f"GET {PRODUCT}"]


def test_one_module_names_versions() -> None:
    """All other modules of the provider take their paths from there."""
    folder = Path(plytix.__file__).parent
    modules = {path.relative_to(folder) for path in folder.rglob("*.py")}
    ours = {path for path in modules if path.parts[0] != "sandbox"}
    naming = {str(path) for path in ours if "/api/v" in (folder / path).read_text("utf-8")}
    assert naming == {"versions.py"}
