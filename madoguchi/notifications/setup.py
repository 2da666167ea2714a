"""Notifications put together from the settings, with what runs for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.channels.webhook.addresses import is_callable
from madoguchi.channels.webhook.client import WebhookClient
from madoguchi.channels.webhook.signature import SecretError, Secrets
from madoguchi.clock import Clock
from madoguchi.desk.agent import AgentFieldError, checked_email
from madoguchi.knowledge.business import Business
from madoguchi.notifications.compose import Composer
from madoguchi.notifications.looking import Looking, Told
from madoguchi.notifications.mail import AddressError, sender_of
from madoguchi.notifications.model import Via
from madoguchi.notifications.notifier import Notifier
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.notifications.sending import ByMail, ByWebhook, SendingWorker, Way
from madoguchi.notifications.smtp import MailServer, ServerError, SmtpSender
from madoguchi.notifications.transcript import Transcripts
from madoguchi.notifications.transcript_mails import TranscriptMails
from madoguchi.periodic import Periodic
from madoguchi.settings import Settings, SettingsError

LOOK_SECONDS = 10.0
SEND_SECONDS = 2.0


@dataclass(frozen=True)
class Notifying:
    """The running parts."""

    outbox: NotificationOutbox
    notifier: Notifier
    transcripts: Transcripts
    transcript_mails: TranscriptMails
    # Whether mails can be sent: what needs one is not offered otherwise.
    mail: bool


@dataclass(frozen=True)
class _Mailing:
    sender: SmtpSender
    from_: Address


@asynccontextmanager
async def running_notifications(
    settings: Settings, database: AsyncEngine, clock: Clock, business: Business
) -> AsyncIterator[Notifying]:
    """Open the ways of telling and run what looks and sends. Raises SettingsError."""
    mailing, emails = _mailing(settings), _emails(settings)
    client = _client(settings, clock)
    outbox = NotificationOutbox(database, attempts=settings.delivery_attempts)
    transcripts = Transcripts(database, clock, business)
    composer = Composer(database, business, transcripts, desk_url(settings))
    ways: dict[Via, Way] = {}
    if mailing is not None:
        ways[Via.EMAIL] = ByMail(mailing.sender, composer, mailing.from_)
    if client is not None:
        ways[Via.WEBHOOK] = ByWebhook(client, composer, clock)
    told = Told(emails, webhook=client is not None, mail=mailing is not None)
    after = timedelta(seconds=settings.notify_after_seconds)
    notifier = Notifier(outbox, Looking(database, business, told), clock, after=after)
    async with AsyncExitStack() as stack:
        if client is not None:
            stack.push_async_callback(client.close)
        if ways:
            worker = SendingWorker(outbox, ways)
            await stack.enter_async_context(Periodic("notifications", SEND_SECONDS, worker.work))
            await stack.enter_async_context(Periodic("notifications", LOOK_SECONDS, notifier.look))
        mail = mailing is not None
        mails = TranscriptMails(database, clock, mail=mail)
        yield Notifying(outbox, notifier, transcripts, mails, mail=mail)


def desk_url(settings: Settings) -> str | None:
    """Return where agents open the desk; None in production without a public address."""
    if settings.public_url is not None:
        return f"{str(settings.public_url).rstrip('/')}/desk"
    return f"http://127.0.0.1:{settings.port}/desk" if settings.demo else None


def _mailing(settings: Settings) -> _Mailing | None:
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    try:
        return _Mailing(SmtpSender(MailServer.read(url)), sender_of(settings.mail_from))
    except ServerError as error:
        raise SettingsError(f"MADOGUCHI_SMTP_URL: {error}") from None
    except AddressError:
        raise SettingsError(
            "MADOGUCHI_MAIL_FROM must be an e-mail address, e.g. 'Shop <support@shop.example.jp>'"
        ) from None


def _emails(settings: Settings) -> tuple[str, ...]:
    """Return the addresses that the operator has named. Raises SettingsError."""
    found = []
    for word in settings.notify_emails.split(","):
        try:
            email = checked_email(word)
        except AgentFieldError:
            raise SettingsError(
                "MADOGUCHI_NOTIFY_EMAILS must be e-mail addresses with commas between them"
            ) from None
        if email is not None:
            found.append(email)
    return tuple(dict.fromkeys(found))


def _client(settings: Settings, clock: Clock) -> WebhookClient | None:
    if settings.notify_webhook_url is None:
        return None
    url = str(settings.notify_webhook_url)
    if not is_callable(url, open_loopback=settings.demo):
        raise SettingsError("MADOGUCHI_NOTIFY_WEBHOOK_URL: the address needs https")
    try:
        secrets = Secrets.read(settings.notify_webhook_secret.get_secret_value())
        return WebhookClient(url, secrets, clock, open_loopback=settings.demo)
    except SecretError as error:
        raise SettingsError(f"MADOGUCHI_NOTIFY_WEBHOOK_SECRET: {error}") from None
    except ValueError as error:
        raise SettingsError(f"MADOGUCHI_NOTIFY_WEBHOOK_URL: {error}") from None
