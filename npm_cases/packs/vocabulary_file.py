"""Vocabulary files: the TOML of ``config/vocabularies/`` read into a Vocabulary. The format is docs/vocabularies.md."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from npm_cases.domain.errors import BadInput
from npm_cases.domain.vocabulary import AXES, StatusWord, Vocabulary, spelled
from npm_cases.packs.located import BadPack, LocatedToml, Problem, Where, parse_toml, read_toml

LANGUAGES = frozenset({"en", "ru", "kk"})
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    """A table of the file: an unknown key is a mistake, a text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Word(_Table):
    id: Code
    word: Text
    spellings: list[Text] = Field(default_factory=list)
    reply: str = ""
    implementation: str = ""
    end: str = ""
    refused: dict[str, Text] = Field(default_factory=dict)
    note: str = ""

    @property
    def means(self) -> dict[str, str]:
        return {axis: state for axis in AXES if (state := str(getattr(self, axis)))}


class _File(_Table):
    id: Code
    labels: dict[str, Text]
    source: Text
    words: list[_Word] = Field(min_length=1)


def load_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary file. Raises BadPack, which names every wrong line and what to do about it."""
    return _from(read_toml(path))


def parse_vocabulary(text: str, file: str) -> Vocabulary:
    """Read the text of a vocabulary file; ``file`` is what to call it in complaints. Raises BadPack."""
    return _from(parse_toml(text, file))


@lru_cache(1)
def vocabularies() -> tuple[Vocabulary, ...]:
    """Return the vocabularies that come with the program, by id. Raises BadPack."""
    folder = Path(str(resources.files("config"))) / "vocabularies"
    return tuple(load_vocabulary(path) for path in sorted(folder.glob("*.toml")))


def vocabulary(name: str) -> Vocabulary:
    """Return a vocabulary by its id, or by the path of a TOML file. Raises BadInput naming those there are; BadPack."""
    if name.endswith(".toml"):
        return load_vocabulary(Path(name))
    for one in vocabularies():
        if one.id == name:
            return one
    known = ", ".join(one.id for one in vocabularies())
    raise BadInput(f"there is no vocabulary {name!r}; there are {known}: give one of them, or the path of a TOML file")


def _from(toml: LocatedToml) -> Vocabulary:
    written = toml.checked(_File)
    found = [*_labels_wrong(written), *_meanings_wrong(written), *_repeated(written)]
    if found:
        raise BadPack.of(toml.file, [Problem(toml.line_of(where), reason) for where, reason in found])
    words = tuple(
        StatusWord(one.id, one.word, tuple(one.spellings), *_meaning(one), dict(one.refused), one.note)
        for one in written.words
    )
    return Vocabulary(written.id, dict(written.labels), written.source, words)


def _meaning(word: _Word) -> tuple[str, str]:
    return next(iter(word.means.items()), ("", ""))


def _labels_wrong(written: _File) -> Iterator[tuple[Where, str]]:
    if missing := sorted(LANGUAGES - written.labels.keys()):
        yield ("labels",), f"labels: there is none in {', '.join(missing)}"
    for i, one in enumerate(written.words):
        if one.refused and (missing := sorted(LANGUAGES - one.refused.keys())):
            yield ("words", i, "refused"), f"refused: the reason is missing in {', '.join(missing)}"


def _meanings_wrong(written: _File) -> Iterator[tuple[Where, str]]:
    for i, one in enumerate(written.words):
        if len(one.means) + bool(one.refused) != 1:
            yield (
                ("words", i),
                f"{one.word!r} needs exactly one of {', '.join(AXES)} (the state it means) and refused (why it means none)",
            )
        for axis, state in one.means.items():
            if state not in AXES[axis]:
                known = ", ".join(sorted(AXES[axis]))
                yield ("words", i, axis), f"{axis} = {state!r} is not one of {known}"


def _repeated(written: _File) -> Iterator[tuple[Where, str]]:
    ids: set[str] = set()
    seen: dict[str, str] = {}
    for i, one in enumerate(written.words):
        if one.id in ids:
            yield ("words", i, "id"), f"there is a word {one.id!r} already"
        ids.add(one.id)
        for text in (one.word, *one.spellings):
            if (other := seen.setdefault(spelled(text), one.id)) != one.id:
                yield ("words", i), f"{text!r} is a spelling of the word {other!r} already"
