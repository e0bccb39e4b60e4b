"""One term in the three languages of the mechanism."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """What a person reads for a term; `kk_reviewed` turns true when a speaker of Kazakh has checked it."""

    en: str
    ru: str
    kk: str
    kk_reviewed: bool = False
