"""Files given to import, kept from the page that shows what they would do to the one that does it: sealed, and for an hour."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.file_names import clean_name
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.message_values import a_size, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.documents import Upload
from npm_cases.services.ports import Office

KEPT_FOR = timedelta(hours=1)
LARGEST_UPLOAD = 16 * 1024 * 1024
MOST_KEPT = 20
"""Files of one person; the oldest makes room."""
_OWNER_DIGITS = 16


class UploadStore(Protocol):
    """Keeps bytes under names for a while; ``get`` is None for a name there is not. Names sort by the instant in front."""

    def names(self) -> list[str]: ...
    def put(self, name: str, content: bytes) -> None: ...
    def get(self, name: str) -> bytes | None: ...
    def discard(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One file as it was given; ``digest`` is the SHA-256 of its content, ``came_from`` the file whose refused rows it holds."""

    id: str
    name: str
    digest: str
    came_from: str
    content: bytes = field(repr=False)


def keep(office: Office, store: UploadStore, upload: Upload, actor: Actor, at: str, came_from: str = "") -> str:
    """Keep a file for whoever gave it and return the name it goes by; what is older than an hour is removed.

    Raises NotAllowed for a role that may not import; BadInput for an empty or an over-large file.
    """
    access.need(actor, "import cases")
    name, content = clean_name(upload[0]), _content(upload)
    remove_old(store, at)
    mine = _of(store, actor)
    for old in mine[: max(0, len(mine) - MOST_KEPT + 1)]:
        store.discard(old)
    upload_id = office.new_id()
    where = f"{stamp(at)}-{_owner(actor)}-{upload_id}"
    head = {"name": name, "digest": hashlib.sha256(content).hexdigest(), "came_from": came_from}
    store.put(where, office.sealer.seal_secret(_place(where), json.dumps(head).encode() + b"\n" + content))
    return upload_id


def kept(office: Office, store: UploadStore, upload_id: str, actor: Actor, at: str) -> Kept:
    """Return a file its giver kept.

    Raises NotFound when it is gone, or was given by somebody else; NotAllowed; IntegrityBroken when its bytes were changed.
    """
    access.need(actor, "import cases")
    remove_old(store, at)
    where = next((name for name in _of(store, actor) if name.endswith(f"-{upload_id}")), "")
    sealed = store.get(where) if where else None
    if sealed is None:
        raise NotFound(say("upload_gone", minutes=int(KEPT_FOR.total_seconds()) // 60))
    head, _, content = office.sealer.open_secret(_place(where), sealed).partition(b"\n")
    told = json.loads(head)
    return Kept(upload_id, told["name"], told["digest"], told["came_from"], content)


def need_same(file: Kept, digest: str) -> None:
    """Let pass only the very bytes whose rows were shown; raises Conflict."""
    if file.digest != digest:
        raise Conflict(say("upload_other"))


def forget(store: UploadStore, upload_id: str, actor: Actor) -> None:
    """Remove a file that was used."""
    for name in _of(store, actor):
        if name.endswith(f"-{upload_id}"):
            store.discard(name)


def remove_old(store: UploadStore, at: str) -> None:
    """Remove what was kept for an hour or more."""
    limit = stamp(as_text(from_text(at) - KEPT_FOR))
    for name in store.names():
        if name[: len(limit)] <= limit:
            store.discard(name)


def stamp(at: str) -> str:
    """Write an instant (UTC text) as the beginning of a name."""
    return at.replace(":", "").replace("-", "")


def _of(store: UploadStore, actor: Actor) -> list[str]:
    return sorted(name for name in store.names() if f"-{_owner(actor)}-" in name)


def _owner(actor: Actor) -> str:
    return hashlib.sha256(actor.user.encode()).hexdigest()[:_OWNER_DIGITS]


def _place(where: str) -> str:
    return f"upload/{where}"


def _content(upload: Upload) -> bytes:
    name, given = upload
    content = given if isinstance(given, bytes) else given.read(LARGEST_UPLOAD + 1)
    if not content:
        raise BadInput(say("file_empty", name=quoted(name)))
    if len(content) > LARGEST_UPLOAD:
        raise BadInput(say("upload_too_large", name=quoted(name), most=a_size(LARGEST_UPLOAD)))
    return content
