"""Letters, settings and throw-away certificates. Every person and address is invented."""

import ipaddress
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from npm_cases.mail import Letter, SmtpSettings

IMPATIENT = {"connect_timeout": 0.5, "command_timeout": 0.5, "data_timeout": 0.5}  # for servers that never answer


def limits(fault: str) -> dict[str, float]:
    return IMPATIENT if fault == "silent" else {}


def a_letter(number: int = 1, /, **changed: object) -> Letter:
    members: dict[str, Any] = {
        "message_id": f"<letter-{number}@cases.example>",
        "to": f"post{number}@office.example",
        "subject": "Сіздің назарыңыз қажет",
        "plain": "Назар аударыңыз\n",
        "html": "<p>Назар аударыңыз</p>",
        "lang": "kk",
    }
    return Letter(**(members | changed))


def settings_for(port: int, **changed: object) -> SmtpSettings:
    members: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "engine@cases.example",
        "connect_timeout": 10.0,
        "command_timeout": 10.0,
        "data_timeout": 10.0,
        "reply_to": "office@cases.example",
    }
    return SmtpSettings(**(members | changed))


def certificate(folder: Path, address: str = "127.0.0.1", until: int = 2120) -> tuple[ssl.SSLContext, Path]:
    """A server context with a certificate of its own making, and the file that lets a client trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "synthetic mail server")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trust, secret = folder / "trust.pem", folder / "secret.pem"
    trust.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trust, secret)
    return context, trust
