"""Tests reach nothing but this machine."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket.socket.connect")
def test_any_other_host_is_out_of_reach() -> None:
    """Only 127.0.0.1 and ::1 are let through; all else fails before anything is sent."""
    with socket.socket() as door, pytest.raises(SocketConnectBlockedError):
        door.connect(("127.0.0.2", 80))
