"""Mails handed over to a real server: taken, refused, put off, lost on the way."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from madoguchi.conversations.channel import Result
from madoguchi.notifications.mail import Mail, message
from madoguchi.notifications.smtp import Bounds, MailServer, ServerError, SmtpSender
from tests.notifications.mail_server import PASSWORD, USER, Postbox, certificates, mail_server

FROM = Address("窓口", addr_spec="support@shop.example.jp")
AT = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)
# Made once: reading the machine's certificates takes longer than many a test.
TLS = ssl.create_default_context()
PATIENT = Bounds(step=20, whole=30)


def a_mail() -> EmailMessage:
    """Return a mail in Japanese."""
    return message(Mail("お知らせ", "お客様がお待ちです。\n"), FROM, "lead@example.jp", "k", AT)


def to(port: int, bounds: Bounds = PATIENT) -> SmtpSender:
    """Return a sender to a server on this machine, without TLS."""
    server = MailServer.read(f"smtp://127.0.0.1:{port}?starttls=never")
    return SmtpSender(server, bounds=bounds, tls=TLS)


async def test_a_mail_arrives_in_japanese() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        outcome = await to(port).send(a_mail())
    assert outcome.result is Result.SENT
    [mail] = postbox.mails
    assert mail["Subject"] == "お知らせ"
    assert mail["From"] == "窓口 <support@shop.example.jp>"
    assert mail.get_content().splitlines() == ["お客様がお待ちです。"]
    assert mail.get_content_type() == "text/plain"
    assert postbox.senders == ["support@shop.example.jp"]


async def test_it_signs_in_under_tls(tmp_path: Path) -> None:
    postbox = Postbox()
    server_tls, client_tls = certificates(tmp_path)
    async with mail_server(postbox, server_tls) as port:
        url = f"smtp://{USER}:{quote(PASSWORD, safe='')}@localhost:{port}?starttls=required"
        sender = SmtpSender(MailServer.read(url), bounds=PATIENT, tls=client_tls)
        assert (await sender.send(a_mail())).result is Result.SENT
    assert postbox.signed_in == [True]


async def test_it_speaks_tls_from_the_start(tmp_path: Path) -> None:
    postbox = Postbox()
    server_tls, client_tls = certificates(tmp_path)
    async with mail_server(postbox, server_tls, from_the_start=True) as port:
        server = MailServer.read(f"smtps://localhost:{port}")
        trusting = SmtpSender(server, bounds=PATIENT, tls=client_tls)
        assert (await trusting.send(a_mail())).result is Result.SENT
        wary = SmtpSender(server, bounds=PATIENT, tls=TLS)
        assert (await wary.send(a_mail())).code == "tls_failed"
    assert len(postbox.mails) == 1


async def test_a_refused_password_is_tried_again_for_the_mail_is_not_to_blame(
    tmp_path: Path,
) -> None:
    server_tls, client_tls = certificates(tmp_path)
    async with mail_server(Postbox(), server_tls) as port:
        url = f"smtp://{USER}:wrong@localhost:{port}"
        sender = SmtpSender(MailServer.read(url), bounds=PATIENT, tls=client_tls)
        outcome = await sender.send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "refused_sign_in")


async def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(tmp_path: Path) -> None:
    postbox = Postbox()
    server_tls, _ = certificates(tmp_path)
    async with mail_server(postbox, server_tls) as port:
        sender = SmtpSender(MailServer.read(f"smtp://localhost:{port}"), bounds=PATIENT, tls=TLS)
        outcome = await sender.send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "tls_failed")
    assert postbox.mails == []


async def test_a_certificate_of_another_host_is_not_spoken_to(tmp_path: Path) -> None:
    postbox = Postbox()
    server_tls, client_tls = certificates(tmp_path, "mail.example.com")
    async with mail_server(postbox, server_tls) as port:
        url = f"smtp://localhost:{port}"
        sender = SmtpSender(MailServer.read(url), bounds=PATIENT, tls=client_tls)
        outcome = await sender.send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "tls_failed")
    assert postbox.mails == []


async def test_without_starttls_nothing_is_said() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        sender = SmtpSender(MailServer.read(f"smtp://127.0.0.1:{port}"), bounds=PATIENT, tls=TLS)
        outcome = await sender.send(a_mail())
    assert outcome.result is Result.RETRY
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("recipient", "data", "result", "code"),
    [
        ("550 5.1.1 no such user", "250 OK", Result.REFUSED, "refused_recipient"),
        ("451 4.7.1 greylisted", "250 OK", Result.RETRY, "busy"),
        ("250 OK", "554 5.7.1 looks like spam", Result.REFUSED, "refused"),
        ("250 OK", "452 4.3.1 disk full", Result.RETRY, "busy"),
    ],
)
async def test_a_server_s_no_is_for_good_and_its_later_is_not(
    recipient: str, data: str, result: Result, code: str
) -> None:
    async with mail_server(Postbox(to_recipient=recipient, to_data=data)) as port:
        outcome = await to(port).send(a_mail())
    assert (outcome.result, outcome.code) == (result, code)
    # The server's words may quote the address.
    assert outcome.detail is not None
    assert outcome.detail.startswith("SMTP ")


async def test_a_server_that_says_nothing_is_left_and_tried_again() -> None:
    async with mail_server(Postbox(silent=True)) as port:
        outcome = await to(port, Bounds(step=0.2, whole=20)).send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "timeout")


async def test_a_server_that_is_slow_at_every_step_is_left_in_the_end() -> None:
    async with mail_server(Postbox(silent=True)) as port:
        outcome = await to(port, Bounds(step=20, whole=0.2)).send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "timeout")


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    async with mail_server(Postbox()) as port:
        pass
    outcome = await to(port).send(a_mail())
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")


async def test_what_was_taken_without_a_word_is_tried_again_as_the_same_mail() -> None:
    postbox = Postbox(hangs_up=True)
    async with mail_server(postbox) as port:
        first = await to(port).send(a_mail())
        postbox.hangs_up = False
        second = await to(port).send(a_mail())
    assert (first.result, second.result) == (Result.RETRY, Result.SENT)
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1
    assert len(postbox.mails) == 2


async def test_a_server_that_speaks_something_else_is_tried_again() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        outcome = await to(port).send(a_mail())
    assert outcome.result is Result.RETRY


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtps://u:p@mail.example.jp", 465, True, False),
        ("smtp://u:p@mail.example.jp", 587, False, True),
        ("smtp://mail.example.jp:25?starttls=required", 25, False, True),
        ("smtp://localhost:25?starttls=never", 25, False, False),
    ],
)
def test_a_server_s_address_says_how_it_is_spoken_to(
    url: str,
    port: int,
    tls: bool,  # noqa: FBT001  (a parameter of the table above)
    starttls: bool,  # noqa: FBT001
) -> None:
    server = MailServer.read(url)
    assert (server.port, server.tls, server.starttls) == (port, tls, starttls)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.jp",
        "https://mail.example.jp",
        "smtp://mail.example.jp?starttls=never",
        "smtp://mail.example.jp?starttls=perhaps",
        "smtp://mail.example.jp?tls=1",
        "smtp://mail.example.jp:port",
        "smtp://:secret@mail.example.jp",
        "smtp://mail.example.jp/inbox",
        "smtps://",
    ],
)
def test_an_address_that_would_be_misread_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ServerError) as refused:
        MailServer.read(url)
    assert "secret" not in str(refused.value)


def test_a_server_does_not_show_its_password() -> None:
    assert "hidden" not in repr(MailServer.read("smtps://u:hidden@mail.example.jp"))
