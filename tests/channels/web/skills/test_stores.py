"""The skills about items and stores, through the Chat API."""

from __future__ import annotations

import pytest

from tests.channels.web.skills.dialogues import STORES
from tests.channels.web.skills.service import ShopService
from tests.channels.web.skills.situations import Situations

DIALOGUES = STORES
ITEM, NO_ITEM = "1002045871", "1999999999"


class TestStores(Situations):
    """Every situation, with each of the skills."""

    @pytest.mark.parametrize(
        ("opening", "refused"),
        [
            ("在庫の場所を教えてください", "商品番号 1999999999 の商品は見つかりませんでした。"),
            ("来店予約をしたいです", "商品番号 1999999999 の商品は見つかりませんでした。"),
        ],
    )
    async def test_a_number_that_no_item_has_can_be_put_right(
        self, service: ShopService, opening: str, refused: str
    ) -> None:
        customer = await service.customer("store")
        await customer.say(opening, NO_ITEM)
        assert customer.text.startswith(refused)
        await customer.say(ITEM)
        assert "レザー トートバッグ キャメル" in customer.text

    async def test_several_items_are_told_of_at_once(self, service: ShopService) -> None:
        customer = await service.customer("store")
        await customer.say("在庫の場所を教えてください", f"{ITEM} と 1004005520 と {NO_ITEM}")
        assert "・「レザー トートバッグ キャメル」（1002045871）: 倉庫" in customer.text
        assert "・「ダイヤモンド リング 11号」（1004005520）: ALLU銀座店" in customer.text
        assert "・商品番号 1999999999: 見つかりませんでした。" in customer.text

    async def test_another_item_can_be_named_for_the_visit(self, service: ShopService) -> None:
        customer = await service.customer("store")
        await customer.say("来店予約をしたいです", ITEM)
        assert "レザー トートバッグ キャメル" in customer.text
        await customer.say("1004005520")
        assert "「ダイヤモンド リング 11号」を、どの店舗でご覧になりますか？" in customer.text

    async def test_a_wish_and_its_address_can_be_put_right(self, service: ShopService) -> None:
        customer = await service.customer("store")
        await customer.say("入荷したら教えてください", "黒いバッグ", "old@example.jp")
        await customer.tap("ご希望を書き直す")
        await customer.say("赤いバッグ")
        await customer.tap("メールアドレスを直す")
        await customer.say("new@example.jp")
        await customer.tap("登録する")
        assert "ご希望: 赤いバッグ" in customer.text
        assert "new@example.jp へメール" in customer.text
        assert await service.changes_by(customer) == 1
