"""A backup of an office: a database file, the sealed documents, and a manifest that says what they are and what they hash to.

No key is in it. The manifest is JSON; what it says is held against the backup itself before anything of it is used.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.domain.messages import say

FORMAT = "npm-cases backup 1"
DATABASE, DOCUMENTS = "cases.db", "documents"
MANIFEST, DIGEST = "manifest.json", "manifest.sha256"
_NAME = re.compile(rf"{re.escape(DATABASE)}|{DOCUMENTS}/([0-9a-f]{{2}})/(?=\1)[0-9a-f]{{64}}")
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file: its name inside the backup, how many bytes, their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a database is: its log, the revision of its tables, its events, size and root of the log, the newest checkpoint.

    ``checkpoint`` is the signed note with its witnesses, empty where nothing was signed.
    """

    origin: str
    revision: str
    events: int
    log_size: int
    log_root: str
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Identity):
    """What a database is, and the names of its documents."""

    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(Identity):
    """What a backup says of itself; ``missing`` are documents that were lost or damaged before it was made."""

    format: str
    made_at: str
    program: str
    came_from: str
    country: str
    calendar: str
    missing: tuple[str, ...]
    files: tuple[BackupFile, ...]

    def text(self) -> str:
        """Return it as it is written."""
        return json.dumps({"format": self.format, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

    @property
    def documents(self) -> frozenset[str]:
        """The names of the documents in it."""
        return frozenset(one.sha256 for one in self.files if one.name != DATABASE)

    @property
    def size(self) -> int:
        """How many bytes its files have together."""
        return sum(one.size for one in self.files)


def read_manifest(text: str, folder: str) -> Manifest:
    """Read a manifest back.

    Raises IntegrityBroken for a text that is none; ConfigurationError for one of a format this program does not read.
    """
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise ConfigurationError(say("backup_format_unknown", found=said["format"]))
        files = tuple(_file(one) for one in said["files"])
        made = Manifest(**{**said, "missing": tuple(map(str, said["missing"])), "files": files})
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityBroken(say("not_a_backup", folder=folder)) from error
    if [one.name for one in files].count(DATABASE) != 1:
        raise IntegrityBroken(say("not_a_backup", folder=folder))
    return made


def _file(said: Mapping[str, Any]) -> BackupFile:
    """Take only names of our own making: no file of a backup is put anywhere else."""
    made = BackupFile(str(said["name"]), int(said["size"]), str(said["sha256"]))
    named_by_hash = made.name == DATABASE or made.name.endswith(made.sha256)
    if not (_NAME.fullmatch(made.name) and _HASH.fullmatch(made.sha256) and named_by_hash):
        raise ValueError(made.name)
    return made


def need_same(manifest: Manifest, facts: Facts) -> None:
    """Let pass only a manifest that says what its own database is.

    Raises IntegrityBroken: parts of different backups lie together.
    """
    for what in (field.name for field in fields(Identity)):
        said, found = getattr(manifest, what), getattr(facts, what)
        if said != found:
            raise IntegrityBroken(say("backup_says_otherwise", what=what, said=_short(said), found=_short(found)))
    there = manifest.documents | set(manifest.missing)
    if there != set(facts.documents):
        raise IntegrityBroken(
            say("backup_says_otherwise", what="documents", said=len(there), found=len(facts.documents))
        )


def _short(value: object) -> str:
    return repr(value) if isinstance(value, int) else repr(str(value)[:80])
