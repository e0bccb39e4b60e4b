"""The outbox: notices waiting, mails claimed under a lease, what became of every try, and who is reached."""

from npm_cases.domain.records import Notice
from npm_cases.persistence import rows, statements as sql
from npm_cases.persistence.database import Database
from npm_cases.persistence.gathering import Gathering
from npm_cases.services.ports import Ready, Recipient

MOST_CARRIED = 10_000


class MailRows(Gathering):
    """The part of the unit of work that keeps the outbox."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        super().__init__(database, writing=writing)
        self._recipients: dict[tuple[str, str], Recipient | None] = {}

    def queue(self, notice: Notice) -> None:
        self._later(sql.QUEUE, rows.notice_values(notice))

    def waiting_notices(self, now: str, limit: int) -> list[Notice]:
        statement = sql.NOTICES_WAITING if self._database.is_sqlite else sql.NOTICES_WAITING_LOCKED
        return [rows.notice_from(row) for row in self.tx.tuples(statement, {"b_now": now, "b_limit": limit})]

    def reminders_answered(self, now: str, limit: int) -> list[Notice]:
        """Return waiting reminders whose obligation was discharged in the meantime."""
        statement = sql.REMINDERS_ANSWERED if self._database.is_sqlite else sql.REMINDERS_ANSWERED_LOCKED
        return [rows.notice_from(row) for row in self.tx.tuples(statement, {"b_now": now, "b_limit": limit})]

    def hold_notices(self, chain: str, obligation: str) -> None:
        """Let no other transaction bundle or settle the notices of an obligation until this one ends."""
        if not self._database.is_sqlite:
            self.tx.tuples(sql.NOTICES_OF_LOCKED, {"b_chain": chain, "b_obligation": obligation})

    def withdraw(self, notice: str, at: str) -> None:
        self._later(sql.WITHDRAW, {"status": "withdrawn", "done_at": at, "b_id": notice})

    def bundle(self, recipient: str, notices: list[str], now: str) -> None:
        """Let the first notice lead a mail that carries all of them to one recipient."""
        leader, *others = notices
        values = {"status": "bundled", "recipient": recipient, "next_attempt_at": now, "carried_by": "", "b_id": leader}
        self._later(sql.BUNDLE_LEADER, values)
        for other in others:
            self._later(sql.BUNDLE_LEADER, {**values, "next_attempt_at": "", "carried_by": leader, "b_id": other})

    def claim_mail(self, now: str, lease_until: str, limit: int) -> list[tuple[Ready, list[Notice]]]:
        """Claim mails that are ready, each with the notices it carries; the claim lapses at ``lease_until``.

        Fewer than ``limit`` are claimed where they carry many notices: what is claimed lies in memory.
        """
        statement = sql.CLAIMABLE if self._database.is_sqlite else sql.CLAIMABLE_LOCKED
        claimed: list[tuple[Ready, list[Notice]]] = []
        held = 0
        for leader, message_id, recipient, attempts in self.tx.tuples(statement, {"b_now": now, "b_limit": limit}):
            if held >= MOST_CARRIED:
                break
            carried = self.tx.tuples(sql.CARRIED, {"b_leader": leader})
            held += len(carried)
            self._later(sql.CLAIM, {"attempts": attempts + 1, "next_attempt_at": lease_until, "b_id": leader})
            ready = Ready(leader, message_id, recipient, attempts + 1)
            claimed.append((ready, [rows.notice_from(row) for row in carried]))
        return claimed

    def settle_mail(self, leader: str, number: int, status: str, done_at: str, next_attempt_at: str) -> bool:
        """Write what became of one try; False, and nothing written, when the claim had lapsed and another was made."""
        values = {"status": status, "done_at": done_at, "next_attempt_at": next_attempt_at, "b_leader": leader}
        if not self.tx.run(sql.SETTLE, {**values, "b_number": number}):
            return False
        self.tx.run(sql.SETTLE_CARRIED, values)
        return True

    def insert_attempt(
        self, leader: str, number: int, at: str, outcome: str, stage: str, code: int, reason: str
    ) -> None:
        values = {"message": leader, "number": number, "at": at, "outcome": outcome, "stage": stage, "code": code}
        self._later(sql.ADD_ATTEMPT, {**values, "reason": reason})

    def recipient(self, key: str, day: str) -> Recipient | None:
        """Return who is reached under a key on a day: the present holder of a post, a body's contact, a user."""
        if (key, day) not in self._recipients:
            self._recipients[key, day] = self._look_up(key, day)
        return self._recipients[key, day]

    def _look_up(self, key: str, day: str) -> Recipient | None:
        kind, _, name = key.partition(":")
        if kind == "post":
            row = self.tx.one(sql.HOLDER, {"b_post": name, "b_day": day})
        else:
            row = self.tx.one(sql.BODY if kind == "body" else sql.USER, {"b_id": name})
        return Recipient(row[0], row[1], row[2]) if row and row[0] else None

    def superior_of(self, body: str) -> str:
        row = self.tx.one(sql.BODY, {"b_id": body})
        return str(row[3]) if row else ""
