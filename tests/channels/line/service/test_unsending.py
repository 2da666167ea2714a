"""A message that is taken back, and files."""

from __future__ import annotations

from madoguchi.desk.model import Reason
from tests.channels.line.service.conftest import Shop
from tests.line_platform.content import Content
from tests.line_platform.customer import Customer
from tests.support.waiting import until


async def test_a_message_taken_back_is_gone_and_the_engine_forgets(
    shop: Shop, hana: Customer
) -> None:
    sent = await hana.says("間違えて送りました")
    await hana.receives()
    await hana.unsends(sent)

    async def gone() -> bool:
        return "間違えて送りました" not in "".join(await shop.texts(hana))

    await until(gone)
    await shop.worked_on()
    assert len(shop.service.engine.forgotten) == 1


async def test_words_taken_back_are_not_what_agents_read_as_the_goal(
    shop: Shop, hana: Customer
) -> None:
    sent = await hana.says("間違えて\n送りました")
    await hana.receives()
    parts = shop.service.parts
    person = await parts.messaging.people.find("line", hana.id)
    assert person is not None
    ownership = parts.desk.ownership
    called = await ownership.call(person.conversation_id, Reason.CUSTOMER, "")
    assert called.goal == "間違えて 送りました"
    await hana.unsends(sent)

    async def gone() -> bool:
        handoff = await ownership.open_handoff(person.conversation_id)
        return handoff is not None and "間違えて" not in handoff.goal

    await until(gone)


async def test_a_picture_is_fetched_checked_and_kept(shop: Shop, hana: Customer) -> None:
    await hana.sends_image(Content())
    await hana.receives()
    messaging = shop.service.parts.messaging
    person = await messaging.people.find("line", hana.id)
    assert person is not None

    async def kept() -> bool:
        [file] = await messaging.attachments.of_conversation(person.conversation_id)
        return file.state == "kept"

    await until(kept)
    [file] = await messaging.attachments.of_conversation(person.conversation_id)
    assert file.content_type == "image/png"


async def test_slow_files_hold_no_message_up(shop: Shop, hana: Customer) -> None:
    await hana.sends_video(Content(preparation="processing"))
    await hana.receives()
    await hana.says("送料は")
    [answer] = await hana.receives()
    assert answer.text == "答え: 送料は"


async def test_a_webhook_is_acknowledged_while_everything_behind_it_hangs(
    shop: Shop, hana: Customer
) -> None:
    shop.service.engine.will(shop.service.engine.hangs)
    with shop.line.holding() as held:
        await hana.says("遅い質問")
    delivery = await shop.line.deliver(*held)
    assert delivery.ok
    shop.service.engine.go_on.set()
    await hana.receives()
