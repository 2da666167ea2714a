"""What a channel knows of its customers, and what it shows them while they wait."""

from __future__ import annotations

import pytest

from madoguchi.channels.messenger.client import GraphClient
from madoguchi.conversations.channel import (
    Incident,
    Incoming,
    MediaRef,
    MessagingChannel,
    RawEvent,
)
from madoguchi.settings import SettingsError
from tests.channels.messenger.things import IMPATIENT, MemoryProgress, Shop, shop_at
from tests.messenger_platform import errors, faults
from tests.messenger_platform.fake import FakeMeta
from tests.messenger_platform.faults import Fault
from tests.messenger_platform.platform import File

FAULTS = pytest.mark.parametrize(
    "fault",
    [
        faults.refused(errors.TEMPORARY),
        faults.refused(errors.TOKEN),
        faults.hangs(),
        faults.cut(),
        faults.nonsense(),
        faults.gateway(),
    ],
)


async def test_both_products_are_messaging_channels(shop: Shop, instagram_shop: Shop) -> None:
    both: list[MessagingChannel] = [shop.channel, instagram_shop.channel]
    assert [channel.name for channel in both] == ["messenger", "instagram"]


async def test_a_customers_name_is_looked_up(shop: Shop) -> None:
    profile = await shop.channel.profile(shop.person.id)
    assert profile is not None
    assert profile.name == "佐藤 花子"


async def test_on_instagram_a_name_may_be_the_accounts(instagram_shop: Shop) -> None:
    instagram_shop.person.name = None
    profile = await instagram_shop.channel.profile(instagram_shop.person.id)
    assert profile is not None
    assert profile.name == "hanako.s"


@FAULTS
async def test_a_name_that_cannot_be_had_is_none(meta: FakeMeta, fault: Fault) -> None:
    shop = shop_at(meta, IMPATIENT)
    shop.platform.faults.always = fault
    assert await shop.channel.profile(shop.person.id) is None
    await shop.close()


@pytest.mark.parametrize("user", ["unknown", "../me/messages", "a/b?c=d", ""])
async def test_an_odd_customer_has_no_name(shop: Shop, user: str) -> None:
    assert await shop.channel.profile(user) is None


async def test_a_customer_sees_that_someone_types(shop: Shop) -> None:
    await shop.channel.sender.thinking(shop.recipient)
    assert shop.person.actions == ["mark_seen", "typing_on"]


@FAULTS
async def test_a_failure_to_show_that_is_of_no_consequence(meta: FakeMeta, fault: Fault) -> None:
    shop = shop_at(meta, IMPATIENT)
    shop.platform.faults.always = fault
    await shop.channel.sender.thinking(shop.recipient)
    await shop.close()


async def test_a_customers_file_is_fetched(shop: Shop) -> None:
    url = shop.meta.file("a.jpg", File(b"\xff\xd8", "image/jpeg"))
    sent = shop.platform.from_person(
        shop.person,
        message={"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": url}}]},
    )
    raw = RawEvent(
        "m_1", shop.person.id, shop.platform.now, {"event": sent, "standby": False, "attachment": 0}
    )
    media = shop.channel.understand(raw).media
    assert isinstance(media, MediaRef)
    assert (await shop.channel.fetch(media, 10)).content == b"\xff\xd8"


async def test_other_events_leave_nothing_to_be_done(shop: Shop) -> None:
    assert await shop.channel.after(Incoming(Incident.TEXT, "はい"), shop.recipient) == ()


async def test_progress_is_never_lowered() -> None:
    progress = MemoryProgress()
    await progress.mark(1, 3)
    await progress.mark(1, 2)
    assert (await progress.done(1), await progress.done(2)) == (3, 0)


@pytest.mark.parametrize("token", ["", "with blank", "改行\n", "日本"])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    with pytest.raises(SettingsError):
        GraphClient(token)
