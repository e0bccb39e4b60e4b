"""The statements of the hot paths, built once."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from npm_cases.persistence.rows import (
    APPROVAL_COLUMNS,
    CASE_SELECT,
    DOCUMENT_COLUMNS,
    NOTICE_SELECT,
    OBLIGATION_SELECT,
)
from npm_cases.persistence.schema import (
    approvals,
    bodies,
    case_events,
    case_numbers,
    cases,
    chains,
    commands,
    documents,
    exclusions,
    holders,
    import_rows,
    log_entries,
    mail_attempts,
    meta,
    obligations,
    outbox,
    rungs_taken,
    sealed_texts,
    sweeps,
    users,
)


def b(name: str) -> "bindparam":  # type: ignore[valid-type]
    """Name a parameter of a WHERE clause."""
    return bindparam(f"b_{name}", type_=Text)


def number(name: str) -> "bindparam":  # type: ignore[valid-type]
    """Name a number of a WHERE clause."""
    return bindparam(f"b_{name}", type_=BigInteger)


b_number = bindparam("b_number", type_=Integer)

# Written into the SQL and not given as parameters: only so can the database see, when it plans, that a partial index
# fits. SQLite planned each such query twice in every run.
NOTHING: ColumnElement[str] = literal_column("''", Text)
WAITING: ColumnElement[str] = literal_column("'waiting'", Text)
BUNDLED: ColumnElement[str] = literal_column("'bundled'", Text)
PENDING: ColumnElement[str] = literal_column("'pending'", Text)

CASE_BY_ID = select(*CASE_SELECT).where(cases.c.id == b("ref"))
CASE_BY_NUMBER = select(*CASE_SELECT).where(cases.c.number == b("ref"))
LOCKED_CASE_BY_ID = CASE_BY_ID.with_for_update()
LOCKED_CASE_BY_NUMBER = CASE_BY_NUMBER.with_for_update()
ADD_CASE = insert(cases)
SAVE_CASE = update(cases).where(cases.c.id == b("id"))

CHAIN = select(chains.c.seq, chains.c.head, chains.c.last_at).where(chains.c.id == b("id"))
LOCKED_CHAIN = CHAIN.with_for_update()
SAVE_CHAIN = update(chains).where(chains.c.id == b("id"))
ADD_CHAIN = insert(chains)
BEGIN_CHAIN = postgresql.insert(chains).on_conflict_do_nothing()

ADD_EVENT = insert(case_events)
ADD_LOG_ENTRY = insert(log_entries)
LAST_INDEX = select(func.coalesce(func.max(log_entries.c.idx), -1))
EVENTS_OF = (
    select(case_events.c.data, case_events.c.leaf, log_entries.c.idx)
    .outerjoin(log_entries, (log_entries.c.chain == case_events.c.chain) & (log_entries.c.seq == case_events.c.seq))
    .where(case_events.c.chain == b("chain"))
    .order_by(case_events.c.seq)
)
UNSEQUENCED = (
    select(case_events.c.chain, case_events.c.seq, case_events.c.leaf)
    .outerjoin(log_entries, (log_entries.c.chain == case_events.c.chain) & (log_entries.c.seq == case_events.c.seq))
    .where(log_entries.c.idx.is_(None))
    .order_by(case_events.c.at, case_events.c.chain, case_events.c.seq)
    .limit(bindparam("b_limit", type_=Integer))
)
UNSEQUENCED_LATELY = text(
    "WITH since AS (SELECT e.at FROM log_entries l JOIN case_events e ON e.chain = l.chain AND e.seq = l.seq "
    "WHERE l.idx = greatest((SELECT max(idx) FROM log_entries) - :b_back, 0)), "
    "heads AS MATERIALIZED (SELECT id FROM cases WHERE last_at > (SELECT at FROM since) "
    "UNION ALL SELECT id FROM chains WHERE last_at > (SELECT at FROM since)) "
    "SELECT e.chain, e.seq, e.leaf, state.missing FROM heads "
    "CROSS JOIN LATERAL (SELECT coalesce(max(l.seq), 0) AS seq FROM log_entries l WHERE l.chain = heads.id) placed "
    "CROSS JOIN LATERAL (SELECT * FROM case_events e WHERE e.chain = heads.id AND e.seq > placed.seq OFFSET 0) e "
    "CROSS JOIN (SELECT (SELECT coalesce(sum(seq), 0) FROM cases) + (SELECT coalesce(sum(seq), 0) FROM chains) "
    "- (SELECT coalesce(max(idx), -1) + 1 FROM log_entries) AS missing) state ORDER BY e.at, e.chain, e.seq"
)
"""The events without a place of chains written to after the instant of an event some places back, and how many are without
one anywhere in the same state (PostgreSQL). OFFSET keeps the server from reading all events instead of a few by their key."""
LOG_STATE = select(
    select(func.coalesce(func.sum(cases.c.seq), 0)).scalar_subquery()
    + select(func.coalesce(func.sum(chains.c.seq), 0)).scalar_subquery(),
    select(func.coalesce(func.max(log_entries.c.idx), -1) + 1).scalar_subquery(),
)
"""How many events the heads of all chains count, and how many places the log has given."""
LOG_LOCK = 0x6E706D2D6C6F67
"""Names the lock under which one program at a time orders the log."""
LOCK_LOG = select(func.pg_advisory_xact_lock(LOG_LOCK))

ADD_SEALED = insert(sealed_texts)
SEALED = select(sealed_texts.c.ciphertext).where(
    sealed_texts.c.chain == b("chain"), sealed_texts.c.seq == bindparam("b_seq", type_=Integer)
)
TEXTS_SEALED = select(func.count()).select_from(sealed_texts).where(sealed_texts.c.chain == b("chain"))
DOCUMENTS_OF = select(func.count()).select_from(documents).where(documents.c.chain == b("chain"))

OPEN_OBLIGATIONS = (
    select(*OBLIGATION_SELECT)
    .where(obligations.c.chain == b("chain"), obligations.c.discharged_at == NOTHING)
    .order_by(obligations.c.opened_seq)
)
OBLIGATIONS_OF = select(*OBLIGATION_SELECT).where(
    obligations.c.subject_kind == b("subject"), obligations.c.discharged_at == NOTHING
)
LAST_OBLIGATION = (
    select(*OBLIGATION_SELECT)
    .where(obligations.c.chain == b("chain"), obligations.c.duty == b("duty"))
    .order_by(obligations.c.opened_seq.desc())
    .limit(1)
)
ADD_OBLIGATION = insert(obligations)
SAVE_OBLIGATION = update(obligations).where(obligations.c.id == b("id"))
DUE_RUNGS = (
    select(*OBLIGATION_SELECT, *CASE_SELECT)
    .outerjoin(cases, cases.c.id == obligations.c.chain)
    .where(obligations.c.next_rung_at != NOTHING, obligations.c.next_rung_at <= b("now"))
    .order_by(obligations.c.next_rung_at, obligations.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)
_CHAINS = bindparam("b_chains", type_=postgresql.ARRAY(Text))
DUE_RUNGS_OF = DUE_RUNGS.where(obligations.c.chain == func.any(_CHAINS))
LOCK_DUE_CASES = (
    select(cases.c.id)
    .join(obligations, obligations.c.chain == cases.c.id)
    .where(obligations.c.next_rung_at != NOTHING, obligations.c.next_rung_at <= b("now"))
    .order_by(obligations.c.next_rung_at, obligations.c.id)
    .limit(bindparam("b_limit", type_=Integer))
    .with_for_update(of=cases, skip_locked=True)
)
LOCK_DUE_CHAINS = (
    select(chains.c.id)
    .join(obligations, obligations.c.chain == chains.c.id)
    .where(obligations.c.next_rung_at != NOTHING, obligations.c.next_rung_at <= b("now"))
    .order_by(obligations.c.next_rung_at, obligations.c.id)
    .limit(bindparam("b_limit", type_=Integer))
    .with_for_update(of=chains, skip_locked=True)
)
OPEN_CHAINS_FROM = (
    select(obligations.c.id, obligations.c.chain)
    .where(obligations.c.discharged_at == NOTHING, obligations.c.id > b("after"))
    .order_by(obligations.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)
OPEN_FROM = (
    select(*OBLIGATION_SELECT, *CASE_SELECT)
    .outerjoin(cases, cases.c.id == obligations.c.chain)
    .where(obligations.c.discharged_at == NOTHING, obligations.c.id > b("after"))
    .order_by(obligations.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)
LOCK_CASES = select(cases.c.id).where(cases.c.id == func.any(_CHAINS)).order_by(cases.c.id).with_for_update()
OPEN_UP_TO = (
    select(*OBLIGATION_SELECT, *CASE_SELECT)
    .outerjoin(cases, cases.c.id == obligations.c.chain)
    .where(obligations.c.discharged_at == NOTHING, obligations.c.id > b("after"), obligations.c.id <= b("last"))
    .order_by(obligations.c.id)
)
TAKE_RUNG = insert(rungs_taken)
QUEUE = insert(outbox)
NOTICES_WAITING = (
    select(*NOTICE_SELECT)
    .where(outbox.c.status == WAITING, outbox.c.not_before <= b("now"))
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)

BUNDLE_LEADER = update(outbox).where(outbox.c.id == b("id"))
CLAIMABLE = (
    select(outbox.c.id, outbox.c.message_id, outbox.c.recipient, outbox.c.attempts)
    .where(outbox.c.status == BUNDLED, outbox.c.carried_by == NOTHING, outbox.c.next_attempt_at <= b("now"))
    .order_by(outbox.c.next_attempt_at, outbox.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)
CLAIMABLE_LOCKED = CLAIMABLE.with_for_update(skip_locked=True)
CLAIM = update(outbox).where(outbox.c.id == b("id"))
CARRIED = (
    select(*NOTICE_SELECT)
    .where((outbox.c.id == b("leader")) | (outbox.c.carried_by == b("leader")))
    .order_by(outbox.c.created_at, outbox.c.id)
)
SETTLE = update(outbox).where(outbox.c.id == b("leader"), outbox.c.status == BUNDLED, outbox.c.attempts == b_number)
SETTLE_CARRIED = update(outbox).where(outbox.c.carried_by == b("leader"))
ADD_ATTEMPT = insert(mail_attempts)
HOLDER = (
    select(holders.c.email, holders.c.language, holders.c.name)
    .where(
        holders.c.post == b("post"),
        holders.c.valid_from <= b("day"),
        holders.c.email != NOTHING,
        (holders.c.valid_to == NOTHING) | (holders.c.valid_to >= b("day")),
    )
    .order_by(holders.c.valid_from.desc())
    .limit(1)
)
BODY = select(bodies.c.email, bodies.c.language, bodies.c.name, bodies.c.superior).where(bodies.c.id == b("id"))
USER = select(users.c.email, users.c.language, users.c.name).where(
    users.c.id == b("id"), users.c.disabled_at == NOTHING
)
SUBJECT = select(obligations.c.subject_kind).where(obligations.c.id == b("id"))
ASSIGNEE = select(cases.c.assignee, cases.c.number).where(cases.c.id == b("id"))

REMINDERS_ANSWERED = (
    select(*NOTICE_SELECT)
    .join(obligations, obligations.c.id == outbox.c.obligation)
    .where(
        outbox.c.status == WAITING, outbox.c.not_before <= b("now"), obligations.c.discharged_at != NOTHING,
        or_(*[outbox.c.template == kind for kind in ("due_soon", "overdue", "addressee_reminder")]),
    )
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("b_limit", type_=Integer))
)  # fmt: skip
REMINDERS_ANSWERED_LOCKED = REMINDERS_ANSWERED.with_for_update(of=outbox, skip_locked=True)
NOTICES_OF_LOCKED = (
    select(outbox.c.id)
    .where(outbox.c.chain == b("chain"), outbox.c.obligation == b("obligation"))
    .order_by(outbox.c.id)
    .with_for_update()
)
WITHDRAW = update(outbox).where(outbox.c.id == b("id"), outbox.c.status == WAITING)
NOTICES_WAITING_LOCKED = NOTICES_WAITING.with_for_update(skip_locked=True)
ANSWER = select(commands.c.user, commands.c.digest, commands.c.answer).where(commands.c.idem == b("idem"))
LOCK_KEY = select(func.pg_advisory_xact_lock(func.hashtextextended(b("idem"), 0)))
KEEP_ANSWER = insert(commands)
ADD_APPROVAL = insert(approvals)
APPROVAL = select(*[approvals.c[name] for name in APPROVAL_COLUMNS]).where(approvals.c.id == b("id"))
LOCKED_APPROVAL = APPROVAL.with_for_update()
DECIDE_APPROVAL = update(approvals).where(approvals.c.id == b("id"), approvals.c.status == PENDING)
EXPIRED_APPROVALS = (
    select(*[approvals.c[name] for name in APPROVAL_COLUMNS])
    .where(approvals.c.status == PENDING, approvals.c.expires_at <= b("now"))
    .order_by(approvals.c.expires_at)
    .limit(bindparam("b_limit", type_=Integer))
)
EXPIRED_APPROVALS_LOCKED = EXPIRED_APPROVALS.with_for_update(skip_locked=True)
PROPOSED = select(approvals.c.id).where(approvals.c.chain == b("chain")).limit(1)
ADD_DOCUMENT = insert(documents)
DOCUMENT = select(*[documents.c[name] for name in DOCUMENT_COLUMNS]).where(documents.c.id == b("id"))
IMPORTED = select(import_rows.c.digest, import_rows.c.case_id, import_rows.c.batch).where(
    import_rows.c.row_key == b("key")
)
_IMPORTED = select(import_rows.c.row_key, import_rows.c.digest, import_rows.c.case_id, import_rows.c.batch)
IMPORTED_AMONG = _IMPORTED.where(
    import_rows.c.row_key.in_(select(func.json_each(b("keys")).table_valued("value").c.value))
)
IMPORTED_AMONG_ARRAY = _IMPORTED.where(
    import_rows.c.row_key == func.any(bindparam("b_keys", type_=postgresql.ARRAY(Text)))
)
ADD_IMPORTED = insert(import_rows)
SAVE_IMPORTED = update(import_rows).where(import_rows.c.row_key == b("key"))
BODY_IDS = select(bodies.c.id)
NEXT_RUNG_AT = select(func.min(obligations.c.next_rung_at)).where(obligations.c.next_rung_at != NOTHING)
LAST_SWEEP = select(func.max(sweeps.c.started_at))  # of those that finished: no other is written down
USERS_WITH_CLOCKS = (
    select(cases.c.assignee)
    .join(obligations, obligations.c.chain == cases.c.id)
    .where(cases.c.assignee != NOTHING, obligations.c.discharged_at == NOTHING, obligations.c.due_on <= b("until"))
    .group_by(cases.c.assignee)
    .order_by(cases.c.assignee)
)
CASES_DUE = (
    select(cases.c.number, func.min(obligations.c.due_on))
    .join(obligations, obligations.c.chain == cases.c.id)
    .where(cases.c.assignee == b("user"), obligations.c.discharged_at == NOTHING, obligations.c.due_on <= b("until"))
    .group_by(cases.c.number)
    .order_by(func.min(obligations.c.due_on), cases.c.number)
    .limit(bindparam("b_limit", type_=Integer))
)
META = select(meta.c.value).where(meta.c.name == b("name"))
LAST_CASE_INSTANT = select(func.max(cases.c.last_at))
LAST_CHAIN_INSTANT = select(func.max(chains.c.last_at))
EXCLUDED = select(exclusions.c.post).where(exclusions.c.chain == b("chain"))
EXCLUDE = insert(exclusions)
NUMBER = select(case_numbers.c.last).where(case_numbers.c.series == b("series"))
LOCKED_NUMBER = NUMBER.with_for_update()
ADD_SERIES = insert(case_numbers)
BEGIN_SERIES = postgresql.insert(case_numbers).on_conflict_do_nothing()
SAVE_SERIES = update(case_numbers).where(case_numbers.c.series == b("series"))
