"""What every Plytix test may ask for."""

from __future__ import annotations

import pytest

from tests.plytix.account import Account


@pytest.fixture
def account() -> Account:
    return Account()
