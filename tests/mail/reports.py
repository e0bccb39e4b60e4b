"""Reports of a mail server on letters it could not deliver, and a Maildir to put them into. Every address is invented."""

from pathlib import Path

REPORT = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@mx.example>
To: {sender}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"

This is a MIME-encapsulated message.

--b/1
Content-Type: text/plain; charset=us-ascii

The host said: {said}

--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 20 Mar 2026 10:00:00 +0500

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{asked}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {said}

--b/1
Content-Type: {kind}

From: npm-cases <{sender}>
To: {to}
Message-ID: {message_id}
Subject: {subject}

--b/1--
"""
CANARY = "Canary-7f3a: a sentence of the server"


def a_report(message_id: str, to: str, **changed: str) -> bytes:
    values = {
        "message_id": message_id, "to": to, "asked": to, "action": "failed", "status": "5.1.1",
        "kind": "message/rfc822", "sender": "engine@cases.example", "said": CANARY, "subject": CANARY,
    }  # fmt: skip
    return REPORT.format(**(values | changed)).replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def a_maildir(folder: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def arrives(maildir: Path, name: str, data: bytes) -> None:
    (maildir / "new" / name).write_bytes(data)
