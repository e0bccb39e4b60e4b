"""What a published status makes of an imported row: the state it means, and the codes by which the word is remembered."""

from datetime import date
from typing import Any

from npm_cases.domain.incoming import ImportedRow
from npm_cases.domain.message_values import labelled, quoted
from npm_cases.domain.messages import Said, say
from npm_cases.domain.vocabulary import Vocabulary

VOCABULARY, WORD, PUBLISHED_ON, RESPONSE = "vocabulary", "published_status", "published_on", "published_response"


def status_unfit(row: ImportedRow, vocabulary: Vocabulary | None) -> Said | None:
    """Say why the status of a row means no state; None where it means one, or there is no status."""
    if not row.status:
        return None
    if vocabulary is None:
        return say("status_needs_vocabulary", given=quoted(row.status))
    word, known = vocabulary.find(row.status), ", ".join(vocabulary.taken)
    if word is None:
        return say("status_unknown", given=quoted(row.status), vocabulary=vocabulary.id, known=known)
    if not word.state:
        return say(
            "status_refused", given=quoted(row.status), why=labelled({word.refused["en"]: word.refused}), known=known
        )
    return None


def state_meant(row: ImportedRow, vocabulary: Vocabulary | None) -> str:
    """Return the state the status of a row means; empty where it has none."""
    word = vocabulary.find(row.status) if vocabulary and row.status else None
    return word.state if word else ""


def status_codes(row: ImportedRow, vocabulary: Vocabulary | None) -> dict[str, str]:
    """Return the codes by which a case remembers the published word: they follow the row when it changes."""
    word = vocabulary.find(row.status) if vocabulary and row.status else None
    return {VOCABULARY: vocabulary.id, WORD: word.id} if vocabulary and word else {}


def published_facts(row: ImportedRow, day: date) -> dict[str, Any]:
    """Return what else a case with a status keeps of its row: the day, and the response, which its state no longer shows."""
    if not row.status:
        return {}
    return {PUBLISHED_ON: day.isoformat(), **({RESPONSE: row.reason_code or row.response} if row.response else {})}
