"""The files of documents held against the histories that name them: there, and byte for byte what was stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from npm_cases.proving.verdict import Finding
from npm_cases.services.ports import Office
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import found_at


@dataclass
class DocumentCheck:
    """Reads the file of every document a history names, one at a time; those of an erased case stay and are read too."""

    office: Office
    unread: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.unread:
            return ()
        return (f"the documents folder is not there: whether the files of {self.unread} documents are was not checked",)

    def take(self, replay: Replay) -> Iterator[Finding]:
        """Take a case whose history holds, and give the documents whose file is missing or was changed."""
        if not replay.documents:
            return
        if not self.office.documents.at_hand:
            self.unread += len(replay.documents)
            return
        for document, mark in replay.documents.items():
            if fault := self.office.documents.fault(document):
                yield found_at(replay.chain, mark, f"the file of document {document} is {fault}")
