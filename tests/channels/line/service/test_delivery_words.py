"""What an agent reads of an answer's way to LINE: free or counted, why it did not arrive, again."""

from __future__ import annotations

from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Any

from madoguchi.desk.model import Reason
from tests.channels.line.service.conftest import Shop
from tests.desk.floor import AtDesk, Floor
from tests.line_platform import faults
from tests.line_platform.customer import Customer
from tests.support.waiting import until


async def _delivered(sato: AtDesk, chat: str, text: str, *states: str) -> dict[str, Any]:
    """Return the delivery of an answer once it is in one of the states."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        shown = await sato.get(f"/chats/{chat}")
        [message] = [each for each in shown["messages"] if each["text"] == text]
        found.update(message["delivery"] or {})
        return found.get("state") in states

    await until(there)
    return found


async def test_an_answer_s_way_to_line_is_told_in_words(shop: Shop, hana: Customer) -> None:
    async with AsyncExitStack() as stack:
        sato = await Floor(shop.service, stack).agent("sato")
        await hana.says("送料は")
        await hana.receives()
        person = await shop.service.parts.messaging.people.find("line", hana.id)
        assert person is not None
        chat = person.conversation_id
        await shop.service.parts.desk.ownership.call(chat, Reason.CUSTOMER, "送料")
        assert (await sato.post(f"/chats/{chat}/take")).status_code == HTTPStatus.OK

        shown = await sato.get(f"/chats/{chat}")
        answers = [each["delivery"] for each in shown["messages"] if each["from"] == "bot"]
        assert [(each["state"], each["counted"]) for each in answers if each] == [("sent", 0)]

        await sato.say(chat, "お調べします。", "k1")
        sent = await _delivered(sato, chat, "お調べします。", "sent")
        assert (sent["counted"], sent["reason"]) == (1, None)

        shop.line.fail("push", faults.bad_request())
        await sato.say(chat, "送料は無料です。", "k2")
        refused = await _delivered(sato, chat, "送料は無料です。", "parked")
        assert refused["reason"] == "送信先がメッセージの形式を受け付けませんでした。"
        assert (await sato.get("/chats", view="mine"))["chats"][0]["delivery_failed"] is True

        again = await sato.post(f"/deliveries/{refused['id']}/resend")
        assert again.status_code == HTTPStatus.OK
        arrived = await _delivered(sato, chat, "送料は無料です。", "sent")
        assert (arrived["counted"], arrived["reason"]) == (1, None)
