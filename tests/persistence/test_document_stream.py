"""A document as a stream of sealed chunks: whole and in order, or refused; memory stays flat."""

import io
import tracemalloc
from collections.abc import Callable

import pytest

from npm_cases.domain.errors import IntegrityBroken
from npm_cases.persistence.document_stream import CHUNK, HEADER_BYTES, TAG_BYTES, opened_chunks, sealed_chunks

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
CASE, OTHER_CASE = "a" * 32, "b" * 32
SEALED = CHUNK + TAG_BYTES
THREE = bytes(range(256)) * (3 * CHUNK // 256)


def sealed(content: bytes) -> bytes:
    return b"".join(sealed_chunks(KEY, CASE, io.BytesIO(content)))


def opened(ciphertext: bytes, key: bytes = KEY, case: str = CASE) -> bytes:
    return b"".join(opened_chunks(key, case, io.BytesIO(ciphertext)))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_is_sealed_opens_as_it_was(size: int) -> None:
    content = bytes(i % 251 for i in range(size))
    ciphertext = sealed(content)
    assert opened(ciphertext) == content
    assert len(ciphertext) == HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // CHUNK))


def test_one_content_sealed_twice_is_two_ciphertexts_of_different_keys() -> None:
    first, second = sealed(THREE), sealed(THREE)
    assert first[:HEADER_BYTES] != second[:HEADER_BYTES]
    with pytest.raises(IntegrityBroken):
        opened(first[:HEADER_BYTES] + second[HEADER_BYTES:])


def chunks(ciphertext: bytes) -> tuple[bytes, list[bytes]]:
    body = ciphertext[HEADER_BYTES:]
    return ciphertext[:HEADER_BYTES], [body[i : i + SEALED] for i in range(0, len(body), SEALED)]


def rearranged(order: list[int]) -> Callable[[bytes], bytes]:
    def change(ciphertext: bytes) -> bytes:
        header, parts = chunks(ciphertext)
        return header + b"".join(parts[i] for i in order)

    return change


def flipped(at: int) -> Callable[[bytes], bytes]:
    def change(ciphertext: bytes) -> bytes:
        changed = bytearray(ciphertext)
        changed[at] ^= 1
        return bytes(changed)

    return change


CHANGES = {
    "two chunks change places": rearranged([1, 0, 2]),
    "the middle is left out": rearranged([0, 2]),
    "a chunk stands twice": rearranged([0, 1, 1, 2]),
    "the last chunk is cut off": rearranged([0, 1]),
    "all but the first are cut off": rearranged([0]),
    "every chunk is cut off": rearranged([]),
    "half a chunk is cut off": lambda whole: whole[: -CHUNK // 2],
    "the last byte is cut off": lambda whole: whole[:-1],
    "something follows the end": lambda whole: whole + b"x",
    "a chunk follows the end": rearranged([0, 1, 2, 2]),
    "a bit of the salt is flipped": flipped(30),
    "a bit of the commitment is flipped": flipped(HEADER_BYTES - 1),
    "a bit of the magic is flipped": flipped(0),
    "a bit of the content is flipped": flipped(HEADER_BYTES + 5),
    "a bit of a tag is flipped": flipped(HEADER_BYTES + SEALED - 1),
    "the header alone is left": lambda whole: whole[:HEADER_BYTES],
    "half the header is left": lambda whole: whole[:20],
    "nothing is left": lambda _: b"",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_was_changed_is_refused(change: str) -> None:
    with pytest.raises(IntegrityBroken, match="call the auditor"):
        opened(CHANGES[change](sealed(THREE)))


def test_a_file_of_another_case_or_key_is_refused_before_its_first_byte() -> None:
    for key, case in ((KEY, OTHER_CASE), (OTHER_KEY, CASE)):
        with pytest.raises(IntegrityBroken, match="not sealed under the key of this case"):
            next(opened_chunks(key, case, io.BytesIO(sealed(THREE))))


def test_content_that_comes_in_small_pieces_is_sealed_in_whole_chunks() -> None:
    class Trickling(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1_000))

    assert opened(b"".join(sealed_chunks(KEY, CASE, Trickling(THREE)))) == THREE


def test_memory_stays_flat_whatever_the_size() -> None:
    class Zeros:
        left = 128 * 1024 * 1024

        def read(self, size: int, /) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    class Passing:
        """Hands the ciphertext on as it is made, so that neither side holds it."""

        def __init__(self) -> None:
            self._pieces, self._rest = sealed_chunks(KEY, CASE, Zeros()), b""

        def read(self, size: int, /) -> bytes:
            while len(self._rest) < size and (piece := next(self._pieces, b"")):
                self._rest += piece
            read, self._rest = self._rest[:size], self._rest[size:]
            return read

    opened(sealed(b"loads what is imported when first used"))
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in opened_chunks(KEY, CASE, Passing()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == Zeros.left
    assert peak < 2 * 1024 * 1024, peak
