"""Image URLs: names taken from them, and what is refused."""

from __future__ import annotations

import pytest

from providers.plytix.filenames import SLOTS, filename, image_of
from providers.plytix.urls import UnfitUrl, image_name

AMAZON = "https://m.media-amazon.com/images/I/"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (AMAZON + "61wixnPXtlL.jpg", "61wixnPXtlL.jpg"),
        (AMAZON + "61wixnPXtlL._AC_SL1500_.jpg?v=2#top", "61wixnPXtlL._AC_SL1500_.jpg"),
        (AMAZON + "71c%2BKitMn5L.jpg", "71c+KitMn5L.jpg"),
        (AMAZON + "two%20words%2F%C3%A9.PNG", "two_words__.PNG"),
        ("http://8.8.8.8:8080/a.jpg", "a.jpg"),
        ("https://[2606:4700::1111]/a.jpg", "a.jpg"),
    ],
)
def test_an_image_is_called_as_its_file(url: str, name: str) -> None:
    """The path's last part, decoded, without what does not belong into a file name."""
    assert image_name(url) == name


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (AMAZON, "does not end with the name of an image file"),
        (AMAZON + "61wixnPXtlL", "does not end with the name of an image file"),
        (AMAZON + ".jpg", "does not end with the name of an image file"),
        (AMAZON + "a.", "does not end with the name of an image file"),
        ("https:///a.jpg", "is no http(s) URL"),
        ("ftp://example.com/a.jpg", "is no http(s) URL"),
        ("https://example.com:port/a.jpg", "is no URL"),
        ("https://[::1/a.jpg", "is no URL"),
        ("https://me:secret@example.com/a.jpg", "the URL carries a user name"),
        ("http://localhost/a.jpg", "no public host"),
        ("http://LOCALHOST./a.jpg", "no public host"),
        ("http://intranet/a.jpg", "no public host"),
        ("http://nas.local/a.jpg", "no public host"),
        ("http://api.internal/a.jpg", "no public host"),
        ("http://10.1.2.3/a.jpg", "no public host"),
        ("http://127.0.0.1/a.jpg", "no public host"),
        ("http://127.1/a.jpg", "no public host"),
        ("http://2130706433/a.jpg", "no public host"),
        ("http://0x7f.0x1/a.jpg", "no public host"),
        ("http://0.0.0.0/a.jpg", "no public host"),
        ("http://169.254.169.254/latest/a.jpg", "no public host"),
        ("http://172.16.0.9/a.jpg", "no public host"),
        ("http://192.168.0.9/a.jpg", "no public host"),
        ("http://[::1]/a.jpg", "no public host"),
        ("http://[fe80::1]/a.jpg", "no public host"),
        ("http://[fd00::1]/a.jpg", "no public host"),
        ("http://[::ffff:10.0.0.1]/a.jpg", "no public host"),
    ],
)
def test_what_no_platform_shall_be_sent_to_is_refused(url: str, words: str) -> None:
    """Malformed URLs and private addresses, in whatever way they are written."""
    with pytest.raises(UnfitUrl) as caught:
        image_name(url)

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.remedy


def test_file_names_sort_by_position() -> None:
    """MAIN first, then PT01 to PT08, SWATCH, TOPP, BOTT; and each tells its image."""
    names = [filename(slot, "x.jpg") for slot in SLOTS]

    assert names == sorted(names)
    assert (names[0], names[9]) == ("amazon_01_MAIN_x.jpg", "amazon_10_SWATCH_x.jpg")
    assert {image_of(name) for name in names} == {"x.jpg"}


@pytest.mark.parametrize("name", ["x.jpg", "amazon_1_MAIN_x.jpg", "my_amazon_01_MAIN_x.jpg"])
def test_other_file_names_are_their_own(name: str) -> None:
    """Only the convention itself is taken off."""
    assert image_of(name) == name
