"""Mail addresses as a server takes them: one plain mailbox, or a refusal that does not repeat the address."""

import re
import unicodedata
from typing import Final

_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\Z")
_LONGEST_LOCAL_PART: Final = 64  # octets, RFC 5321 section 4.5.3.1.1
_LONGEST_ADDRESS: Final = 254  # octets, a path of 256 less its brackets, section 4.5.3.1.3


def mailbox(address: str) -> str:
    """Give an address as a server takes it: a plain local part, the domain in ASCII (IDNA).

    Raises ValueError, whose message names the fault and never the address: quotes, lists, spaces, control characters
    and letters outside ASCII before the @ are refused, because two programs may read them as different recipients.
    """
    if is_unprintable(address):
        raise ValueError("the address holds a line end or a control character")
    local_part, at, domain = address.rpartition("@")
    if not at or not _LOCAL_PART.match(local_part) or len(local_part) > _LONGEST_LOCAL_PART:
        raise ValueError("the address is not one plain mailbox; write it as name@domain")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("the domain of the address is not a domain") from None
    if not _DOMAIN.match(domain) or len(local_part) + len(domain) >= _LONGEST_ADDRESS:
        raise ValueError("the domain of the address is not a domain")
    return f"{local_part}@{domain}"


def is_unprintable(text: str) -> bool:
    """Whether a header text holds a control, a line or paragraph separator, a direction override or a surrogate."""
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)
