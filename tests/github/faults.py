"""What can be made to go wrong with requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.github.refusals import Refusal


@dataclass
class Fault:
    """A refusal for the next requests that fit."""

    refusal: Refusal
    method: str | None = None
    path: str = ""
    times: int = 1
    after: bool = False
    """The request is carried out, and its answer lost."""

    def fits(self, method: str, path: str) -> bool:
        """Whether this request is one of those."""
        return self.times > 0 and self.method in (None, method) and self.path in path


@dataclass
class Faults:
    """Those that are still to come, in order."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this request; it is used up."""
        found = next((one for one in self.waiting if one.fits(method, path)), None)
        if found:
            found.times -= 1
        return found
