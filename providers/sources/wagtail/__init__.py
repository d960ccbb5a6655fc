"""A Wagtail site to intents: taxonomies from snippets, offerings from pages."""

from __future__ import annotations

from providers.sources.wagtail.client import opened, token_of
from providers.sources.wagtail.content import UnreadableSite
from providers.sources.wagtail.reading import read
from providers.sources.wagtail.writing import OFFERINGS, Change, Consent, Import, Removal, imported

__all__ = [
    "OFFERINGS",
    "Change",
    "Consent",
    "Import",
    "Removal",
    "UnreadableSite",
    "imported",
    "opened",
    "read",
    "token_of",
]
