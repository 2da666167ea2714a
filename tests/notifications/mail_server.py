"""A real SMTP server that does with mails what a test says, with STARTTLS and sign-in if asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "madoguchi", "ひみつ-p@ss"
OK = "250 OK"


@dataclass
class Postbox:
    """Answers with the words that are set; keeps what came."""

    to_recipient: str = OK
    to_data: str = OK
    # The mail is taken, and the connection ends before the server says so.
    hangs_up: bool = False
    # Set before a mail: it is never answered.
    silent: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient, or not."""
        if self.to_recipient == OK:
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or not."""
        if self.silent:
            await asyncio.Event().wait()
        content = cast("bytes", envelope.original_content)
        if self.to_data == OK:
            self.mails.append(message_from_bytes(content, policy=policy.SMTP))
            self.senders.append(str(envelope.mail_from))
            self.signed_in.append(bool(session.authenticated))
        if self.hangs_up:
            _cut(server)
        return self.to_data


@contextlib.asynccontextmanager
async def mail_server(
    postbox: Postbox, tls: ssl.SSLContext | None = None, *, from_the_start: bool = False
) -> AsyncIterator[int]:
    """Serve the postbox on a free port; with ``tls``, STARTTLS and signing in are asked for.

    ``from_the_start``: TLS without STARTTLS, and whoever comes is let in.
    """
    strict: dict[str, Any] = {}
    if tls is not None and not from_the_start:
        strict = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _known,
        }
    loop = asyncio.get_running_loop()
    protocols: list[SMTP] = []

    def protocol() -> SMTP:
        made = SMTP(postbox, hostname="mail.example.jp", loop=loop, **strict)
        protocols.append(made)
        return made

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if from_the_start else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        handlers = [made._handler_coroutine for made in protocols if made._handler_coroutine]
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        for made in protocols:
            _cut(made)
        await server.wait_closed()


def _cut(protocol: SMTP) -> None:
    if isinstance(protocol.transport, asyncio.WriteTransport):
        protocol.transport.abort()


def _known(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    given = (data.login, data.password) if isinstance(data, LoginPassword) else (b"", b"")
    return AuthResult(success=given == (USER.encode(), PASSWORD.encode()), handled=False)


def certificates(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's TLS for the host, and that of a client who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{host}.pem", folder / f"{host}.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))
