"""Pictures into the shop: staged, uploaded as they were signed, made files, and awaited.

What an earlier try made, whose answer was lost, is found among the newest files once they are
processed; and Shopify itself refuses a name that is taken. Either way the file that is there is
taken, and nothing is uploaded twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import anyio

from providers.kit.graphql import Mutation, Query
from providers.shopify.client import ShopifyReader, ShopifyWriter, UserErrors, row_of, told
from providers.shopify.naming import file_name, is_content
from providers.shopify.originals import is_address
from reconciler.concurrent import side_by_side
from reconciler.intent.assets import ending, fits, sort_of
from reconciler.model.address import Key
from reconciler.provider import Ambiguous, PlatformError

FIELDS: Final = """id alt fileStatus fileErrors { code message details }
  ... on MediaImage { image { url } }
  ... on GenericFile { url }"""

PATIENCE: Final = 120.0
"""How long files are waited for until they are processed, in seconds."""

_WHILE: Final = 20.0
"""How long others' pictures are waited for, of which one may be ours, in seconds."""

_NEWEST: Final = 50
_AT_ONCE: Final = 4

_LATEST: Final = Query(
    f"query NewestFiles {{ files(first: {_NEWEST}, reverse: true, sortKey: ID) {{"
    f" nodes {{ {FIELDS} }} }} }}",
    cost=25,
)
_NAMED: Final = Query(
    f"query FileNamed($search: String!) {{ files(first: 10, query: $search, sortKey: ID) {{"
    f" nodes {{ {FIELDS} }} }} }}",
    cost=15,
)
_THESE: Final = Query(
    f"query FilesBeingProcessed($ids: [ID!]!) {{"
    f" nodes(ids: $ids) {{ ... on File {{ {FIELDS} }} }} }}",
    cost=60,
)
_STAGE: Final = Mutation(
    """mutation StageUploads($input: [StagedUploadInput!]!) {
      stagedUploadsCreate(input: $input) {
        stagedTargets { url resourceUrl parameters { name value } }
        userErrors { field message }
      }
    }""",
    cost=11,
)
_CREATE: Final = Mutation(
    f"""mutation CreateFiles($files: [FileCreateInput!]!) {{
      fileCreate(files: $files) {{
        files {{ {FIELDS} }}
        userErrors {{ field message code }}
      }}
    }}""",
    cost=22,
)
_DELETE: Final = Mutation(
    """mutation DeleteFailedFiles($fileIds: [ID!]!) {
      fileDelete(fileIds: $fileIds) { deletedFileIds userErrors { field message code } }
    }"""
)

_TAKEN: Final = ("FILENAME_ALREADY_EXISTS", "DUPLICATE_FILENAME_ERROR")

File = Mapping[str, Any]
Made = dict[Key, File | str]
"""By name: the file as the shop has it, or why there is none."""


async def uploaded(session: ShopifyWriter, wanted: Mapping[Key, tuple[str, str]]) -> Made:
    """Files by name, each of a source with its alt text. Raises `Ambiguous` where it is not known
    whether files were made."""
    made: Made = dict(await _there_already(session, wanted))
    contents = await _contents(
        session, {n: s for n, (s, _) in wanted.items() if n not in made}, made
    )
    staged = await _staged(session, contents, made)
    files = [_input(name, address, wanted[name][1]) for name, address in staged.items()]
    pending = await _created(session, files, made)
    await _processed(session, pending, made)
    return made


# What is there


async def _there_already(session: ShopifyReader, names: Iterable[Key]) -> dict[Key, File]:
    """Of the newest files those with these names, once all of them have names."""
    wanted = set(names)
    found: dict[Key, File] = {}
    if not wanted:
        return found
    newest: Sequence[File] = (await session.query(_LATEST))["files"]["nodes"]
    pictures = (file for file in newest if "/MediaImage/" in file["id"])
    waiting = [file["id"] for file in pictures if _is_on_its_way(file)]
    processed = await _awaited(session, waiting, _WHILE)
    for file in [*newest, *processed]:
        name = file_name(file)
        if name is not None and name in wanted and file["fileStatus"] == "READY":
            found.setdefault(name, file)
    return found


def _is_on_its_way(file: File) -> bool:
    return file.get("fileStatus") in ("UPLOADED", "PROCESSING")


# What is uploaded


async def _contents(
    session: ShopifyWriter, sources: Mapping[Key, str], made: Made
) -> dict[Key, bytes]:
    places = anyio.Semaphore(_AT_ONCE)
    found = await side_by_side(
        partial(_content, session, places, name, source) for name, source in sources.items()
    )
    contents: dict[Key, bytes] = {}
    for name, content in zip(sources, found, strict=True):
        if isinstance(content, str):
            made[name] = content
        else:
            contents[name] = content
    return contents


async def _content(
    session: ShopifyWriter, places: anyio.Semaphore, name: Key, source: str
) -> bytes | str:
    """The picture, or why it is not the one that was meant."""
    try:
        async with places:
            content = await session.originals.content(source)
    except PlatformError as error:
        return str(error)
    sort = sort_of(content)
    if not fits(name, sort):
        really = f"a {sort}" if sort else "no picture"
        return f"{source} is {really} by its content, and is called {ending(name)}"
    if not is_address(source) and not is_content(name, content):
        return f"{source} is not what was planned any more · plan again"
    return content


async def _staged(
    session: ShopifyWriter, contents: Mapping[Key, bytes], made: Made
) -> dict[Key, str]:
    """Where each content lies now, in the storage."""
    if not contents:
        return {}
    asked = [_target_input(name, content) for name, content in contents.items()]
    data = await session.writer.mutate(_STAGE, input=asked)
    payload = data["stagedUploadsCreate"]
    wrong = {row_of(error): told(error) for error in payload["userErrors"]}
    places = anyio.Semaphore(_AT_ONCE)
    put = await side_by_side(
        partial(_put, session, places, name, content, target, wrong.get(index))
        for index, ((name, content), target) in enumerate(
            zip(contents.items(), payload["stagedTargets"], strict=True)
        )
    )
    staged: dict[Key, str] = {}
    for name, why, target in zip(contents, put, payload["stagedTargets"], strict=True):
        if why is not None:
            made[name] = why
        else:
            staged[name] = target["resourceUrl"]
    return staged


def _target_input(name: Key, content: bytes) -> dict[str, Any]:
    return {
        "filename": name,
        "mimeType": f"image/{sort_of(content)}",
        "resource": "IMAGE",
        "httpMethod": "POST",
        "fileSize": str(len(content)),
    }


async def _put(
    session: ShopifyWriter,
    places: anyio.Semaphore,
    name: Key,
    content: bytes,
    target: Mapping[str, Any],
    wrong: str | None,
) -> str | None:
    """Why it was not uploaded; None where it was."""
    if wrong is not None or not target["url"]:
        return wrong or "Shopify gave no place to upload it to"
    try:
        async with places:
            await session.storage.upload(target, name, content, f"image/{sort_of(content)}")
    except PlatformError as error:
        return f"it could not be uploaded: {error}"
    return None


def _input(name: Key, address: str, alt: str) -> dict[str, Any]:
    """`IMAGE` makes a picture that metafields and galleries take; a name is never changed."""
    return {
        "originalSource": address,
        "contentType": "IMAGE",
        "filename": name,
        "alt": alt,
        "duplicateResolutionMode": "RAISE_ERROR",
    }


# What is made of it


async def _created(
    session: ShopifyWriter, files: Sequence[dict[str, Any]], made: Made
) -> dict[Key, File]:
    """The mutation makes all or none: what is refused is taken out, and the rest sent again."""
    if not files:
        return {}
    try:
        payload = await session.mutate(_CREATE, "fileCreate", files=list(files))
    except UserErrors as refused:
        wrong = {row_of(error): error for error in refused.errors}
        if not wrong.keys() <= set(range(len(files))):
            wrong = dict.fromkeys(range(len(files)), refused.errors[0])
        for index, error in wrong.items():
            await _refused(session, str(files[index]["filename"]), error, made)
        left = [file for index, file in enumerate(files) if index not in wrong]
        return await _created(session, left, made)
    names = [str(file["filename"]) for file in files]
    return dict(zip(names, payload["files"], strict=True))


async def _refused(session: ShopifyReader, name: Key, error: Mapping[str, Any], made: Made) -> None:
    """Where the name is taken, the file that has it is the one."""
    found = await _called(session, name) if error.get("code") in _TAKEN else None
    made[name] = found or told(error)


async def _called(session: ShopifyReader, name: Key) -> File | None:
    data = await session.query(_NAMED, search=f'filename:"{name}"')
    ready = (file for file in data["files"]["nodes"] if file.get("fileStatus") == "READY")
    return next((file for file in ready if file_name(file) == name), None)


async def _processed(session: ShopifyWriter, pending: Mapping[Key, File], made: Made) -> None:
    """A file that could not be processed shows nothing and is taken out again."""
    by_id = {file["id"]: name for name, file in pending.items()}
    try:
        settled = await _awaited(session, list(by_id))
    except Ambiguous:
        raise
    except PlatformError as error:
        raise Ambiguous(f"files were made, and could not be looked at: {error}") from error
    useless: dict[Key, str] = {}
    for file in settled:
        name = by_id[file["id"]]
        if file["fileStatus"] == "READY":
            made[name] = file
        elif file["fileStatus"] == "FAILED":
            useless[name] = file["id"]
            made[name] = await _failure(session, name, file)
    for name in by_id.values():
        made.setdefault(name, f"Shopify still processes it after {PATIENCE:g} s · plan again later")
    if useless:
        await _taken_out(session, useless, made)


async def _taken_out(session: ShopifyWriter, useless: Mapping[Key, str], made: Made) -> None:
    """Where that goes wrong, the others are there all the same."""
    try:
        await session.mutate(_DELETE, "fileDelete", fileIds=list(useless.values()))
    except PlatformError as error:
        for name, id_ in useless.items():
            if isinstance(why := made[name], str):
                made[name] = f"{why}; {id_} shows nothing and could not be deleted: {error}"


async def _failure(session: ShopifyReader, name: Key, file: File) -> File | str:
    errors = file["fileErrors"]
    if any(error["code"] in _TAKEN for error in errors):
        try:
            found = await _called(session, name)
        except PlatformError as error:
            return f"the name is taken, and what has it could not be looked up: {error}"
        if found is not None:
            return found
    return "; ".join(_words(error) for error in errors) or "Shopify could not process it"


def _words(error: Mapping[str, Any]) -> str:
    details = f" {error['details']}" if error.get("details") else ""
    return f"{error['message']}{details} ({error['code']})"


async def _awaited(
    session: ShopifyReader, ids: Sequence[str], patience: float = PATIENCE
) -> list[File]:
    """The files as they are when all are processed, or when patience ends."""
    found: dict[str, File] = {}
    waited, pause = 0.0, 0.5
    while True:
        left = [id_ for id_ in ids if id_ not in found]
        if not left or waited >= patience:
            return list(found.values())
        await anyio.sleep(pause)
        waited, pause = waited + pause, min(8.0, pause * 2)
        for file in (await session.query(_THESE, ids=left))["nodes"]:
            if file and not _is_on_its_way(file):
                found[file["id"]] = file
