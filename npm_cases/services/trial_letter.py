"""A letter that says only that mail works, to an address somebody types: never a word of a case, a person or a place."""

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.mailroom import Outgoing, SendAll, Tried
from npm_cases.services.ports import Office

TEMPLATE = "trial"


def send_test(office: Office, send: SendAll | None, to: str, lang: str, actor: Actor, at: str) -> Tried:
    """Send one letter at once, outside the outbox, and say what became of it; it is not tried again.

    Raises NotAllowed for anybody but an administrator; BadInput without an address; Conflict where no mail server is set.
    """
    access.need(actor, "send a test letter")
    if not to.strip():
        raise BadInput(say("field_needed", field="email"))
    if send is None:
        raise Conflict(say("no_mail_server"))
    message_id = f"<{office.new_id()}@{office.mail_domain}>"
    tried = send([Outgoing(message_id, to.strip(), TEMPLATE, lang, {}, from_text(at))])
    return next(iter(tried))
