"""Webhooks over real HTTP: only Meta's are stored, and they are stored before the answer."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from madoguchi.channels.messenger.webhook import router
from madoguchi.conversations.channel import Incident, RawEvent
from madoguchi.settings import SettingsError
from tests.channels.messenger.things import Shop, a_message, shop_at
from tests.messenger_platform.courier import Courier, Signing, encoded
from tests.messenger_platform.events import notification
from tests.messenger_platform.fake import VERIFY_TOKEN, FakeMeta
from tests.support.server import client_of, serving


async def test_meta_takes_the_address(courier: Courier) -> None:
    assert await courier.verify()


@pytest.mark.parametrize("token", ["", "wrong", VERIFY_TOKEN + " ", "窓口"])
async def test_another_verify_token_is_refused(courier: Courier, token: str) -> None:
    assert not await courier.verify(token)


async def test_only_a_subscription_is_verified(courier: Courier) -> None:
    assert not await courier.verify(mode="unsubscribe")


async def test_a_challenge_is_never_a_page(shop: Shop) -> None:
    app = FastAPI()
    app.include_router(router(shop.channel, "secret", VERIFY_TOKEN, shop.store))
    async with serving(app) as address, client_of(address) as http:
        answer = await http.get(
            "/messenger/webhook",
            params={
                "hub.mode": "subscribe",
                "hub.verify_token": VERIFY_TOKEN,
                "hub.challenge": "<script>alert(1)</script>",
            },
        )
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_a_customer_writes_is_stored(shop: Shop, courier: Courier) -> None:
    wrote = shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "送料は？"})
    answer = await shop.meta.tell(courier, wrote)
    assert answer.status_code == httpx.codes.OK
    [(name, [event])] = shop.stored
    assert name == "messenger"
    assert (event.event_id, event.user, event.at) == ("m_1", shop.person.id, shop.platform.now)
    assert shop.channel.understand(event).text == "送料は？"


@pytest.mark.parametrize("signing", ["wrong", "missing", "sha1"])
async def test_without_metas_signature_nothing_is_stored(
    shop: Shop, courier: Courier, signing: Signing
) -> None:
    wrote = shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "送料は？"})
    answer = await shop.meta.tell(courier, wrote, signing=signing)
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert not shop.stored


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b'"page"', b"\xff\xfe", b"[" * 200_000, b'{"entry": 1}', b"{}"],
)
async def test_a_signed_body_without_events_is_taken_and_not_wanted_again(
    shop: Shop, courier: Courier, body: bytes
) -> None:
    answer = await courier.bring(body)
    assert answer.status_code == httpx.codes.OK
    assert not shop.stored


async def test_an_odd_event_does_not_lose_the_others(shop: Shop, courier: Courier) -> None:
    events = [
        shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "一"}),
        {"sender": None, "message": []},
        {"timestamp": "soon"},
        shop.platform.from_person(shop.person, message={"mid": "m_2", "text": "二"}),
    ]
    await shop.meta.tell(courier, *events)
    understood = [shop.channel.understand(event) for event in shop.events]
    assert [each.text for each in understood if each.kind is Incident.TEXT] == ["一", "二"]
    assert [each.kind for each in understood].count(Incident.NOTHING) == 2


async def test_the_same_webhook_five_times_at_once_has_the_same_ids(
    shop: Shop, courier: Courier
) -> None:
    events = [
        shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "一"}),
        shop.platform.from_person(shop.person, read={"watermark": 1}),
    ]
    await asyncio.gather(*(shop.meta.tell(courier, *events) for _ in range(5)))
    assert len(shop.events) == 10
    assert len({event.event_id for event in shop.events}) == 2


async def test_what_cannot_be_stored_is_asked_for_again(shop: Shop) -> None:
    async def store(_name: str, _events: list[RawEvent]) -> None:
        raise OSError("the database is away")

    app = FastAPI()
    app.include_router(router(shop.channel, shop.platform.app_secret, VERIFY_TOKEN, store))

    @app.exception_handler(OSError)
    async def failed(_request: object, _error: OSError) -> Response:
        return Response(status_code=500)

    wrote = shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "一"})
    async with (
        serving(app) as address,
        shop.meta.courier(f"{address}/messenger/webhook") as courier,
    ):
        assert (await shop.meta.tell(courier, wrote)).status_code == 500


async def test_echoes_are_noted_as_soon_as_they_come(shop: Shop, courier: Courier) -> None:
    await shop.channel.sender.deliver(shop.delivery(a_message("一"), a_message("二"), number=9))
    shop.progress.forget()
    await shop.meta.tell(courier, shop.platform.echoes[0])
    assert await shop.progress.done(9) == 1
    await shop.meta.tell(courier, *shop.platform.echoes)
    assert await shop.progress.done(9) == 2


async def test_one_address_serves_both_products(
    shop: Shop, instagram: FakeMeta, instagram_shop: Shop
) -> None:
    app = FastAPI()
    both = [shop.channel, instagram_shop.channel]
    app.include_router(router(both, shop.platform.app_secret, VERIFY_TOKEN, shop.store))
    async with (
        serving(app) as address,
        shop.meta.courier(f"{address}/messenger/webhook") as courier,
    ):
        for side, person in ((shop.meta, shop.person), (instagram, instagram_shop.person)):
            wrote = side.platform.from_person(
                person, message={"mid": side.platform.mid(), "text": "はい"}
            )
            await side.tell(courier, wrote)
    assert [name for name, _ in shop.stored] == ["messenger", "instagram"]


async def test_events_of_an_account_that_is_not_served_are_left_alone(
    shop: Shop, courier: Courier
) -> None:
    wrote = shop.platform.from_person(shop.person, message={"mid": "m_1", "text": "一"})
    for name, account in (("page", "999"), ("whatsapp_business_account", shop.platform.account)):
        answer = await courier.bring(encoded(notification(name, account, 1, [wrote])))
        assert answer.status_code == httpx.codes.OK
    assert not shop.stored


async def test_a_channel_without_a_known_account_takes_all_of_its_product(meta: FakeMeta) -> None:
    shop = shop_at(meta, id=None)
    assert shop.channel.serves("page", "999")
    assert not shop.channel.serves("instagram", "999")
    await shop.close()


async def test_without_a_secret_or_a_token_there_is_no_webhook(shop: Shop) -> None:
    for secret, token in (("", VERIFY_TOKEN), ("secret", "")):
        with pytest.raises(SettingsError):
            router(shop.channel, secret, token, shop.store)
    with pytest.raises(SettingsError):
        router([], "secret", VERIFY_TOKEN, shop.store)
