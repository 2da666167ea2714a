"""The skills about inquiries, through the Chat API."""

from __future__ import annotations

from tests.channels.web.skills.dialogues import INQUIRIES, ORDERS
from tests.channels.web.skills.service import ShopService
from tests.channels.web.skills.situations import Situations, at_the_end

DIALOGUES = INQUIRIES
_INQUIRY = INQUIRIES[0]


class TestInquiries(Situations):
    """Every situation, with each of the skills."""

    async def test_who_has_just_sent_an_inquiry_is_told_of_it_without_a_proof(
        self, service: ShopService
    ) -> None:
        customer = await at_the_end(service, _INQUIRY)
        await customer.tap(str(_INQUIRY.yes))
        number = customer.last["card"]["rows"][0]["value"]
        await customer.say(INQUIRIES[1].opening)
        assert number in customer.text
        assert INQUIRIES[1].done in customer.text

    async def test_an_inquiry_is_about_the_order_that_was_proven(
        self, service: ShopService
    ) -> None:
        order = await service.own(ORDERS[0])
        customer = await at_the_end(service, ORDERS[0], order)
        await customer.say(*_INQUIRY.texts(None), str(_INQUIRY.yes))
        [opened] = await service.parts.context.inquiries.of_customer(customer.chat.id, None)
        assert opened.subject == order.number

    async def test_of_several_inquiries_the_one_that_is_meant_is_chosen(
        self, service: ShopService
    ) -> None:
        customer = await service.customer("store")
        for topic in ("商品", "返品"):
            opening, _, *says = _INQUIRY.texts(None)
            await customer.say(opening, topic, *says, str(_INQUIRY.yes))
        await customer.say(INQUIRIES[1].opening)
        chosen = next(title for title in customer.titles if title.startswith("商品（"))
        await customer.tap(chosen)
        assert "お問い合わせ（商品、番号 " in customer.text
