"""What a customer says to each of the sixteen skills, up to the yes, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.channels.web.skills.shops import Thing

# What a dialogue is about that is about no order and no rental.
INQUIRY = "an inquiry"


@dataclass(frozen=True)
class Dialogue:
    """One way through one skill."""

    act: str
    site: Literal["store", "rental"]
    opening: str
    # What the last reply says to who has answered everything.
    done: str
    # The demo order or rental that it is about, of which every test gets one of its own.
    about: str | None = None
    # What is said then, up to the confirmation or, where nothing is changed, to the result.
    says: tuple[str, ...] = ()
    # The buttons of the confirmation.
    yes: str | None = None
    no: str = "いいえ"
    # What the reply to the no says.
    kept: str = "ここで終えました。何も変更していません。"
    # What the shop's systems are called for to change something.
    call: str | None = None
    # Whether the shop's systems are needed on the way.
    asks_the_shop: bool = True

    @property
    def by_inquiry(self) -> bool:
        """Whether a person is asked for what the skill cannot change itself."""
        return self.yes is not None and self.call is None and self.about is not None

    @property
    def id(self) -> str:
        """What it is called in a test's name."""
        return f"{self.act}-by-inquiry" if self.by_inquiry else self.act

    @property
    def changes(self) -> int:
        """How many changes and inquiries come of it."""
        return 1 if self.yes else 0

    def texts(self, thing: Thing | None) -> list[str]:
        """Return what a guest writes about the thing, from the beginning up to the yes."""
        proof = [] if thing is None else [f"{thing.number} {thing.contact}"]
        return [self.opening, *proof, *self.says]


_BY_INQUIRY = ("担当者に送る", "hanako@example.jp")

ORDERS = (
    Dialogue(
        "order_status",
        "store",
        "注文の状況を教えてください",
        "発送済みです。お届け予定は12月3日(木)",
        about="card-shipped",
    ),
    Dialogue(
        "order_cancel",
        "store",
        "注文をキャンセルしたいです",
        "ご注文をキャンセルしました。",
        about="bank-pending",
        yes="キャンセルする",
        no="やめておく",
        kept="承知しました。キャンセルはしていません。",
        call="cancel",
    ),
    Dialogue(
        "order_cancel",
        "store",
        "注文をキャンセルしたいです",
        "キャンセルのご希望を担当者に送りました。",
        about="card-ordered",
        says=_BY_INQUIRY,
        yes="この内容で送る",
        no="送らない",
        kept="承知しました。お問い合わせは送っていません。",
    ),
    Dialogue(
        "receipt",
        "store",
        "領収書がほしいです",
        "領収書は、次のマイページのアドレスで1回だけ表示できます。",
        about="paypay-shipped",
        yes="領収書を表示する",
        no="あとにする",
        kept="承知しました。領収書はまだ表示していません。",
        call="receipt_link",
    ),
    Dialogue(
        "return_eligibility",
        "store",
        "返品したいです",
        "返品のお申し込みを承りました。",
        about="card-delivered",
        says=("返品を申し込む", "イメージと違った"),
        yes="返品を申し込む",
        no="申し込まない",
        kept="承知しました。返品のお申し込みはしていません。",
        call="apply_for_return",
    ),
)

RENTALS = (
    Dialogue(
        "rental_status",
        "rental",
        "レンタルの状況を教えてください",
        "ご利用中です。次回の決済日は12月22日(火)",
        about="in-use",
    ),
    Dialogue(
        "rental_billing",
        "rental",
        "次の決済日はいつですか",
        "次回の決済日は12月22日(火)、金額は29,800円です。",
        about="in-use",
    ),
    Dialogue(
        "rental_return",
        "rental",
        "返却したいです",
        "返却・解約のお申し込みを承りました。",
        about="in-use",
        says=("12月15日に送ります",),
        yes="返却・解約を申し込む",
        no="申し込まない",
        kept="承知しました。返却・解約のお申し込みはしていません。",
        call="request_return",
    ),
    Dialogue(
        "rental_buyout",
        "rental",
        "借りている時計を買い取りたいです",
        "買取のご希望を承りました。",
        about="in-use",
        says=("kaitori@example.jp",),
        yes="買取の希望を送る",
        no="送らない",
        kept="承知しました。買取のご希望は送っていません。",
        call="request_buyout",
    ),
    Dialogue(
        "rental_loss_report",
        "rental",
        "時計をなくしました",
        "紛失の届け出を承りました。",
        about="in-use",
        says=("昨日の夜、山手線の網棚に置き忘れました", "新宿署 第1234号"),
        yes="届け出る",
        no="まだ届け出ない",
        kept="承知しました。当社への届け出はまだしていません。",
        call="report_loss",
    ),
    Dialogue(
        "rental_payment_error",
        "rental",
        "決済エラーの連絡が来ました",
        "ご報告を承りました。",
        about="two-errors",
        says=("利用枠を超えていました", "はい"),
        yes="この内容で報告する",
        no="報告しない",
        kept="承知しました。ご報告はまだ送っていません。",
        call="report_payment_error",
    ),
)

STORES = (
    Dialogue(
        "stock_location",
        "store",
        "在庫の場所を教えてください",
        "「レザー トートバッグ キャメル」（商品番号 1002045871）は、倉庫にあります。",
        says=("1002045871",),
    ),
    Dialogue(
        "restock_request",
        "store",
        "入荷したら教えてください",
        "入荷のお知らせ（ONEGAI ALLU）に登録しました。",
        says=("黒のハンドバッグ、ゴールド金具", "onegai@example.jp"),
        yes="登録する",
        no="登録しない",
        kept="承知しました。入荷のお知らせは登録していません。",
        call="request_restock",
    ),
    Dialogue(
        "store_transfer",
        "store",
        "取り寄せを取り消したいです",
        "取り寄せを取り消しました。",
        about="inside-15-minutes",
        yes="取り寄せを取り消す",
        no="やめておく",
        kept="承知しました。取り寄せは変更していません。",
        call="cancel_transfer",
    ),
    Dialogue(
        "store_visit",
        "store",
        "来店予約をしたいです",
        "来店のご予約を承りました。",
        # The first day and time that are free: every booking takes one.
        says=(
            "1002045871をALLU銀座店で",
            "一番上",
            "一番上",
            "渡辺 由美",
            "watanabe@example.jp",
        ),
        yes="予約する",
        no="予約しない",
        kept="承知しました。来店の予約はしていません。",
        call="book_visit",
    ),
)

INQUIRIES = (
    Dialogue(
        "inquiry",
        "store",
        "問い合わせをしたいです",
        "お問い合わせを承りました。",
        says=("商品", "留め具の色を教えていただきたいです", "hanako@example.jp"),
        yes="この内容で送る",
        no="送らない",
        kept="承知しました。お問い合わせは送っていません。",
        asks_the_shop=False,
    ),
    Dialogue(
        "inquiry_status",
        "store",
        "問い合わせの状況を教えてください",
        "は、受け付けています。",
        about=INQUIRY,
        asks_the_shop=False,
    ),
)

EVERY = (*ORDERS, *RENTALS, *STORES, *INQUIRIES)

YES, NO = "はい", "いいえ"
# What the assistant makes of these texts; every other one is no question of its own.
UNDERSTOOD = {
    **{each.opening: f"act_{each.act}" for each in EVERY},
    YES: "smalltalk_affirm",
    NO: "smalltalk_deny",
}
