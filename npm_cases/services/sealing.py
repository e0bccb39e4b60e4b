"""Protected text sealed under the key of its case, and opened; a case whose key was destroyed says who did it, and why."""

import json
from collections.abc import Mapping

from npm_cases.domain.errors import Conflict, IntegrityBroken, NotFound
from npm_cases.domain.message_values import an_instant
from npm_cases.domain.messages import Said, say
from npm_cases.domain.names import names_in
from npm_cases.history.event import EventType, read
from npm_cases.services.ports import CaseKey, Office, Work

ERASED = "erased"
"""The fact a case keeps of its erasure: the code of the legal basis."""
KEY_GONE = "the key of this case is gone and no event says it was erased"


def seal(work: Work, office: Office, chain: str, seq: int, at: str, texts: Mapping[str, str]) -> tuple[str, str]:
    """Seal the texts of one event and index the names among them; returns both commitments (body_ct, body_pt).

    Raises Conflict for a case that was erased; IntegrityBroken for one whose key is gone.
    """
    key = key_to_seal(work, office, chain, at)
    plaintext = json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()
    ciphertext, body_ct, body_pt = office.sealer.seal(key, f"{chain}/{seq}", plaintext)
    work.add_sealed(chain, seq, ciphertext)
    for name in names_in(texts):
        work.add_name_token(office.sealer.token(name), chain)
    return body_ct, body_pt


def opened(work: Work, office: Office, chain: str, seq: int) -> dict[str, str]:
    """Open the protected text of one event; the caller records the reading before it shows anything.

    Raises NotFound for an event without one, or a case that was erased; IntegrityBroken.
    """
    ciphertext = work.sealed(chain, seq)
    plaintext = office.sealer.open(key_to_open(work, office, chain), f"{chain}/{seq}", ciphertext)
    return dict(json.loads(plaintext))


def key_to_seal(work: Work, office: Office, case_id: str, at: str) -> CaseKey:
    """Return the key of a case, made now if nothing of it was ever sealed.

    Raises Conflict for a case that was erased; IntegrityBroken for one whose key is gone.
    """
    key = known_key(work, office, case_id)
    if key is None:
        key = office.sealer.new_key(case_id)
        work.add_case_key(key, at)
    return key


def known_key(work: Work, office: Office, case_id: str) -> CaseKey | None:
    """Return the key of a case, or None where nothing of it was ever sealed; raises like ``key_to_seal``."""
    case = work.read_case(case_id)
    if ERASED in case.facts:
        raise Conflict(say("nothing_more_sealed", erased=erased_words(work, office, case_id)))
    key = work.case_key(case_id)
    if key is None and work.holds_sealed(case_id):
        raise IntegrityBroken(say("key_gone_not_recorded", number=case.number))
    return key


def key_to_open(work: Work, office: Office, case_id: str) -> CaseKey:
    """Return the key what is sealed in a case opens with.

    Raises NotFound saying who erased the case, when and on which basis; IntegrityBroken for a key that is gone.
    """
    case = work.read_case(case_id)
    if ERASED in case.facts:
        raise NotFound(erased_words(work, office, case_id))
    key = work.case_key(case_id)
    if key is None:
        raise IntegrityBroken(say("key_gone", number=case.number))
    return key


def erased_words(work: Work, office: Office, case_id: str) -> Said:
    """Say of an erased case, in one sentence, who erased it, when in the country's own time, and on which basis."""
    found = work.rows("case_events", {"chain": case_id, "type": EventType.ERASED.value})
    number = work.number_of(case_id)
    if not found:
        return say("erased_unrecorded", number=number)
    event = read(bytes(found[-1]["data"]))
    return say(
        "was_erased", number=number, at=an_instant(event.at, office.pack.zone), actor=event.actor,
        second=event.approved_by, basis=event.facts["basis"],
    )  # fmt: skip
