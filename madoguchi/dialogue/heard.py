"""What the engine understood of a message, together with what only the service may see."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from madoguchi.dialogue.found import Found, find

_LEAVE = re.compile(
    r"(?:やっぱり?|もう|一旦|いったん|とりあえず)?"
    r"(?:や[めー](?:ます|る|た|とく|ときます|ておく|ておきます|たい(?:です)?)?"
    r"|いい(?:です|や|よ)?|いらない(?:です)?|結構です|けっこうです|中止(?:します|して)?|終了(?:します)?"
    r"|戻る|戻ります|キャンセル|取り?消し?"
    r"|(?:少し|ちょっと)?(?:考え(?:ます|る|ておきます|とく|させて(?:ください|下さい)?)|保留(?:します|で)?)"
    r"|(?:また)?(?:あと|後|今度|次)で?に(?:します|する)|また(?:あとで|後で|今度))"
)
_YES = re.compile(
    r"(?:はい|うん|ええ|(?:よろしく)?お願い(?:します|いたします|致します)?|おねがいします|そうです|それで"
    r"(?:いい(?:です)?|大丈夫(?:です)?)?|大丈夫(?:です)?|(?:進めて|実行して|確定して|して)"
    r"(?:ください|下さい)|進めます|実行(?:します|する)?|確定(?:します|する)?|(?:ok|オッケー|おk|了解)(?:です)?|yes|どうぞ"
    r"|(?:問題|間違い)(?:ない(?:です)?|ありません)|いいです|申し込みます|申し込む)+"
)
_NO = re.compile(
    r"(?:(?:いいえ|いえ|ううん|いや|違います|違う|ちがう|ちがいます|no|だめ|ダメ|駄目)(?:です)?"
    r"|(?:まだ)?(?:しない(?:で(?:ください|下さい)?)?|しません)"
    r"|(?:やっぱり?)?(?:やめ(?:ます|る|とく|ときます|ておきます)|いいです|結構です|けっこうです))+"
)
_UNKNOWN = re.compile(
    r".*(?:[わ分]か(?:ら|ん|りません|りかね)|不明|忘れ|覚えて(?:い)?(?:ない|ません)|知ら(?:ない|ません)"
    r"|手元に(?:ない|ありません)|どこに(?:書|あ|載)|見つから).*"
)
# Where to find what was asked for: who asks that has it, but not at hand.
_WHERE = re.compile(
    r"(?:どこ|どちら|何処)(?:に|で|を|から)?(?:書|あ|載|記載|見|ご?ざい)"
    r"|(?<!電話)番号(?:って|とは|は|というのは|が)?、?(?:何|なん|なに|どれ|どこ|どちら)"
    r"|(?:メール|番号).*(?:消し|消え|削除し|捨て|な[くー]し|無くし)"
)
# What a customer calls the thing that was asked for, by the question.
_ASKED_FOR = {
    "number": re.compile(r"(?<!電話)番号|確認メール|(?:どこ|どちら|何処)に(?:書|載|記載)"),
    "contact": re.compile(
        r"番号|電話|携帯|メール|アドレス|連絡先|登録|(?:どこ|どちら)に(?:書|載|記載)"
    ),
}
# 「別の注文です」, 「ほかのほう」: not the one that is being talked about.
_ELSEWHERE = re.compile(
    r"(?:別|べつ|ほか|他|違う|ちがう|もう(?:ひと|一|1)つ|もう片方|残り)の?(?:注文|レンタル|時計|商品|[件方分]|ほう|やつ|番号)"
    r"|番号[をが]?、?(?:間違|まちが|違[いっ])"
)
# 「さっきの注文」: one of those talked about before, not always the newest.
_EARLIER = re.compile(
    r"(?:さっき|先ほど|さきほど|最初|はじめ|初め|1つ目|一つ目|ひとつ前|1つ前|前)の(?:注文|レンタル|時計|商品|[件方]|ほう|やつ)"
)
_INNER_MARKS = re.compile(r"[\s、。,.!]+")
_NOISE = re.compile(r"[\s、。．,.!！?？「」『』()（）・…〜~ー]+$|^[\s、。「『]+")


@dataclass(frozen=True)
class Heard:
    """One message of the customer."""

    text: str
    intent: str
    # The id of a button that a skill offered, when one was tapped.
    option: str | None
    found: Found
    entities: tuple[dict[str, Any], ...]
    # A button was tapped, or named by its words: what it leads to is certain.
    tapped: bool = False

    @property
    def is_worded(self) -> bool:
        """Whether there is more in it than digits and marks."""
        return any(sign.isalpha() for sign in self.plain)

    @property
    def another(self) -> bool:
        """Whether a button asks for another order or rental than the one talked about."""
        return any(each.get("entity") == "another" for each in self.entities)

    @property
    def elsewhere(self) -> bool:
        """Whether the words mean another order or rental than the one talked about."""
        return self.another or bool(_ELSEWHERE.search(self.plain))

    @property
    def earlier(self) -> bool:
        """Whether the words mean one of the orders or rentals talked about before."""
        return bool(_EARLIER.search(self.plain))

    @property
    def plain(self) -> str:
        """The text in one width and case, without marks at its ends."""
        return _NOISE.sub("", unicodedata.normalize("NFKC", self.text).lower())

    @property
    def says_yes(self) -> bool:
        """Whether the whole message is a yes."""
        return self.intent == "smalltalk_affirm" or bool(_YES.fullmatch(self._joined))

    @property
    def says_no(self) -> bool:
        """Whether the whole message is a no."""
        return self.intent == "smalltalk_deny" or bool(_NO.fullmatch(self._joined))

    @property
    def leaves(self) -> bool:
        """Whether the customer wants to stop what is going on."""
        return bool(_LEAVE.fullmatch(self._joined))

    @property
    def does_not_know(self) -> bool:
        """Whether the customer says not to have what was asked for."""
        return bool(_UNKNOWN.fullmatch(self.plain))

    def asks_for_help_with(self, asked: str | None) -> bool:
        """Return whether the customer does not know what was asked for, or where to find it."""
        named = _ASKED_FOR.get(asked or "")
        if named is None or not named.search(self.plain):
            return False
        return self.does_not_know or bool(_WHERE.search(self.plain))

    @property
    def is_mere_yes_or_no(self) -> bool:
        """Whether the words, whatever the engine made of them, are a yes or a no and no more."""
        return bool(_YES.fullmatch(self._joined) or _NO.fullmatch(self._joined))

    @property
    def _joined(self) -> str:
        return _INNER_MARKS.sub("", self.plain)

    def values(self, entity: str) -> list[str]:
        """Return the values that the engine's entity rules found, in order."""
        return [str(each["value"]) for each in self.entities if each.get("entity") == entity]


def hear(latest: dict[str, Any], text: str) -> Heard:
    """Return what was heard: the engine's latest message, and the customer's own words."""
    entities = tuple(latest.get("entities") or ())
    option = next((str(e["value"]) for e in entities if e.get("entity") == "option"), None)
    intent = (latest.get("intent") or {}).get("name") or ""
    # A tapped button's title is the shop's word, not a number that the customer gave.
    found = Found() if option is not None else find(text)
    # The engine gets a button as what it leads to, and no customer's text begins with a slash.
    tapped = str(latest.get("text") or "").startswith("/")
    return Heard(text, str(intent), option, found, entities, tapped)
