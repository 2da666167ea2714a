"""入荷のお知らせ (ONEGAI ALLU): registers what a customer is looking for, in their own words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from madoguchi.dialogue.cards import card
from madoguchi.dialogue.found import find
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import Confirm, Contact, FreeText, Option, Pick, Read
from madoguchi.dialogue.routes import is_act
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from madoguchi.systems.model import Product

_SHORTEST, _LONGEST = 2, 500
_REWRITE, _OTHER_ADDRESS = "rewrite", "other_address"
# Where only a telephone number was given: the shop tells by e-mail alone.
_NO_ADDRESS = ""
# What is said of items may be taken for one of these; every other act is a wish of its own.
_ABOUT_ITEMS = {"act_restock_request", "act_stock_location", "act_store_visit"}
_OF_THIS = {"act_restock_request", "store_product_restock"}
# What a request for a notice says besides the item.
_GENERIC = re.compile(
    r"onegai\s*allu|sold\s*out|line|e-?mail|メールアドレス|メアド|メルマガ|メール|アドレス|サイト|ページ"
    r"|カート|チェック|リスト|サービス|リクエスト|アラート|ソールドアウト|キャンセル|スマホ|アイテム"
    r"|ブランド|モデル|サイズ|タイプ|カラー|デザイン|バッグ|アクセサリー|ジュエリー|オンライン|ストア"
    r"|ニュウカ|サイニュウカ|ツウチ|トウロク|オシラセ|レンラク|タイミング|ボタン|ピンポン",
    re.IGNORECASE,
)
# Brands and types are written in katakana or Latin letters: 「バーキン25」, 「IWC」.
_ITEM = re.compile(r"[ァ-ヴー]{3,}|[A-Z]{2,}|[A-Z][A-Za-z]{2,}")
_TEN_DIGITS = re.compile(r"[1-9]\d{9}")
_CHANGE = re.compile(
    r"(?:登録|希望|お知らせ|通知)[^。、]{0,12}(?:修正|変更|書き換え|取り?下げ|取り?消|解除|削除|キャンセル"
    r"|(?:やめ|止め)(?:たい|て))"
    r"|登録済み.{0,30}(?:修正|変更|削除)|取り下げ|書き換えて|登録[をも]?(?:直し|変え)"
)


class RestockRequest(Skill):
    """Registers a wish for an item that is not there."""

    act = "restock_request"

    async def steps(self, turn: Turn) -> None:
        """Ask for the wish and the address, and register both when they are confirmed."""
        if turn.starts:
            turn.take("restock_request.change", Read(_change_in))
            turn.take("restock_request.wish", Read(_wish_unasked))
            turn.take("restock_request.email", Contact(email_only=True))
        if "restock_request.change" in turn.state.answers:
            await _by_inquiry(turn)
        while True:
            wish = await _wish(turn)
            email = await _email(turn)
            said = await _confirmed(turn, wish, email)
            if said not in {_REWRITE, _OTHER_ADDRESS}:
                break
            changed = "restock_request.wish" if said == _REWRITE else "restock_request.email"
            turn.forget("restock_request.confirm", changed)
        if not said:
            raise turn.finish("restock_request.kept")
        made = await turn.context.systems.stores.request_restock(
            wish, email, key=turn.key("restock")
        )
        raise turn.finish(
            "restock_request.done",
            card=_card(turn, made.wish, made.email, made.number),
            number=made.number,
            wish=made.wish,
            email=made.email,
        )


async def _wish(turn: Turn) -> str:
    """Return what is looked for; the item that was talked about is offered."""
    stores, remembered = turn.context.systems.stores, turn.opened.memory.product
    spoken_of = await stores.product(remembered) if remembered is not None else None
    options = []
    if spoken_of is not None:
        like = turn.context.words("restock_request.like", product=spoken_of.name)
        options.append(Option(like, _like(turn, spoken_of)))
    said = str(await turn.ask("restock_request.wish", Read(_wish_in, options)))
    named = await stores.product(said) if _TEN_DIGITS.fullmatch(said) else None
    if named is None:
        return said
    if named.location is not None:
        raise turn.finish("restock_request.on_sale", product=named.name, number=named.number)
    return _like(turn, named)


def _like(turn: Turn, product: Product) -> str:
    """Return the wish for what is like this item, there being one of each."""
    like = turn.context.words("restock_request.like", product=product.name)
    return f"{like}（{product.number}）"


async def _email(turn: Turn) -> str:
    text = "restock_request.email"
    while True:
        said = str(await turn.ask("restock_request.email", Read(_address), text=text))
        if said != _NO_ADDRESS:
            return said
        turn.forget("restock_request.email")
        text = "restock_request.email_only"


async def _confirmed(turn: Turn, wish: str, email: str) -> Any:
    words = turn.context.words
    question = Confirm(
        words("restock_request.confirm_yes"),
        words("restock_request.confirm_no"),
        (
            Option(words("restock_request.rewrite"), _REWRITE),
            Option(words("restock_request.other_address"), _OTHER_ADDRESS),
        ),
    )
    return await turn.ask(
        "restock_request.confirm", question, card=_card(turn, wish, email), wish=wish, email=email
    )


async def _by_inquiry(turn: Turn) -> None:
    """Take the change of an earlier wish as an inquiry, unless it is a new one after all."""
    words = turn.context.words
    said = str(turn.state.answers["restock_request.change"])
    options = [
        Option(words("restock_request.ask_inquiry_yes"), value=True),
        Option(words("restock_request.ask_inquiry_no"), value=False),
    ]
    if await turn.ask("restock_request.ask_inquiry", Pick(options)):
        matter = Matter("product", words("restock_request.summary", said=said))
        raise await take_inquiry(turn, matter, "restock_request.inquiry_opened")


def _change_in(heard: Heard) -> str | None:
    return _one_line(heard.text) if _CHANGE.search(heard.text) else None


def _wish_unasked(heard: Heard) -> str | None:
    """Return the customer's words when they name an item, the number alone when only that."""
    plain = _GENERIC.sub(" ", unicodedata.normalize("NFKC", heard.text))
    if _ITEM.search(plain):
        return _one_line(heard.text)
    return next(iter(find(heard.text, "product").products), None)


def _wish_in(heard: Heard) -> str | None:
    """Return the wish that was asked for."""
    if is_act(heard.intent) and heard.intent not in _ABOUT_ITEMS:
        return None
    if heard.does_not_know and _wish_unasked(heard) is None:
        return None
    words = FreeText(shortest=_SHORTEST, longest=_LONGEST, questions=heard.intent in _OF_THIS)
    said = words.read(heard)
    if said is None:
        return None
    numbers = find(said, "product").products
    rest = re.sub(r"[\s\d商品番号のでですNo.:：-]", "", unicodedata.normalize("NFKC", said))
    return numbers[0] if len(numbers) == 1 and not rest else _one_line(said)


def _address(heard: Heard) -> str | None:
    """Return the e-mail address, an empty one when only a telephone number was given."""
    if heard.found.emails:
        return heard.found.emails[0]
    return _NO_ADDRESS if heard.found.phones else None


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def _card(turn: Turn, wish: str, email: str, number: str | None = None) -> dict[str, Any]:
    rows = [("restock_number", number), ("summary", wish), ("contact", email)]
    return card(turn.context.words("restock_request.card"), rows)
