"""What the entity rules look for: words for the ruler, and numbers by their form."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Pattern, Text

_HYPHEN = r"[-‐‑‒–—―−ーｰ\s]?"
_KANJI = "一二三四五六七八九十百千"

# The canonical value, and what customers call it (in normalised form: half-width, lower case).
_STORES = {
    "ALLU銀座店": ["allu銀座店", "allu 銀座店", "銀座店", "銀座の店", "銀座"],
    "ALLU表参道店": ["allu表参道店", "allu 表参道店", "表参道店", "表参道の店", "表参道"],
    "ALLU心斎橋 ANNEX店": [
        "心斎橋annex店",
        "心斎橋annex",
        "心斎橋アネックス",
        "annex店",
        "アネックス",
    ],
    "ALLU心斎橋店": ["allu心斎橋店", "allu 心斎橋店", "心斎橋店", "心斎橋の店", "心斎橋"],
    "なんぼや": ["なんぼや", "ナンボヤ", "nanboya"],
    "ブランドコンシェル": ["ブランドコンシェル", "ブラコン", "brand concier"],
}
_PAYMENTS = {
    "credit_card": [
        "クレジットカード",
        "クレジット",
        "クレカ",
        "カード払い",
        "カード決済",
        "visa",
        "jcb",
    ],
    "paypay": ["paypay", "ペイペイ"],
    "amazon_pay": ["amazonpay", "amazon pay", "アマゾンペイ", "アマペイ"],
    "convenience_store": ["コンビニ払い", "コンビニ決済", "コンビニ"],
    "cash_on_delivery": ["代金引換", "代引き", "代引", "代金引き換え"],
    "bank_transfer": ["銀行振込", "銀行振り込み", "振込", "振り込み"],
    "loan_orico": ["オリコ", "orico", "オリコローン"],
    "loan_jaccs": ["ジャックス", "jaccs", "ジャックスローン"],
}

# Found by form in the normalised text; earlier ones win where two overlap.
NUMBERS: Dict[Text, Pattern[Text]] = {
    "email": re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    "order_number": re.compile(rf"(?<![a-z0-9])a{_HYPHEN}(20\d{{6}}){_HYPHEN}(\d{{4}})(?!\d)"),
    "rental_number": re.compile(rf"(?<![a-z0-9])r{_HYPHEN}(\d{{6}})(?!\d)"),
    # Japan's have ten or eleven digits: fewer are another number of the shop's.
    "phone": re.compile(
        rf"(?<!\d)(?=(?:\d{_HYPHEN}){{10,11}}(?!\d))"
        rf"0\d{{1,4}}{_HYPHEN}\d{{1,4}}{_HYPHEN}\d{{3,4}}(?!\d)"
    ),
    "product_number": re.compile(r"(?<![\d-])[1-9]\d{9}(?![\d-])"),
    "amount": re.compile(rf"(?<![\d{_KANJI}万億])[\d{_KANJI}][\d{_KANJI}万億,.]*円"),
}
_WEEKDAY = r"(?:の)?[月火水木金土日]曜日?"
DATES = re.compile(
    r"一昨日|おととい|昨日|きのう|今日|本日|明日|あした|明後日|あさって"
    rf"|(?:先々週|先週|今週|来週|再来週)(?:{_WEEKDAY})?"
    r"|(?:先月|今月|来月|再来月)(?:の)?(?:\d{1,2}日|末|頭|初め)?"
    r"|(?:20\d\d年)?\d{1,2}月\d{1,2}日|(?<!\d)(?:20\d\d[/-])?\d{1,2}/\d{1,2}(?!\d)"
    r"|\d{1,2}日前|\d{1,2}日後|[月火水木金土日]曜日?"
)


# Every name, the longer one first where one begins another.
NAMES = re.compile(
    "|".join(
        re.escape(name)
        for name in sorted(
            (name for known in (_STORES, _PAYMENTS) for names in known.values() for name in names),
            key=len,
            reverse=True,
        )
    )
)


def ruler_patterns() -> List[Dict[Text, Any]]:
    """Return the entity ruler's patterns: every name of a store and of a way to pay."""
    patterns: List[Dict[Text, Any]] = []
    for label, names in (("store", _STORES), ("payment_method", _PAYMENTS)):
        for value, spoken in names.items():
            patterns += [{"label": label, "pattern": name, "id": value} for name in spoken]
    return patterns


def canonical(label: Text, found: "re.Match[Text]") -> Text:
    """Return a number in the form that the shop writes it."""
    if label == "order_number":
        return f"A-{found.group(1)}-{found.group(2)}"
    if label == "rental_number":
        return f"R-{found.group(1)}"
    if label == "phone":
        return re.sub(r"\D", "", found.group())
    return found.group()
