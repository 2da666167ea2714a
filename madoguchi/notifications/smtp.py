"""Sends mails by SMTP: one connection for each, always under TLS but to this machine itself."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

from madoguchi.conversations.channel import Outcome, Result
from madoguchi.loopback import is_loopback

VIA = "email"
_PORTS = {"smtps": 465, "smtp": 587}
_PERMANENT = range(500, 600)
_WANTED = (
    "write smtps://user:password@host:465 or smtp://user:password@host:587?starttls=required; "
    "starttls=never is for a server on this machine alone"
)


class ServerError(ValueError):
    """What is configured is no mail server that may be used; the message says what one is."""


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over, and how."""

    host: str
    port: int
    # TLS from the first byte; otherwise it is asked for (STARTTLS), or there is none.
    tls: bool
    starttls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, url: str) -> MailServer:
        """Return the server of an address. Raises ServerError, which never shows the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
            asked = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        except ValueError:
            raise ServerError(_WANTED) from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise ServerError(_WANTED)
        starttls = asked.pop("starttls", "required")
        if asked or starttls not in {"required", "never"}:
            raise ServerError(_WANTED)
        open_line = parts.scheme == "smtp" and starttls == "never"
        if (open_line and not is_loopback(parts.hostname)) or (
            parts.password and not parts.username
        ):
            raise ServerError(_WANTED)
        return cls(
            parts.hostname,
            port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp" and not open_line,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


@dataclass(frozen=True)
class Bounds:
    """How long a mail server may take, in seconds; together less than a claim lasts."""

    step: float = 15.0
    whole: float = 45.0


class SmtpSender:
    """Hands mails over to one server."""

    def __init__(
        self, server: MailServer, *, bounds: Bounds | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Nothing is sent yet; ``tls`` is for a CA of one's own."""
        self._server = server
        self._bounds = bounds or Bounds()
        self._tls = tls

    async def send(self, mail: EmailMessage) -> Outcome:
        """Try once. Whatever the server took and did not confirm is tried again (same mail)."""
        try:
            async with asyncio.timeout(self._bounds.whole):
                await self._hand_over(mail)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return outcome_of(error)
        return Outcome(Result.SENT, VIA)

    async def _hand_over(self, mail: EmailMessage) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            timeout=self._bounds.step,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=self._tls or ssl.create_default_context(),
            # The machine's own name is nobody's business, and looking it up may take long.
            local_hostname=str(mail["From"].addresses[0].domain),
        )
        try:
            await client.connect()
            await client.send_message(mail)
        finally:
            # The mail is taken or not: a farewell that fails changes nothing.
            client.close()


def outcome_of(error: Exception) -> Outcome:
    """Return how a try ended that failed; its detail is a number or the failure's kind alone.

    A server's words may quote the address. 5xx is refused for good, but for a refused sign-in:
    the mail is not to blame.
    """
    status = _status_of(error)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Outcome(Result.RETRY, VIA, code="refused_sign_in", detail=f"SMTP {status}")
    if status is not None and status in _PERMANENT:
        code = "refused_recipient" if _about_recipient(error) else "refused"
        return Outcome(Result.REFUSED, VIA, code=code, detail=f"SMTP {status}")
    if status is not None and status > 0:
        return Outcome(Result.RETRY, VIA, code="busy", detail=f"SMTP {status}")
    return Outcome(Result.RETRY, VIA, code=_code_of(error), detail=type(error).__name__)


def _status_of(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return next((each.code for each in error.recipients), None)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def _about_recipient(error: Exception) -> bool:
    kinds = (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPRecipientRefused)
    return isinstance(error, kinds)


def _code_of(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls_failed"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return "tls_failed"
    if isinstance(error, aiosmtplib.SMTPConnectError | ConnectionRefusedError):
        return "unreachable"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "connection_lost"
