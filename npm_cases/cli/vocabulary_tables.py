"""Print docs/vocabularies.md: what the published status words of others mean here, and which are refused."""

import sys
from collections.abc import Iterator
from pathlib import Path

from npm_cases.domain.vocabulary import AXES, Vocabulary
from npm_cases.packs.vocabulary_file import vocabularies

HEAD = """# Status words of others

Printed by `python -m npm_cases.cli.vocabulary_tables docs/vocabularies.md` from `config/vocabularies/`.

Committees, inspectorates and ombudsmen publish how far their recommendations got, each in words of its own. A *vocabulary* is a
TOML file that says what each of these words is here: a state, or a refusal with its reason. A word stands on one of three axes,
which are never mixed: the addressee's reply, how far implementation got, an end.

| Axis | States a word may mean |
|---|---|
{axes}

**Import.** The formats `csv`, `json` and `upr` take a column `status` (`Status` in `upr`). `npm-cases import FILE --format csv
--vocabulary hmip` reads it; without `--vocabulary` the file is read only if exactly one vocabulary knows every status in it, and the
answer says which. A row whose word is refused or unknown is refused with its line, the reason and the words there are. Spellings are
compared without case and with single spaces. A case begins in the state its word means, and its first event keeps vocabulary, word
and day, so nothing of the publication is lost. The state is what others found or were told; what we do about it is the clock that
state starts. If the file comes again with another word, the case keeps its state and remembers the new word: no state moves
without a person.

**Report.** `npm-cases report status --vocabulary hmip [--from DAY] [--to DAY] [--channel C] [--region R] [--json]` counts
recommendations in the words of a vocabulary. A case that has not moved since it was imported counts under the very word it came with,
so a published split comes out as it was published. A case that moved counts under the word of its present state. Where several words
mean that state, they stand together as *not told apart*; where none does, the state itself is counted. Nothing is guessed, and
total = by word + not told apart + without a word. The days are those of the publication; of other cases the day of issue, else of entry.

**A vocabulary of your own.** Write a file as below and give its path to `--vocabulary`. What is wrong in it is told by file and line.

```toml
id = "example"
labels = {{ en = "...", ru = "...", kk = "..." }}
source = "who publishes these words, where"

[[words]]
id = "done"                     # remembered in the history: never change it
word = "Done"                   # as published, and as reports print it
spellings = ["completed"]       # other ways to write it
implementation = "implemented"  # or reply = ..., or end = ..., or refused = {{ en = "why", ru = "...", kk = "..." }}
note = "what a reader of the table should know"
```
"""


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield HEAD.format(axes="\n".join(f"| {axis} | {', '.join(sorted(AXES[axis]))} |" for axis in AXES))
    for one in vocabularies():
        yield from _section(one)


def _section(one: Vocabulary) -> Iterator[str]:
    yield f"## `{one.id}`: {one.labels['en']}\n"
    yield f"{one.source}.\n"
    yield "| Word | Other spellings | Axis | State | Note |\n|---|---|---|---|---|"
    for word in one.words:
        state = f"`{word.state}`" if word.state else "refused"
        yield f"| {word.word} | {'; '.join(word.spellings)} | {word.axis} | {state} | {word.refused.get('en', word.note)} |"
    yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("\n".join(page()), encoding="utf-8")
