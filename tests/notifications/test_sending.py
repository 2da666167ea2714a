"""From the outbox to real servers: what arrives, how often, and what is not told any more."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from madoguchi.channels.webhook.client import Bounds, WebhookClient
from madoguchi.channels.webhook.signature import verify
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.database import open_database
from madoguchi.desk.agent import Presence
from madoguchi.notifications.looking import Told
from madoguchi.notifications.model import Kind, NewNotification, Recipient, State, Via
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.notifications.sending import ByMail, ByWebhook, SendingWorker
from madoguchi.notifications.smtp import Bounds as MailBounds
from madoguchi.notifications.smtp import MailServer, SmtpSender
from tests.channels.webhook.other import SECRETS, OtherSystem
from tests.notifications.conftest import NOON, Watch
from tests.notifications.mail_server import Postbox, mail_server
from tests.support.server import serving

FROM = Address("窓口", addr_spec="support@shop.example.jp")
# Made once: reading the machine's certificates takes longer than many a test.
TLS = ssl.create_default_context()
PATIENT = MailBounds(step=20, whole=30)
TO = Recipient(Via.EMAIL, "lead@example.jp")


class Post:
    """A running mail server, and workers that send to it."""

    def __init__(self, watch: Watch, postbox: Postbox, port: int) -> None:
        self.watch = watch
        self.box = postbox
        server = MailServer.read(f"smtp://127.0.0.1:{port}?starttls=never")
        self.sender = SmtpSender(server, bounds=PATIENT, tls=TLS)

    def worker(self, outbox: NotificationOutbox | None = None) -> SendingWorker:
        """Return a worker, as each process has one."""
        by_mail = ByMail(self.sender, self.watch.composer, FROM)
        return SendingWorker(outbox or self.watch.outbox, {Via.EMAIL: by_mail})

    def text(self, number: int = -1) -> str:
        """Return what a mail says."""
        text: str = self.box.mails[number].get_content()
        return text.replace("\r\n", "\n")


@pytest.fixture
async def post(watch: Watch) -> AsyncIterator[Post]:
    """A mail server that takes everything until a test says otherwise."""
    postbox = Postbox()
    async with mail_server(postbox) as port:
        yield Post(watch, postbox, port)


async def test_a_mail_says_how_many_wait_why_and_since_when_and_nothing_of_the_customer(
    watch: Watch, post: Post
) -> None:
    chat = await watch.waiting()
    await watch.waiting()
    watch.later(seconds=61)
    await watch.notifier.look()
    await post.worker().work()
    [mail] = post.box.mails
    assert mail["Subject"] == "担当者をお待ちのお客様がいます（2人）"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert post.text() == (
        "お客様が担当者をお待ちですが、いま対応できる担当者がいません。\n\n"
        "お待ちの人数: 2人\n"
        "お待ちの理由: お客様のご希望\n"
        "お待ちの開始: 12月4日(金) 12:30\n\n"
        f"デスクを開く: https://desk.example.jp/desk#/chat/{chat}\n"
    )
    assert await watch.states() == [("chat_waits", "sent"), ("chat_waits", "cancelled")]


async def test_a_chat_that_was_taken_meanwhile_is_not_told_of(watch: Watch, post: Post) -> None:
    chat = await watch.waiting()
    watch.later(seconds=61)
    await watch.notifier.look()
    await watch.ownership.take(chat, await watch.agent("sato", presence=Presence.ONLINE))
    await post.worker().work()
    assert post.box.mails == []
    [row] = await watch.rows()
    assert (row.state, row.code) == ("cancelled", "over")


async def test_two_processes_send_each_mail_once(watch: Watch, post: Post) -> None:
    await watch.outbox.add(
        [
            NewNotification(f"k{number}", Kind.INQUIRIES_DUE, TO, {"today": [], "late": []})
            for number in range(12)
        ],
        NOON,
    )
    other = open_database(watch.database.url.render_as_string(hide_password=False))
    # Of other hosts: one process does not know of another one in itself.
    outboxes = [
        watch.another_outbox("one:1:x"),
        NotificationOutbox(other, now=watch.machine.now, holder="two:1:x"),
    ]
    await asyncio.gather(*(post.worker(outbox).work() for outbox in outboxes))
    await other.dispose()
    assert len(post.box.mails) == 12
    assert len({mail["Message-ID"] for mail in post.box.mails}) == 12
    assert {state for _, state in await watch.states()} == {"sent"}


class _Dies(Exception):  # noqa: N818  (nothing went wrong, somebody pulled the plug)
    """The process ends here."""


class _Killed:
    """Hands a mail over, and is killed before it can note so."""

    def __init__(self, sender: SmtpSender) -> None:
        self._sender = sender

    async def send(self, mail: EmailMessage) -> Outcome:
        assert (await self._sender.send(mail)).result is Result.SENT
        raise _Dies


async def test_killed_between_sending_and_noting_it_is_one_more_mail_of_the_same_id(
    watch: Watch, post: Post
) -> None:
    await watch.outbox.add(
        [NewNotification("k", Kind.INQUIRIES_DUE, TO, {"today": [], "late": []})], NOON
    )
    dying = watch.another_outbox("elsewhere:1:x")
    [claim] = await dying.claim([Via.EMAIL])
    with pytest.raises(_Dies):
        await ByMail(_Killed(post.sender), watch.composer, FROM).send(claim)
    # Nobody else has it until the claim is over.
    assert await post.worker().work() == 0
    watch.machine.ahead += timedelta(minutes=2)
    assert await post.worker().work() == 1
    assert len(post.box.mails) == 2
    assert len({mail["Message-ID"] for mail in post.box.mails}) == 1
    assert await watch.states() == [("inquiries_due", "sent")]


async def test_a_server_that_is_busy_gets_it_later_and_a_refused_one_is_parked(
    watch: Watch, post: Post
) -> None:
    await watch.outbox.add(
        [NewNotification("k", Kind.INQUIRIES_DUE, TO, {"today": [], "late": ["Q-1"]})], NOON
    )
    post.box.to_recipient = "451 4.7.1 greylisted"
    await post.worker().work()
    assert await watch.states() == [("inquiries_due", "waiting")]
    watch.machine.ahead += timedelta(hours=1)
    post.box.to_recipient = "550 5.1.1 no such user"
    await post.worker().work()
    [entry] = await watch.outbox.entries([State.PARKED])
    assert (entry.code, entry.detail) == ("refused_recipient", "SMTP 550")
    post.box.to_recipient = "250 OK"
    assert await watch.outbox.resend(entry.id)
    await post.worker().work()
    assert post.box.mails[0]["Subject"] == "期限のお問い合わせがあります（今日0件、期限超過1件）"
    assert "期限を過ぎたもの（1件）\nQ-1\n\n今日が期限のもの（0件）\nなし" in post.text()


async def test_one_that_cannot_be_written_does_not_hold_up_the_others(
    watch: Watch, post: Post
) -> None:
    payload: dict[str, list[str]] = {"today": [], "late": []}
    news = [
        NewNotification("odd", Kind.INQUIRIES_DUE, TO, {}),
        NewNotification("nobody", Kind.INQUIRIES_DUE, Recipient(Via.EMAIL, "x\r\ny"), payload),
        NewNotification("good", Kind.INQUIRIES_DUE, TO, payload),
    ]
    await watch.outbox.add(news, NOON)
    await post.worker().work()
    assert [state for _, state in await watch.states()] == ["waiting", "parked", "sent"]


@pytest.fixture
async def other(watch: Watch) -> AsyncIterator[tuple[OtherSystem, SendingWorker]]:
    """Another system that is called, and what calls it."""
    system = OtherSystem()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(system))
        patient = Bounds(connect=20, answer=20, typing=20, file=20, rest=20)
        client = WebhookClient(f"{address}/told", SECRETS, watch.clock, bounds=patient, tls=TLS)
        stack.push_async_callback(client.close)
        way = ByWebhook(client, watch.composer, watch.clock)
        yield system, SendingWorker(watch.outbox, {Via.WEBHOOK: way})


async def test_the_webhook_is_called_signed_and_says_nothing_of_the_customer(
    watch: Watch, other: tuple[OtherSystem, SendingWorker]
) -> None:
    system, worker = other
    watch.told = Told(webhook=True)
    chat = await watch.waiting()
    asked = watch.clock.now()
    watch.later(seconds=61)
    await watch.another_notifier().look()
    system.status = 503
    await worker.work()
    system.status = 204
    watch.machine.ahead += timedelta(hours=1)
    await worker.work()
    first, second = system.calls
    verify(SECRETS, second.headers, second.body, watch.clock.now())
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(second.body) == {
        "type": "chat_waits",
        "at": watch.clock.now().isoformat(timespec="milliseconds"),
        "conversation_id": chat,
        "handoff_id": 1,
        "reason": "customer",
        "waiting_since": asked.isoformat(timespec="milliseconds"),
        "waiting": 1,
        "url": f"https://desk.example.jp/desk#/chat/{chat}",
    }
    assert await watch.states() == [("chat_waits", "sent")]
