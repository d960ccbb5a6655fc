"""Which addresses of pictures may stand in a comment that the world can read."""

from __future__ import annotations

import pytest

from reconciler.model.public import is_public

PUBLIC = [
    "https://cdn.shopify.com/s/files/1/0001/0002/files/look.jpg?v=1731000000",
    "https://m.media-amazon.com/images/I/61wixnPXtlL.jpg",
    "https://files.plytix.com/api/v1.1/thumb/public_files/pim/assets/a.jpg",
    "https://example.com:443/a.jpg?width=120&crop=center",
    "https://EXAMPLE.com./a.jpg",
]

NOT_PUBLIC = [
    "",
    "a.jpg",
    "//cdn.example.com/a.jpg",
    "http://cdn.example.com/a.jpg",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "ftp://cdn.example.com/a.jpg",
    "https:///a.jpg",
    "https://[::1",
    "https://cdn.example.com:99999/a.jpg",
    "https://cdn.example.com:8443/a.jpg",
    "https://cdn.example.com/a b.jpg",
    "https://cdn.example.com/a\u202e.jpg",
    "https://somebody@cdn.example.com/a.jpg",
    "https://somebody:secret@cdn.example.com/a.jpg",
    "https://@cdn.example.com/a.jpg",
    "https://localhost/a.jpg",
    "https://pim.localhost/a.jpg",
    "https://printer.local/a.jpg",
    "https://assets.corp.internal/a.jpg",
    "https://INTRANET/a.jpg",
    "https://10.0.0.1/a.jpg",
    "https://8.8.8.8/a.jpg",
    "https://[2001:4860:4860::8888]/a.jpg",
    "https://127.1/a.jpg",
    "https://2130706433/a.jpg",
    "https://cdn.0x7f/a.jpg",
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Signature=1&X-Amz-Expires=60",
    "https://b.s3.amazonaws.com/a.jpg?x-amz-security-token",
    "https://storage.googleapis.com/b/a.jpg?X-Goog-Algorithm=1",
    "https://b.blob.core.windows.net/a.jpg?sv=2024&se=2026-01-01&sr=b&sp=r&sig=abc",
    "https://d1.cloudfront.net/a.jpg?Expires=1&Key-Pair-Id=2",
    "https://cdn.example.com/a.jpg?token=abc",
    "https://cdn.example.com/a.jpg?v=1&access_token=abc",
    "https://cdn.example.com/a.jpg?preview=1",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_what_anybody_may_fetch_is_public(url: str) -> None:
    """https, a host name of the world, and nothing that signs: such a picture may be shown."""
    assert is_public(url)


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_everything_else_is_not(url: str) -> None:
    """Other schemes, hosts of a private network, user names, odd ports, signed and expiring
    addresses: shown to nobody."""
    assert not is_public(url)
