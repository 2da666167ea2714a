"""Files both ways between an agent's browser and a customer's."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Locator, expect

from tests.e2e.desk.conftest import Customer, Desk, Floor
from tests.line_platform.pictures import png
from tests.media import samples

pytestmark = pytest.mark.browser
PHOTO: FilePayload = {"name": "傷の写真.png", "mimeType": "image/png", "buffer": png(64, 48)}
RECEIPT: FilePayload = {"name": "領収書.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}
PAGE: FilePayload = {"name": "写真.png", "mimeType": "image/png", "buffer": samples.HTML}


def panel(customer: Customer) -> Locator:
    return customer.page.locator("madoguchi-widget .panel")


async def send(customer: Customer, *files: FilePayload) -> None:
    await panel(customer).locator("input[type=file]").set_input_files(list(files))


async def taken(floor: Floor) -> tuple[Desk, Customer, str]:
    """Return sato's desk and the customer whose chat sato has taken."""
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await expect(panel(customer)).to_contain_text("担当者 佐藤 花子")
    return sato, customer, chat


async def is_drawn(picture: Locator) -> bool:
    await picture.evaluate("image => image.decode()")
    width: int = await picture.evaluate("image => image.naturalWidth")
    return width == 64


async def test_a_picture_goes_to_the_customer_and_one_comes_back(floor: Floor) -> None:
    sato, customer, _ = await taken(floor)
    await sato.page.locator(".composer input[type=file]").set_input_files([PHOTO, RECEIPT])
    await expect(sato.page.locator(".composer .held progress")).to_have_count(0)
    await sato.write("こちらをご覧ください")
    await expect(customer.bubble("こちらをご覧ください")).to_be_visible()
    picture = panel(customer).get_by_role("img", name="傷の写真.png")
    await expect(picture).to_be_visible()
    assert await is_drawn(picture)
    await expect(panel(customer).get_by_role("link", name="領収書.pdf")).to_be_visible()
    await send(customer, PHOTO)
    own = panel(customer).locator(".customer").get_by_role("img", name="傷の写真.png")
    await expect(own).to_be_visible()
    theirs = sato.page.locator(".log .customer").get_by_role("img", name="傷の写真.png")
    await expect(theirs).to_be_visible()
    assert await is_drawn(theirs)
    for page in (sato.page, customer.page):
        assert (await Axe().run(page)).response["violations"] == []
    await customer.page.reload()
    await expect(own).to_be_visible()
    await expect(panel(customer).locator("img")).to_have_count(2)


async def test_a_file_alone_is_an_answer_and_one_taken_off_is_none(floor: Floor) -> None:
    sato, customer, _ = await taken(floor)
    button = sato.page.locator(".composer button[type=submit]")
    await expect(button).to_be_disabled()
    await sato.page.locator(".composer input[type=file]").set_input_files([PHOTO, RECEIPT])
    await sato.page.get_by_role("button", name="領収書.pdfを外す").click()
    await expect(button).to_be_enabled()
    await button.click()
    await expect(panel(customer).get_by_role("img", name="傷の写真.png")).to_be_visible()
    await expect(panel(customer).get_by_text("領収書.pdf")).to_have_count(0)


async def test_what_is_not_taken_is_said_at_the_file_on_both_sides(floor: Floor) -> None:
    sato, customer, chat = await taken(floor)
    await sato.page.locator(".composer input[type=file]").set_input_files([PAGE])
    await expect(sato.page.locator(".composer .held.bad")).to_contain_text("添付できません")
    await expect(sato.page.locator(".composer button[type=submit]")).to_be_disabled()
    await send(customer, PAGE)
    await expect(panel(customer).locator(".unsent")).to_contain_text("お受け取りできません")
    await panel(customer).get_by_role("button", name="写真.pngの送信をやめる").click()
    await expect(panel(customer).locator(".unsent")).to_have_count(0)
    attachments = floor.service.parts.messaging.attachments
    assert await attachments.of_conversation(chat) == []


async def test_a_file_that_did_not_get_through_is_sent_again_once(floor: Floor) -> None:
    _, customer, chat = await taken(floor)
    context = customer.page.context
    await context.route("**/files", lambda route: route.abort())
    await send(customer, PHOTO)
    again = panel(customer).get_by_role("button", name="もう一度送る")
    await expect(again).to_be_visible()
    await context.unroute("**/files")
    await again.click()
    await expect(panel(customer).get_by_role("img", name="傷の写真.png")).to_be_visible()
    assert len(await floor.service.parts.messaging.attachments.of_conversation(chat)) == 1


async def test_files_are_pasted_and_dropped_and_only_while_a_person_is_there(
    floor: Floor, tmp_path: Path
) -> None:
    del tmp_path
    sato, customer, _ = await taken(floor)
    for event, holder in (("paste", "clipboardData"), ("drop", "dataTransfer")):
        await (
            panel(customer)
            .locator("textarea")
            .evaluate(
                """(field, [name, holder]) => {
                const data = new DataTransfer();
                data.items.add(new File(['ご確認ください'], `${name}.txt`, {type: 'text/plain'}));
                const kinds = {paste: ClipboardEvent, drop: DragEvent};
                field.dispatchEvent(new kinds[name](name, {[holder]: data, bubbles: true,
                    composed: true, cancelable: true}));
            }""",
                [event, holder],
            )
        )
        await expect(panel(customer).get_by_role("link", name=f"{event}.txt")).to_be_visible()
        await expect(sato.page.locator(".log .customer", has_text=f"{event}.txt")).to_be_visible()
    attach = panel(customer).get_by_role("button", name="ファイルを添付")
    await expect(attach).to_be_visible()
    await sato.give_back()
    await expect(attach).to_be_hidden()


async def test_a_name_is_only_a_name(floor: Floor) -> None:
    sato, customer, _ = await taken(floor)
    name = "<img src=x onerror=alert(1)>.png"
    await send(customer, {**PHOTO, "name": name})
    shown = "_img src=x onerror=alert(1)_.png"
    await expect(sato.page.locator(".log").get_by_role("img", name=shown)).to_be_visible()
    await expect(panel(customer).get_by_role("img", name=shown)).to_be_visible()
