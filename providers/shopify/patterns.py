"""Regular expressions of definitions, judged where all engines would judge alike.

Shopify names RE2, and nothing else of how it matches. So a pattern is followed only if it is
written in what RE2, Ruby, PCRE and Python share, and cheap to follow; and a value is refused only
if it fits in no reading: letters of ASCII or of all scripts, `^` and `$` of a line or of the whole.
"""

from __future__ import annotations

import re
import warnings
from itertools import product
from typing import Final

LONGEST_FOLLOWED: Final = 128
"""Characters of a value that is tried: Python goes back and forth where RE2 does not."""

MOST_OPEN: Final = 3
"""Repetitions of no certain length in one pattern, for the same reason."""

_SHARED: Final = re.compile(
    r"""\( (?: \?: )? (?! [*+?] )
      | (?: [^\\\[\](){}*+?]                # a character
          | \\ (?: [dDwWsSbB] | [^\w\s] )   # a class, or a sign taken as it is
          | \[ \^? (?: [^\[\]\\] | \\ (?: [dDwWsS] | [^\w\s] ) )+ \]
          | \)
        )
        (?: [*+?] \?? | \{ \d{1,3} (?: , \d{0,3} )? \} )?
    """,
    re.VERBOSE,
)
_OPEN: Final = re.compile(r"[*+]|\{\d+,")
_REPEATED_GROUP: Final = re.compile(r"(?<!\\)\)[*+{]")
_SETS: Final = ("&&", "||", "--", "~~")
"""Two of these in a class are set operations in some engines."""

_READINGS: Final = tuple(
    ascii_ | lines for ascii_, lines in product((re.ASCII, re.NOFLAG), (re.MULTILINE, re.NOFLAG))
)

_BROKEN: Final = {
    "unterminated character set": "a [ has no ]",
    "missing ), unterminated subpattern": "a ( has no )",
    "unbalanced parenthesis": "a ) has no (",
    "bad escape (end of pattern)": "it ends with a backslash",
    "bad character range": "a range in it runs backwards",
}
"""What no engine takes, by Python's words, in ours."""


def broken(pattern: str) -> str | None:
    """Why no engine reads this; None where some may."""
    if re.match(r"[*+?]", pattern):
        return f"nothing stands before {pattern[0]}"
    try:
        _compiled(pattern, re.NOFLAG)
    except re.error as error:
        return next((ours for words, ours in _BROKEN.items() if words in error.msg), None)
    except (OverflowError, RecursionError):
        return None
    return None


def may_fit(pattern: str, text: str) -> bool:
    """Whether any reading finds the pattern in the text, or nobody here can say."""
    if len(text) > LONGEST_FOLLOWED or not _is_followed(pattern):
        return True
    try:
        return any(_compiled(pattern, flags).search(text) for flags in _READINGS)
    except re.error:
        return True


def _is_followed(pattern: str) -> bool:
    shared = "".join(match[0] for match in _SHARED.finditer(pattern)) == pattern
    is_cheap = len(_OPEN.findall(pattern)) <= MOST_OPEN and not _REPEATED_GROUP.search(pattern)
    return shared and is_cheap and not any(two in pattern for two in _SETS)


def _compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern, flags)
