"""Commands that a step gives: in lines of its log, and in files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.github.actions.results import ANNOTATION_LIMITS, Annotation

_MODERN: Final = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>[^:]*))?::(?P<text>.*)")
_OLD: Final = re.compile(r".*?##\[(?P<name>[\w-]+)(?: (?P<properties>[^\]]*))?\](?P<text>.*)")
_ESCAPES: Final = {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}
_REMOVED: Final = frozenset({"set-env", "add-path", "set-output", "save-state"})


class FileCommandError(Exception):
    """A file of commands that the runner cannot read; the step fails."""


@dataclass
class LogReader:
    """Reads a step's log for commands; text of strangers can hold them too."""

    said: list[Annotation] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _resume: str | None = None

    def read(self, log: str) -> None:
        """Obey every line."""
        for line in log.splitlines():
            found = _MODERN.fullmatch(line) or _OLD.fullmatch(line)
            if found:
                self._obey(found["name"], found["properties"] or "", found["text"])

    def _obey(self, name: str, properties: str, text: str) -> None:
        if self._resume is not None:
            self._resume = None if name == self._resume else self._resume
        elif name == "stop-commands":
            self._resume = text
        elif name in ANNOTATION_LIMITS:
            self.said.append(Annotation(name, _unescaped(text), _properties(properties)))
        elif name == "add-mask":
            self.masks.append(_unescaped(text))
        elif name in _REMOVED:
            self.errors.append(f"the command {name} is disabled")


def pairs(content: str) -> Iterator[tuple[str, str]]:
    """The names and values of a file such as `$GITHUB_OUTPUT`."""
    lines = iter(content.splitlines())
    for line in lines:
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            yield line[:equals], line[equals + 1 :]
        elif heredoc >= 0:
            yield line[:heredoc], _until(line[heredoc + 2 :], lines)
        elif line:
            raise FileCommandError(f"Invalid format '{line}'")


def masked(text: str, secrets: Sequence[str]) -> str:
    """The text with three stars for each secret."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _until(delimiter: str, lines: Iterator[str]) -> str:
    value: list[str] = []
    for line in lines:
        if line == delimiter:
            return "\n".join(value)
        value.append(line)
    raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")


def _properties(written: str) -> dict[str, str]:
    parts = (part.partition("=") for part in written.split(",") if "=" in part)
    return {name.strip(): _unescaped(value) for name, _, value in parts}


def _unescaped(text: str) -> str:
    for sign, meaning in _ESCAPES.items():
        text = text.replace(sign, meaning)
    return text
