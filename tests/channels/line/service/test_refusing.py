"""What is not LINE's is refused, clearly, and leaves nothing behind."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import ChannelEventRow
from tests.channels.line.service.conftest import Shop
from tests.conftest import StartService
from tests.line_platform.courier import Signing
from tests.line_platform.customer import Customer


@pytest.mark.parametrize("signing", ["wrong", "missing"])
async def test_a_webhook_that_is_not_signed_right_is_refused_and_not_stored(
    shop: Shop, hana: Customer, signing: Signing
) -> None:
    with shop.line.holding() as held:
        await hana.says("送料は")
    delivery = await shop.line.deliver(*held, signing=signing)
    assert delivery.status == 401
    async with AsyncSession(shop.service.parts.database) as session:
        assert list(await session.scalars(select(ChannelEventRow))) == []


async def test_a_signed_body_that_is_no_webhook_is_refused(shop: Shop) -> None:
    secret = shop.line.channel.secret.encode()
    for body in (b"", b"[]", b"nonsense", b"\xff\xfe", b'{"events": 1}'):
        signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        answer = await shop.service.http.post(
            "/line/webhook", content=body, headers={"x-line-signature": signature}
        )
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


async def test_without_settings_the_operator_is_told_which_are_missing(
    start_service: StartService,
) -> None:
    service = await start_service()
    answer = await service.http.post("/line/webhook", content=b"{}")
    assert answer.status_code == 503
    assert "MADOGUCHI_LINE_CHANNEL_SECRET" in answer.json()["detail"]
