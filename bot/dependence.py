"""Tells from its words how much of its meaning a message leaves to what was said before it."""

from __future__ import annotations

import re
from enum import Enum
from typing import FrozenSet, List, Text

from bot.morphology import Word, analyse
from bot.normalise import normalise

_LONGEST = 30
_MOST_THINGS = 3


def _lemmas(listed: Text) -> FrozenSet[Text]:
    """Return the words of a list, each as UniDic writes its lemma."""
    return frozenset(listed.split())


_QUESTION_WORDS = _lemmas(
    "何 何時 何時頃 何処 幾ら 幾 何故 誰 どう 如何 どんな どない 何の 何れ 何方 何ぼ"
)
_POINTING_WORDS = _lemmas("其れ 此れ 彼れ 其の 此の 其処 此処 其方 此方 そう こう そんな こんな")
# They say what is asked about a topic, never which topic.
_ASPECTS = _lemmas(
    """
    詳しい 詳細 具体 条件 理由 訳 方法 手順 期限 期間 期日 締め切り 日数 時間 金額 値段 料金
    費用 例 例外 意味 証拠 注意
    """
)
# They name no thing and no action that a question could be about.
_LIGHT = _lemmas(
    """
    為る 有る 居る 成る 出来る 遣る 言う 教える 知る 分かる 下さる 願う 頂く 貰う 呉れる
    掛かる 要る 見る 書く 行く 来る 置く 仕舞う 御座る 為さる 思う
    良い 宜しい 無い 早い 速い 遅い 長い 短い 多い 少ない 駄目 大丈夫 無理 可能 必要 平気 ok
    本当 まじ 確実 絶対 大体 完全 必ず
    事 物 所 方 時 場合 為 人 点 的 次 最初 最後 他 外 別 以外 全部 全て 全員 両方 片方
    自分 私 僕 俺 内 前 後 上 下 中 間 位 頃 辺 程度 等 分 金
    今日 明日 昨日 今度 今回 後日 当日
    回 度 個 本 日 月 年 週 週間 箇月 円 万 千 百 秒 枚 件 番 番目 つ 日間 以内 以上 以下
    """
)
_CONTENT = ("名詞", "動詞", "形容詞", "形状詞")
_NO_WORD = ("補助記号", "空白", "感動詞", "助詞", "助動詞")
_NUMBER = re.compile(r"^[0-9一二三四五六七八九十百千万]+$")

_ENDS_ASKING = re.compile(
    r"(?:[?？]|(?:か|かな|の|のか|っけ|かしら|は|も|たら|れば|なら)[。、.\s]*)$"
)
_IF = re.compile(r"(?:たら|れば|だと|ても|でも|なら|場合は?|[時とき]は)[?？。\s]*$")
_SENTENCE_END = re.compile(r"[。！!?？\n](?=.*\w)")
# What may follow the name of a thing of which nothing else is said.
_NOTHING_SAID = re.compile(
    r"[者書料品性人屋店的中内後前用分]?(?:だけ|の|のやつ|のもの)?"
    r"(?:(?:は|も|って|とか|に[はも]|で[はも]|から[はも]?)[?？。]*$"
    r"|(?:で[もは]|なら|だったら|だと|の?場合|の?[時と]き?は|[がも][な無])[^、。]{0,12}$)"
)
# They have a question word in them and ask nothing, or nothing about a topic.
_SET_PHRASE = re.compile(
    r"(?:何|なん)でも[いよな]|どうでも[いよ]|どうも|どういたし|お願い(?:でき|して)"
    r"|(?:何|なに)[がを]?でき|そう(?:なん)?(?:です)?か[。、!！ー]*$"
    r"|あなた|貴方|きみは"
)


class Dependence(Enum):
    """How much of its meaning a message leaves to what was said before it."""

    WHOLE = "stands for itself"
    BARE = "names neither a thing nor an action: 「いつまで？」"
    ACTION = "names an action and not what is acted on: 「どこに送るの？」"
    FRAGMENT = "names a thing and not what is asked about it: 「海外でも？」"


def dependence(text: Text) -> Dependence:
    """Return how much a message depends on what was said before, as far as its words tell."""
    plain = normalise(text).text.strip()
    if not plain or len(plain) > _LONGEST or _SET_PHRASE.search(plain):
        return Dependence.WHOLE
    words = [word for word in analyse(plain) if word.pos not in _NO_WORD]
    lemmas = {word.lemma for word in words}
    own = [word for word in words if _is_own(word)]
    if not own:
        asks = words and (_asks(plain, words) or lemmas & _ASPECTS)
        return Dependence.BARE if asks else Dependence.WHOLE
    if not _asks(plain, words) or _SENTENCE_END.search(plain):
        return Dependence.WHOLE
    if all(word.pos != "名詞" for word in own):
        leans = lemmas & (_QUESTION_WORDS | _POINTING_WORDS) or words[0].pos == "接続詞"
        return Dependence.ACTION if leans or _IF.search(plain) else Dependence.WHOLE
    names_only = len(own) <= _MOST_THINGS and all(word.pos == "名詞" for word in own)
    if names_only and not lemmas & _QUESTION_WORDS and _NOTHING_SAID.match(plain[own[-1].end :]):
        return Dependence.FRAGMENT
    return Dependence.WHOLE


def is_question(text: Text) -> bool:
    """Return whether a message ends with a question mark, or has a question word and asks."""
    plain = normalise(text).text.strip()
    if plain.endswith("?"):
        return True
    has_word = any(word.lemma in _QUESTION_WORDS for word in analyse(plain))
    return has_word and _ENDS_ASKING.search(plain) is not None


def things(text: Text) -> List[Text]:
    """Return the things that a message names, normalised."""
    words = analyse(normalise(text).text)
    return [word.surface for word in words if word.pos == "名詞" and _is_own(word)]


def _asks(plain: Text, words: List[Word]) -> bool:
    has_word = any(word.lemma in _QUESTION_WORDS for word in words)
    return has_word or _ENDS_ASKING.search(plain) is not None


def _is_own(word: Word) -> bool:
    if word.pos not in _CONTENT or _NUMBER.match(word.surface):
        return False
    return word.lemma not in _LIGHT | _QUESTION_WORDS | _ASPECTS | _POINTING_WORDS
