"""Linking a LINE account with a member of the shop, through the shop's login."""

from __future__ import annotations

import re

import pytest

from madoguchi.clock import SystemClock
from madoguchi.conversations.model import Sender
from madoguchi.identity import sign_identity
from madoguchi.settings import DEMO_IDENTITY_SECRET
from tests.channels.line.service.conftest import Shop
from tests.conftest import StartService
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine


async def _offered(shop: Shop, hana: Customer) -> str:
    """Return the address that the link button opens."""
    await hana.does({"type": "postback", "data": "menu:link"})
    _, card = await hana.receives(2)
    return hana.link(card.labels[0])


async def _sign_in(shop: Shop, url: str, member: str = "ALLU-1001") -> str:
    """Sign in on the shop's page, and return where the browser is sent."""
    asked = re.search(r"linkToken=([^&]+)", url)
    assert asked is not None
    identity = sign_identity(member, "佐藤 花子", DEMO_IDENTITY_SECRET, SystemClock())
    form = {"identity": identity, "linkToken": asked[1]}
    answer = await shop.service.http.post("/line/link", data=form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def _member(shop: Shop, hana: Customer) -> str | None:
    person = await shop.service.parts.messaging.people.find("line", hana.id)
    assert person is not None
    conversation = await shop.service.parts.store.get(person.conversation_id)
    assert conversation.member_id == person.recipient.member_id
    return conversation.member_id


async def test_a_linked_account_is_the_member(shop: Shop, hana: Customer) -> None:
    url = await _offered(shop, hana)
    assert await hana.opens(await _sign_in(shop, url))
    [told] = await hana.receives()
    assert "連携しました" in told.text
    assert await _member(shop, hana) == "ALLU-1001"


async def test_the_demo_s_login_page_leads_on_to_line(shop: Shop, hana: Customer) -> None:
    url = await _offered(shop, hana)
    page = await shop.service.http.get(url.partition(str(8080))[2] or url)
    assert page.status_code == 200
    assert "佐藤 花子" in page.text
    assert shop.line.url in page.headers["content-security-policy"]


async def test_who_opens_another_s_link_links_nothing(shop: Shop, hana: Customer) -> None:
    url = await _offered(shop, hana)
    ichiro = shop.line.user("鈴木 一郎")
    await ichiro.says("こんにちは")
    await ichiro.receives()
    await ichiro.opens(await _sign_in(shop, url))
    await shop.worked_on()
    assert await _member(shop, hana) is None
    assert await _member(shop, ichiro) is None


async def test_a_nonce_that_is_not_ours_links_nothing(shop: Shop, hana: Customer) -> None:
    url = await _offered(shop, hana)
    asked = re.search(r"linkToken=([^&]+)", url)
    assert asked is not None
    await hana.opens(
        f"{shop.line.url}/dialog/bot/accountLink?linkToken={asked[1]}&nonce=invented-nonce-1"
    )
    [told] = await hana.receives()
    assert "連携できませんでした" in told.text
    assert await _member(shop, hana) is None


async def test_a_login_that_proves_nothing_is_refused(shop: Shop) -> None:
    form = {"identity": "not.a.token", "linkToken": "token"}
    answer = await shop.service.http.post("/line/link", data=form)
    assert answer.status_code == 401


async def test_a_link_is_ended_with_a_word(shop: Shop, hana: Customer) -> None:
    url = await _offered(shop, hana)
    await hana.opens(await _sign_in(shop, url))
    await hana.receives()
    await hana.says("連携を解除")
    [told] = await hana.receives()
    assert "解除しました" in told.text
    assert await _member(shop, hana) is None
    await hana.says("連携を解除")
    [told] = await hana.receives()
    assert "連携していません" in told.text


@pytest.mark.parametrize(
    ("site", "of_the_shop", "of_the_other"),
    [("store", "ご注文", "レンタル"), ("rental", "レンタル", "注文")],
)
async def test_the_account_of_one_shop_speaks_of_that_shop_alone(
    start_service: StartService, site: str, of_the_shop: str, of_the_other: str
) -> None:
    async with FakeLine() as line:
        service = await start_service(
            line_api_url=line.url, line_data_url=line.data_url, line_site=site
        )
        line.connect(f"{service.http.base_url}/line/webhook")
        shop, hana = Shop(line, service), line.user("佐藤 花子")
        url = await _offered(shop, hana)
        assert await hana.opens(await _sign_in(shop, url))
        await hana.receives()
        await hana.does({"type": "postback", "data": "menu:link"})
        await hana.receives()
        await hana.says("連携を解除")
        await hana.receives()
        said = await shop.transcript(hana)
        told = [message for message in said if message.sender == Sender.SYSTEM]
        assert len(told) == 4  # the offer, linked, linked already, no longer linked
        words = [message.text for message in told]
        words += [choice.title for message in told for choice in message.choices]
        assert any(of_the_shop in each for each in words)
        assert not any(of_the_other in each for each in words)
