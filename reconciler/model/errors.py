"""The errors that end a command, each with its exit code.

PlanogramError (1)
├── Usage (2)              the command line does not fit together
├── InvalidDesiredState (3) what git says cannot be planned; carries its problems
├── Refused (4)            a guard objects, or nothing was reviewed
└── LedgerUnavailable (1)  the applied state could not be read or moved
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from reconciler.model.problem import Problem, in_order


class PlanogramError(Exception):
    """Something ended the command. The message says what, where and what to do."""

    exit_code: ClassVar[int] = 1


class Usage(PlanogramError):
    exit_code = 2


class InvalidDesiredState(PlanogramError):
    """Every problem of every file, in order."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(PlanogramError):
    exit_code = 4


class LedgerUnavailable(PlanogramError):
    pass
