"""A document on its way in: looked at piece by piece, refused as soon as it is known to be none that is kept."""

from collections.abc import Callable, Iterator

from npm_cases.domain.errors import BadInput
from npm_cases.domain.file_kinds import HEAD_BYTES, OLE_MARK, TEXT, ZIP_MARK, Kind, TextCheck, kind_of
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.zipped_kinds import Tail, zipped_kind


class Incoming:
    """The content of a document as it comes; ``size`` counts its bytes. ``name`` is only said in messages."""

    def __init__(self, name: str) -> None:
        self.size = 0
        self._name = name
        self._head: bytes | None = b""
        self._kind: Kind | None = None
        self._text: TextCheck | None = None
        self._tail: Tail | None = None

    def take(self, piece: bytes) -> None:
        """Look at the next piece.

        Raises BadInput once the content is known to be of no kind that is kept.
        """
        self.size += len(piece)
        if self._head is not None:
            self._head += piece
            if len(self._head) >= HEAD_BYTES:
                self._decide()
        else:
            self._pass_on(piece)

    def finish(self, pieces: Callable[[], Iterator[bytes]]) -> Kind:
        """Return the kind of the whole document; ``pieces`` reads it once more where its end decides.

        Raises BadInput: empty, of no kind that is kept, or an Office file that holds programs, is locked or too dense.
        """
        if not self.size:
            raise BadInput(say("file_empty", name=quoted(self._name)))
        self._decide()
        if self._tail is not None:
            return zipped_kind(self._name, self._tail, pieces)
        self._pass_on(b"", is_last=True)
        if self._kind is None:
            raise self._refused()
        return self._kind

    def _decide(self) -> None:
        if self._head is None:
            return
        head, self._head = self._head, None
        if head.startswith(OLE_MARK):
            raise BadInput(say("old_office_file", name=quoted(self._name)))
        if head.startswith(ZIP_MARK):
            self._tail = Tail()
        else:
            self._kind = kind_of(head[:HEAD_BYTES])
            if self._kind is None:
                raise self._refused()
        if self._kind == TEXT:
            self._text = TextCheck()
        self._pass_on(head)

    def _pass_on(self, piece: bytes, *, is_last: bool = False) -> None:
        if self._tail is not None:
            self._tail.take(piece)
        if self._text is not None and not self._text.take(piece, is_last=is_last):
            raise self._refused()

    def _refused(self) -> BadInput:
        return BadInput(say("kind_not_taken", name=quoted(self._name)))
