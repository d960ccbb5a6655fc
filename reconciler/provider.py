"""The contract between the core and the platforms.

A platform is a `Provider` value with a handful of kinds. A kind reads resources, cuts changes
into requests, and writes one request's worth of changes. That is all a kind does: comparison,
order, guards, consent, journal, ledger and retries after an ambiguous failure are the core's.

Errors that a session may raise, and what the core does about them:

PlatformError          the change or the read failed; the message is in the vendor's words
├── Ambiguous          a write may or may not have happened: the core reads again and decides
├── Unavailable        the platform could not be reached, or would not answer
├── Unauthorised       the credential is missing, wrong or has not the needed permission
└── Distrusted         the answer must not be believed (another API version, an ignored search)
"""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

import httpx
from pydantic import BaseModel

from reconciler.intent.base import Intent, Intents, Place
from reconciler.intent.edit import Edit
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Effect, Pictures
from reconciler.model.cost import FREE, Cost, Pace, Range
from reconciler.model.outcome import Outcome
from reconciler.model.problem import Problem
from reconciler.model.product import About, LiveProducts
from reconciler.model.question import Answers as Answers
from reconciler.model.question import Question as Question
from reconciler.model.resource import Resource, Source, State
from reconciler.model.spec import Path, Value

S = TypeVar("S")
R = TypeVar("R", bound="ReadSession")
W = TypeVar("W", bound="WriteSession")
R_in = TypeVar("R_in", contravariant=True)
S_in = TypeVar("S_in", contravariant=True)
W_in = TypeVar("W_in", contravariant=True)


class PlatformError(Exception):
    """The platform said no, in its own words."""


class Ambiguous(PlatformError):
    """A write was sent and its answer is not known (timeout, 5xx, lost connection)."""


class Unavailable(PlatformError):
    """Nothing was done: the platform could not be reached, or kept refusing to answer."""


class Unauthorised(PlatformError):
    """The credential is missing, wrong, or lacks a permission, which the message names."""


class Distrusted(PlatformError):
    """The answer must not be believed, so nothing may be decided from it."""


class OnDrop(Enum):
    """What happens to a live resource when git stops stating it."""

    FORGET = "forget"
    DELETE = "delete"


class Precondition(Enum):
    """Who checks, at the moment of writing, that the owned fields are still as planned."""

    PLATFORM = "platform"
    """The platform itself (compare-and-set): there is no window."""
    REREAD = "reread"
    """The core reads a batch's fields again just before it writes the batch: the window is the
    time that this one batch takes."""


class Echo(Enum):
    """How the stored result of a write is known."""

    ANSWER = "answer"
    """The write's own answer is what is stored; `Outcome.echo` carries it."""
    REREAD = "reread"
    """The core reads again: the answer is not, or not all of, what is stored."""


class All(Enum):
    ALL = "all"


ALL: Final = All.ALL
Wanted = All | Mapping[Key, Remote | None]
"""Everything of a kind, or named keys, each with the remote that the ledger knows."""


ONE_REQUEST: Final = Range(Cost(1), Cost(1))


@dataclass(frozen=True, slots=True)
class Batch(Generic[S]):
    """Changes that one `write` carries out.

    requests: how many requests write. points: what these cost for certain in the platform's own
    unit, 0 where it has none. lane: batches of one lane are written one after another.
    reading: what it costs to read the batch's resources once. besides: what else the write
    takes: points of its answers, readings of its own, waiting for jobs (seconds).
    """

    changes: tuple[Change[S], ...]
    requests: int = 1
    points: float = 0
    lane: str | None = None
    reading: Range = ONE_REQUEST
    besides: Range = FREE


@dataclass(slots=True)
class Usage:
    """What a session has cost so far. seconds: how long its requests waited for their answers,
    all added up."""

    requests: int = 0
    points: float = 0
    seconds: float = 0

    @property
    def latency(self) -> float:
        return self.seconds / self.requests if self.requests else 0.0


class ReadSession(Protocol):
    """An open connection that can only read: it has no method that writes, and refuses to send
    a document or a request that would."""

    @property
    def usage(self) -> Usage: ...


class WriteSession(ReadSession, Protocol):
    """A connection that may write. Only the executor is handed one."""

    @property
    def remotes(self) -> Remotes: ...


class Unresolved(PlatformError):
    """A resource was to be written that points at one which has no remote."""


@dataclass(frozen=True, slots=True)
class Remotes:
    """The remotes of a target, kept up to date while an apply creates resources."""

    target: str
    known: dict[Address, Remote] = field(default_factory=dict)

    def __call__(self, kind: str, key: Key) -> Remote:
        """The remote of a resource of this target. Raises `Unresolved`."""
        try:
            return self.known[Address(self.target, kind, key)]
        except KeyError:
            raise Unresolved(f"{self.target}/{kind}/{key} does not exist on the platform") from None


class Kind(Protocol[S, R_in, W_in]):
    """One sort of resource of one platform.

    `managed` is False for things that are only looked up, because others refer to them
    (products, pages): they are read and never written.
    """

    name: str
    spec: type[S]
    managed: bool
    on_drop: OnDrop
    precondition: Precondition
    echo: Echo

    def read(self, session: R_in, target: str, wanted: Wanted) -> AsyncIterator[Resource[S]]:
        """The live resources that are wanted, each under the address it was wanted by.

        A key that is not there is looked up by its remote; found so, the resource carries
        `live_key`. What is not found is not yielded. Every field that the spec can state is
        read, so that a field left out of the reading can not hide a difference.
        Raises `PlatformError`: a read that is not sure to be complete never ends quietly.
        """
        ...

    def batches(self, changes: Sequence[Change[S]]) -> Iterable[Batch[S]]:
        """Pure: the fewest requests that carry out these changes, in order."""
        ...

    async def write(self, session: W_in, batch: Batch[S]) -> Sequence[Outcome[S]]:
        """Carry out one batch; one outcome a change. Raises `Ambiguous` where it is not known
        whether anything was done, and `PlatformError` where nothing was."""
        ...


Layer = Literal["attributes", "values", "products"]
"""What others stand on, from the ground up: attributes and where they belong, their values, and
all that is said of products."""


class HasLayer(Protocol):
    """A kind that does not speak of products. `policy.create` says what of it may be made."""

    layer: Layer


class IsForOthers(Protocol):
    """A kind of things that nobody states for their own sake: files that something shows. One is
    not made where nothing that refers to it can be carried out."""

    for_others: bool


def is_for_others(kind: object) -> bool:
    return bool(getattr(kind, "for_others", False))


def layer_of(kind: object) -> Layer:
    layer: Layer = getattr(kind, "layer", "products")
    return layer


class HasStrangers(Protocol[R_in]):
    """A kind that finds what stands live in the midst of what git states whole, and that git does
    not know: values of a taxonomy that are no terms of it."""

    async def strangers(
        self, session: R_in, target: str, desired: State
    ) -> Sequence[Resource[Any]]: ...


class HasEffects(Protocol[S, R_in]):
    """A kind that can say what a change does beyond its fields, and how many things use what
    would be deleted."""

    async def effects(
        self, session: R_in, changes: Sequence[Change[S]]
    ) -> Mapping[Address, Effect]: ...


Lookup = Callable[[str, Key], Resource[Any] | None]
"""A resource of the target by kind and key: as it is live, else as it is desired."""


class HasPictures(Protocol[S]):
    """A kind whose changes can be looked at. Pure: it tells what was read or stated anyway, files
    by their paths below the folder of desired state."""

    def pictures(self, change: Change[S], at: Lookup) -> Pictures | None: ...


class HasFoundation(Protocol):
    """A kind of which each resource stands on another that its key names: `(kind, key)`. What is
    only live does not say what it needs; a rollback that makes it again asks the key."""

    def stands_on(self, key: Key) -> tuple[str, Key]: ...


class RefersInWords(Protocol[S_in]):
    """A kind whose specs refer to others within texts, where no `Ref` tells. A rollback asks it
    what must be there for a spec to be written again."""

    def refers_to(self, target: str, spec: S_in, /) -> Iterable[Address]: ...


class HasNothing(Protocol):
    """A kind that forgets and still can be emptied: its spec for "there is to be nothing". A
    rollback takes back a creation with it; without it the creation stays, and that is said."""

    def nothing(self) -> Any: ...


class ComingOfOthers(Protocol):
    """A kind of which a resource comes about when another is made: the first picture of a product
    is its thumbnail. `comes_of` names that other one, so that a run knows its own work again."""

    def comes_of(self, found: Resource[Any]) -> Address: ...


class SpeaksOfProducts(Protocol):
    """A kind that can tell which products a resource is about, so that the state of their capsule
    can say whether it may be written. Pure; None for one that is about none."""

    def about(self, resource: Resource[Any], /) -> About | None: ...


class Lasting(Protocol[S_in]):
    """A kind of which some creations can not be taken back, and why; None of those that can."""

    def lasts(self, spec: S_in, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """A store, environment or account behind a provider, as `desired/targets.yaml` has it.

    `settings` is the provider's own model, already validated. `limits` are requests' settings:
    see `desired/targets.yaml`'s schema. folder: the `desired/` of the working tree, under which
    pictures lie.
    """

    name: str
    provider: str
    endpoint: str
    environment: str
    credentials: str
    settings: Any
    timeout: float
    concurrency: int
    requests_per_minute: int | None
    sandbox: bool
    folder: pathlib.Path | None = None


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a mapping may look at: the target, all its intents, and the catalog's answers.

    `answers` is None where nobody was asked (`validate`); a selector then comes to nothing.
    """

    target: Target
    intents: Intents
    answers: Answers | None


Mapped = Iterable[Resource[Any] | Problem]
"""What one intent comes to on one target: resources, and problems where it cannot be honoured."""

IntentMapping = Mapping[type[Intent], Callable[[Any, Compilation], Mapped]]
"""A provider's promises: for each intent kind that it honours, the resources that one intent
comes to. Pure. An intent kind that is missing here is an error at the intent's place."""


@dataclass(frozen=True, slots=True)
class Restatement:
    """What git shall say of one resource.

    resource: as git states it now. values: by path, those that shall be stated instead; None:
    the resource shall not be stated at all. A path may be one that git does not state yet, where
    all that git states is emptiness.
    """

    resource: Resource[Any]
    values: Mapping[Path, Value] | None

    @property
    def address(self) -> Address:
        return self.resource.address

    @property
    def source(self) -> Source:
        """Where git states it."""
        assert self.resource.source is not None
        return self.resource.source


Adopted = Iterable[Edit | Problem]
"""The edits of documents that make a restatement true, and problems where none can."""

IntentAdoption = Mapping[type[Intent], Callable[[Any, Restatement, Compilation], Adopted]]
"""The reverse of `IntentMapping`: for each intent kind, the edits in people's own terms after
which its document comes to what is restated. Pure. What follows from a template or a selector
gets an override and leaves the rule as it is. Whether the edits do what they shall is proved by
compiling anew; a kind of intent that is missing here is told as one that can not be adopted."""


Part = tuple[str, Place]
"""A path below `desired/`, and the way to a part of the document there; the empty way is all."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is there and no intent can say. text: where, why, and what to do. about: the parts
    that would say it: where git has written all of these by itself there is nothing to tell."""

    text: str
    about: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a target has now, in people's own terms.

    documents: path below `desired/` → an intent's data, for this target alone; a plan after them
    has nothing to do. What has a name of its own is in a file of that name. answers: what the
    selectors in them find.
    """

    documents: Mapping[str, Mapping[str, Any]]
    left_out: Sequence[LeftOut] = ()
    answers: Answers = field(default_factory=dict)


Admin = Callable[[Target, Address, Lookup], str | None]
"""Where a resource is shown in the platform's own admin: an https address, or None where that is
not known. Pure."""


def nowhere(_target: Target, _address: Address, _at: Lookup) -> str | None:
    """The `Admin` of a platform that has none."""
    return None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Where to look for what a target's entry leaves out. endpoint: an environment variable.
    credentials: the prefix of such variables."""

    endpoint: str | None = None
    credentials: str | None = None


async def nothing_to_tell(_session: Any, _intents: Intents) -> Sequence[str]:
    """The `notices` of a platform that has none."""
    return ()


Wire = httpx.AsyncBaseTransport
"""What finally carries the bytes: the network, or a sandbox in the same process."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a credential has not: `text` says which permission, `remedy` how it is granted."""

    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Access:
    """The kinds that a credential can not read, and those that it can not write."""

    unreadable: Mapping[str, Lack] = field(default_factory=dict)
    unwritable: Mapping[str, Lack] = field(default_factory=dict)


@dataclass(frozen=True)
class Provider(Generic[R, W]):
    """A platform, as a value.

    kinds: in reading order. settings: the model of a target's `settings:` in targets.yaml.
    credentials: a pydantic-settings model, read from variables with the target's prefix;
    constructed only where a real target is opened. reading / writing: open a session; `wire`
    is the sandbox's door, or None for the network. identify: the account's fingerprint, read
    live. mapping: which intents it honours, and how. adoption: the way back from live values to
    intents. sandbox: an emulated platform over a store (`providers.kit.sandbox.Sandbox`). admin:
    links into the platform's own admin; not asked for sandboxes. opening: what it costs to open
    a session. pace: how fast the platform takes requests, as a session has seen it. access: what
    the credential may not do, as a session has learnt it by `identify`. suited: the same provider
    as a target's settings want it, where its kinds go by them. questions:
    what an intent asks of this platform's catalog: those of the intent itself, unless the
    platform leaves more to us. unsaid: where to look for what a target's entry does not say.
    notices: what the catalog has and these intents leave unsaid, told as warnings with a full plan.
    transcribe: what a target has now as intents, in the shop's order; None for a platform whose
    shops are not taken over so. inspect: products by key, with their media; None for a platform
    of which capsules are not looked at. tags: every tag that some product bears; None for a
    platform without tags.
    """

    name: str
    kinds: tuple[Kind[Any, R, W], ...]
    settings: type[BaseModel]
    credentials: type[BaseModel]
    reading: Callable[[Target, Wire | None], AbstractAsyncContextManager[R]]
    writing: Callable[[Target, Wire | None, Remotes], AbstractAsyncContextManager[W]]
    identify: Callable[[R], Awaitable[str]]
    answer: Callable[[R, Sequence[Question]], Awaitable[Answers]]
    mapping: IntentMapping
    sandbox: Callable[[Any], Any]
    admin: Admin = nowhere
    opening: Range = FREE
    pace: Callable[[R], Pace] = lambda session: Pace(session.usage.latency)
    access: Callable[[R], Access] = lambda session: Access()
    suited: Callable[[Any], Provider[R, W]] | None = None
    adoption: IntentAdoption = field(default_factory=dict)
    questions: Callable[[Intent], Iterable[Question]] = lambda intent: intent.questions()
    unsaid: Unsaid = Unsaid()
    transcribe: Callable[[R, Target], Awaitable[Transcript]] | None = None
    notices: Callable[[R, Intents], Awaitable[Sequence[str]]] = nothing_to_tell
    tags: Callable[[R], Awaitable[Sequence[str]]] | None = None
    inspect: Callable[[R, Sequence[Key]], Awaitable[LiveProducts]] | None = None

    def suited_to(self, target: Target) -> Provider[R, W]:
        return self.suited(target.settings) if self.suited else self

    def kind(self, name: str) -> Kind[Any, R, W]:
        return next(kind for kind in self.kinds if kind.name == name)


AnyProvider = Provider[Any, Any]
