"""One sentence a person reads when something is not done, in English, Russian and Kazakh."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence with places for values; ``hint`` is what to type, which the command line alone adds.

    Sentences begin in small letters and end without a full stop: who shows them does the rest. The Kazakh has not been
    checked by a speaker yet.
    """

    en: str
    ru: str
    kk: str
    hint: str = ""
