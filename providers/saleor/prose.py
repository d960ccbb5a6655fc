"""Descriptions: people write HTML, Saleor keeps EditorJS documents.

Both are brought to one form, so that they can be compared: what a server adds (times, ids, the
order of keys) means nothing, and it cleans texts before it keeps them, as is done here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, Final

Block = Mapping[str, Any]

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS: Final = {"ul": "unordered", "ol": "ordered"}


def html_of(document: str | None) -> str | None:
    """The HTML that an EditorJS document comes to; None for an empty one. A block that has no
    HTML here is told by its name in a comment, which no text of ours holds."""
    blocks = json.loads(document or "{}").get("blocks") or ()
    return "".join(_html(block) for block in blocks) or None


def document_of(html: str) -> str:
    """The EditorJS document that a text of HTML comes to: paragraphs, headings and lists."""
    return json.dumps({"blocks": list(_blocks(html))})


def canonical(html: str | None) -> str | None:
    """The HTML as it is told when it is read back. What no paragraph, heading or list can hold
    goes: scripts, and the nesting of lists. Other tags stay within their paragraph."""
    return html_of(document_of(html)) if html else None


def _html(block: Block) -> str:
    sort, data = block.get("type"), block.get("data") or {}
    if sort == "paragraph":
        return f"<p>{_cleaned(data.get('text', ''))}</p>"
    if sort == "header":
        level = data.get("level", 2)
        return f"<h{level}>{_cleaned(data.get('text', ''))}</h{level}>"
    if sort == "list":
        tag = "ol" if data.get("style") == "ordered" else "ul"
        items = "".join(f"<li>{_cleaned(_text(item))}</li>" for item in data.get("items") or ())
        return f"<{tag}>{items}</{tag}>"
    return f"<!-- {sort} -->"


def _text(item: Any) -> str:
    """Items are texts; newer editors nest them."""
    return str(item.get("content", "")) if isinstance(item, Mapping) else str(item)


def _cleaned(text: str) -> str:
    """As the server cleans texts: scripts go, and links get a `rel`."""
    import nh3  # Only here: it is needed where a text is compared, and nowhere else.

    return str(nh3.clean(text)).strip()


def _blocks(html: str) -> Iterator[Block]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from reader.blocks()


class _Reader(HTMLParser):
    """Cuts HTML into blocks; what is within a block stays the HTML that it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._blocks: list[dict[str, Any]] = []
        self._text = ""
        self._tag = "p"

    def blocks(self) -> list[dict[str, Any]]:
        self._close()
        return self._blocks

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" or tag in _HEADINGS:
            self._open(tag)
        elif tag in _LISTS:
            self._open("p")
            self._blocks.append({"type": "list", "data": {"style": _LISTS[tag], "items": []}})
        elif tag == "li":
            self._open("li")
        else:
            self._text += self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li", *_HEADINGS, *_LISTS):
            self._open("p")
        else:
            self._text += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_entityref(self, name: str) -> None:
        self._text += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self._text += f"&#{name};"

    def _open(self, tag: str) -> None:
        self._close()
        self._tag = tag

    def _close(self) -> None:
        text, self._text = _cleaned(self._text), ""
        if not text:
            return
        if self._tag == "li" and self._blocks and self._blocks[-1]["type"] == "list":
            self._blocks[-1]["data"]["items"].append(text)
        elif self._tag in _HEADINGS:
            data = {"text": text, "level": int(self._tag[1])}
            self._blocks.append({"type": "header", "data": data})
        else:
            self._blocks.append({"type": "paragraph", "data": {"text": text}})
