"""Inquiries and transcripts in real browsers, with a real mail server behind the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from pydantic import SecretStr

from madoguchi.inquiries.model import NewInquiry
from tests.conftest import StartService
from tests.e2e.desk.conftest import Floor
from tests.notifications.mail_server import Postbox, mail_server
from tests.support.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture
async def mailing(
    start_service: StartService, browser: Browser
) -> AsyncIterator[tuple[Floor, Postbox]]:
    """The service with a mail server, and Chromium; no page may have complained in the end."""
    postbox = Postbox()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(mail_server(postbox))
        service = await start_service(
            smtp_url=SecretStr(f"smtp://127.0.0.1:{port}?starttls=never"),
            mail_from="ALLU <support@shop.example.jp>",
        )
        floor = Floor(service, browser)
        yield floor, postbox
        assert floor.complaints == []


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig")


async def _arrived(postbox: Postbox, count: int) -> None:
    async def all_there() -> bool:
        return len(postbox.mails) >= count

    await until(all_there)


async def test_an_inquiry_is_answered_in_the_chat_and_by_mail(
    mailing: tuple[Floor, Postbox],
) -> None:
    floor, postbox = mailing
    customer = await floor.customer("領収書の宛名を変えたい")
    new = NewInquiry(
        topic="receipt",
        summary="領収書の宛名を変えたい",
        contact="hanako@example.jp",
        site="store",
        conversation_id=await customer.chat(),
        name="山田 花子",
    )
    inquiry = await floor.service.parts.context.inquiries.open(new, "k")
    sato = await floor.agent("sato")
    page = sato.page
    await page.get_by_role("link", name="お問い合わせ", exact=True).click()
    await page.locator(".chat-row", has_text="領収書").click()
    await expect(page.get_by_label("チャット", exact=True)).to_be_checked()
    await page.get_by_label("返信", exact=True).fill("宛名を変更しました。")
    await page.get_by_role("button", name="返信を送る").click()
    await expect(customer.bubble("宛名を変更しました。")).to_be_visible()
    steps = page.locator(".steps li")
    await expect(steps.filter(has_text="チャットで返信 ・ 佐藤 花子")).to_be_visible()
    # What is answered leaves the list of what needs an answer, and stays open.
    await page.get_by_label("メール（hanako@example.jp）").check()
    await page.get_by_label("返信", exact=True).fill("領収書をお送りしました。")
    await page.get_by_role("button", name="返信を送る").click()
    await expect(steps.filter(has_text="メールで返信")).to_be_visible()
    await _arrived(postbox, 1)
    [mail] = postbox.mails
    assert mail["Subject"] == f"[お問い合わせ {inquiry.number}] ご返信"
    assert "山田 花子様" in mail.get_content()
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def test_the_customer_saves_the_transcript_and_has_it_mailed(
    mailing: tuple[Floor, Postbox],
) -> None:
    floor, postbox = mailing
    customer = await floor.customer("送料は")
    page = customer.page
    menu = page.get_by_role("button", name="メニュー")
    await menu.click()
    async with page.expect_download() as downloading:
        await page.get_by_role("menuitem", name="会話の記録を保存").click()
    text = _read(await (await downloading.value).path())
    assert "お客様\n  送料は\n" in text
    assert "自動応答\n  答え: 送料は\n" in text
    await menu.click()
    await page.get_by_role("menuitem", name="会話の記録をメールで受け取る").click()
    field = page.get_by_label("メールアドレス", exact=True)
    await expect(field).to_be_focused()
    await field.fill("hanako@example.jp")
    await field.press("Enter")
    await expect(page.get_by_text("hanako@example.jp にお送りします。")).to_be_visible()
    await _arrived(postbox, 1)
    assert "答え: 送料は" in postbox.mails[0].get_content()


async def test_an_agent_mails_the_transcript(mailing: tuple[Floor, Postbox]) -> None:
    floor, postbox = mailing
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await sato.page.get_by_role("button", name="会話の記録をメールで送る").first.click()
    dialog = sato.page.locator("dialog[open]")
    await dialog.get_by_label("送り先のメールアドレス").fill("hanako@example.jp")
    await dialog.get_by_role("button", name="送る").click()
    await expect(sato.page.get_by_text("会話の記録をhanako@example.jpに送ります。")).to_be_visible()
    await _arrived(postbox, 1)
    assert postbox.mails[0]["To"] == "hanako@example.jp"
