"""What every skill does alike: it helps, gives way, comes back, and ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from madoguchi.conversations.model import Choice, Draft, Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import OrderState
from tests.actions.conftest import OpenTalk, prove
from tests.support.databases import TestClock
from tests.support.skills import Talk

STATUS = ("注文の状況を教えて", "act_order_status")
CANCEL = ("注文をキャンセルしたい", "act_order_cancel")
NUMBER = "注文番号を教えてください"
GONE = "すでに終わっています"
# What the engine says to a number that nobody asked for.
NOTHING_RUNS = "utter_fallback"
YES = "キャンセルする"


async def at_the_number(talk: OpenTalk) -> Talk:
    """Return a talk in which the number of an order was asked for."""
    customer = await talk(site="store")
    await customer.say(*CANCEL)
    assert NUMBER in customer.text
    return customer


async def at_the_confirmation(talk: OpenTalk, number: str) -> Talk:
    """Return a talk in which cancelling the order is to be confirmed."""
    customer = await at_the_number(talk)
    await prove(customer, number)
    assert YES in customer.titles
    return customer


async def state_of(context: Context, number: str) -> OrderState:
    order = await context.systems.orders.get(number)
    assert order is not None
    return order.state


async def test_what_is_no_answer_is_asked_again_and_after_three_there_is_another_way(
    talk: OpenTalk,
) -> None:
    customer = await at_the_number(talk)
    for _ in range(2):
        await customer.say("ぬるぽ")
        assert customer.text.startswith(
            "申し訳ありません、うまく読み取れませんでした。\nお調べします。"
        )
        assert customer.titles == []
    await customer.say("ぬるぽ")
    assert customer.text.startswith("何度もお尋ねして申し訳ありません。")
    assert NUMBER in customer.text
    assert customer.titles == ["問い合わせる・担当者と話す"]
    await customer.tap("問い合わせる・担当者と話す")
    assert customer.last.act == "inquiry"


async def test_an_answer_makes_up_for_the_misses_before_it(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_number(talk)
    for _ in range(2):
        await customer.say("ぬるぽ")
    await customer.say(numbers["bank-pending"])
    await customer.say("ぬるぽ")
    assert customer.text.startswith("申し訳ありません、うまく読み取れませんでした。")


async def test_a_question_in_between_makes_up_for_no_miss(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    for _ in range(2):
        await customer.say("ぬるぽ")
        await customer.say("送料は？", "store_shipping_fee")
    await customer.say("ぬるぽ")
    assert customer.text.startswith("何度もお尋ねして申し訳ありません。")


@pytest.mark.parametrize(
    "said",
    [
        "やめます",
        "やめる",
        "やっぱりやめておきます。",
        "もういいです",
        "いらないです",
        "結構です",
        "キャンセル",
        "取り消し",
        "中止して",
        "戻る",
        "終了します",
        "いいえ",
    ],
)
async def test_a_word_of_leaving_ends_it_and_says_what_was_left(talk: OpenTalk, said: str) -> None:
    customer = await at_the_number(talk)
    await customer.say(said)
    assert customer.text.startswith(
        "承知しました。「注文をキャンセルする」はここで終えました。何も変更していません。"
    )
    assert customer.last.kind is Kind.NOTICE
    await customer.say("A-20261103-0042")
    assert customer.text == NOTHING_RUNS


async def test_a_plain_no_ends_a_question_that_has_no_no(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    await customer.say("うーん、なしで", "smalltalk_deny")
    assert "ここで終えました" in customer.text


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("送料はいくら？", "store_shipping_fee"),
        ("レンタルの返却方法は？", "rental_how_to_return"),
        ("君はロボット？", "smalltalk_bot_challenge"),
    ],
)
async def test_another_question_or_a_remark_is_answered_and_the_question_asked_again(
    talk: OpenTalk, text: str, intent: str
) -> None:
    customer = await at_the_number(talk)
    for _ in range(2):
        await customer.say(text, intent)
        answer, again = customer.replies
        assert answer.text == f"utter_{intent}"
        assert again.text.startswith("では、「注文をキャンセルする」の続きです。\nお調べします。")
        assert again.kind is Kind.ASK


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ご丁寧にありがとうございます", "smalltalk_thanks"), ("こんにちは", "smalltalk_greet")],
)
async def test_a_polite_word_brings_the_question_back_without_an_apology(
    talk: OpenTalk, text: str, intent: str
) -> None:
    customer = await at_the_number(talk)
    for _ in range(4):
        await customer.say(text, intent)
        [again] = customer.replies
        assert again.text.startswith("では、「注文をキャンセルする」の続きです。\nお調べします。")


async def test_whoever_takes_leave_is_asked_nothing_more(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    await customer.say("失礼いたします", "smalltalk_bye")
    [left] = customer.replies
    assert left.text.startswith("承知しました。「注文をキャンセルする」はここで終えました。")
    await customer.say("A-20261103-0042")
    assert customer.text == NOTHING_RUNS


@pytest.mark.parametrize(
    "text",
    [
        "注文番号とは、どちらに書いてございますでしょうか。",
        "注文番号って何ですか",
        "番号がわかりません",
        "確認メールを消してしまいました",
    ],
)
async def test_who_asks_where_the_number_is_is_told_whatever_else_it_could_mean(
    talk: OpenTalk, text: str
) -> None:
    customer = await at_the_number(talk)
    await customer.say(text, "store_contact_phone")
    [told] = customer.replies
    assert told.text.startswith("番号がお手元にない場合は、確認メールかマイページをご覧ください。")
    assert NUMBER in told.text
    assert "問い合わせる・担当者と話す" in customer.titles


async def test_a_question_about_the_shops_own_number_is_still_answered(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    await customer.say("お店の電話番号は何番ですか", "store_contact_phone")
    assert customer.replies[0].text == "utter_store_contact_phone"


async def test_a_question_about_the_matter_itself_is_answered_by_the_guide(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    await customer.say("キャンセルするとお金はいつ戻りますか", "act_order_cancel")
    answer, again = customer.replies
    assert answer.text == "utter_store_order_cancel"
    assert again.kind is Kind.ASK
    assert YES in customer.titles


async def test_a_question_that_the_guides_do_not_cover_is_not_called_unreadable(
    talk: OpenTalk,
) -> None:
    customer = await at_the_number(talk)
    await customer.say("ポイントの残高を教えて", "out_of_scope")
    assert customer.text.startswith(
        "申し訳ありません、そのご質問についてはご案内できる情報がありません。"
    )
    assert NUMBER in customer.text


async def test_a_card_that_is_still_to_be_seen_is_not_shown_twice(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    assert customer.last.card is not None
    await customer.say("送料は？", "store_shipping_fee")
    assert customer.last.card is None
    assert numbers["bank-pending"] in customer.last.text


async def test_the_question_that_is_asked_again_has_its_buttons_and_the_old_ones_still_work(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    first = customer.last
    await customer.say("送料は？", "store_shipping_fee")
    assert YES in customer.titles
    await customer.tap(YES, first)
    assert await state_of(context, numbers["bank-pending"]) is OrderState.CANCELLED


async def test_a_person_ends_it(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    await customer.say("人と話したい", "smalltalk_human")
    [reply] = customer.replies
    assert reply.kind is Kind.HANDOFF
    await customer.say("A-20261103-0042")
    assert customer.text == NOTHING_RUNS


async def test_another_matter_ends_it_and_says_so_when_something_had_been_said(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_number(talk)
    await customer.say(*STATUS)
    assert customer.text.startswith("お調べします。")
    await customer.say(numbers["bank-pending"])
    await customer.say(*CANCEL)
    assert customer.text.startswith("「注文の状況を確認する」は途中で終えました。\n")


async def test_the_same_wish_again_is_no_other_matter(talk: OpenTalk) -> None:
    customer = await at_the_number(talk)
    await customer.say(*CANCEL)
    assert customer.text.startswith("では、「注文をキャンセルする」の続きです。")
    assert NUMBER in customer.text


@pytest.mark.parametrize(
    ("text", "answered"),
    [("キャンセルを", False), ("キャンセル可？", True), ("キャンセルの方法は", True)],
)
async def test_few_words_that_name_the_matter_again_are_no_question_of_their_own(
    talk: OpenTalk, text: str, *, answered: bool
) -> None:
    customer = await at_the_number(talk)
    await customer.say(text, "store_order_cancel")
    assert (customer.replies[0].text == "utter_store_order_cancel") is answered
    assert NUMBER in customer.last.text


async def test_a_button_of_another_message_leads_where_it_says(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say(*STATUS)
    await prove(customer, numbers["card-shipped"])
    status = customer.last
    await customer.say("問い合わせたい", "act_inquiry")
    await customer.tap("商品")
    await customer.tap("注文の領収書がほしい", status)
    assert customer.text.startswith("「問い合わせる・担当者と話す」は途中で終えました。")
    assert customer.last.act == "receipt"
    assert await context.inquiries.of_customer(customer.id, None) == []


async def test_a_button_of_an_earlier_question_says_so_and_the_waiting_one_is_asked_again(
    talk: OpenTalk,
) -> None:
    customer = await talk(site="store")
    await customer.say("問い合わせたい", "act_inquiry")
    topics = customer.last
    await customer.tap("商品")
    await customer.tap("返品", topics)
    assert customer.text.startswith("その選択肢は、前のご質問のものです。\nご用件をくわしく")
    await customer.say("付属品はありますか")
    assert "ご返信先" in customer.text


async def test_a_button_of_an_earlier_run_is_none_of_this_one(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    earlier = customer.last
    await customer.say("やめておく")
    await customer.say(*CANCEL)
    assert YES in customer.titles
    await customer.tap(YES, earlier)
    assert customer.text.startswith("その選択肢は、前のご質問のものです。")
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING


async def test_what_nobody_understands_of_a_tapped_button_is_no_miss(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    inbound, _ = await customer.store.receive(customer.id, "clarified", text="ぬるぽ")
    candidates = Draft(Kind.CLARIFY, "どれ？", choices=(Choice("どれでもない", "/none_of_these"),))
    [clarify] = await customer.store.answer(inbound, [candidates])
    await customer.say(*CANCEL)
    await customer.tap("どれでもない", clarify)
    answer, again = customer.replies
    assert answer.text == "utter_clarify_none"
    assert again.text.startswith("では、「注文をキャンセルする」の続きです。")


async def test_each_sentence_of_a_message_is_answered_and_none_answers_the_question_it_led_to(
    talk: OpenTalk,
) -> None:
    customer = await talk(site="store")
    text = "入荷したら教えてほしい。送料はいくらですか？"
    await customer.say_at_once(text, "act_restock_request", "store_shipping_fee")
    assert "送料はいくら" not in "".join(
        reply.text for reply in customer.replies if reply.act == "restock_request"
    )
    assert [reply.text for reply in customer.replies][1] == "utter_store_shipping_fee"
    assert customer.last.text.endswith("（例: 黒のハンドバッグ、ゴールド金具）。")


@pytest.mark.parametrize("then", ["act_restock_request", "nlu_fallback", "smalltalk_affirm"])
async def test_a_sentence_that_says_nothing_new_gets_no_reply_of_its_own(
    talk: OpenTalk, then: str
) -> None:
    customer = await talk(site="store")
    await customer.say_at_once("入荷したら教えて。お願いします", "act_restock_request", then)
    [question] = customer.replies
    assert question.text.startswith("お探しの商品を教えてください。")
    await customer.say("ケリー28")
    assert "メールアドレスを教えて" in customer.text


@pytest.mark.parametrize(
    ("text", "intent", "first"),
    [
        ("送料はいくら？", "store_shipping_fee", "utter_store_shipping_fee"),
        ("ぬるぽ", "nlu_fallback", NOTHING_RUNS),
        (*STATUS, "お調べします。注文番号を教えてください（例: A-20261103-0042）。"),
        (*CANCEL, "お調べします。注文番号を教えてください（例: A-20261103-0042）。"),
    ],
)
async def test_a_loop_of_the_engine_without_a_state_heals_itself(
    talk: OpenTalk, context: Context, text: str, intent: str, first: str
) -> None:
    customer = await at_the_number(talk)
    await context.dialogues.drop(customer.id)
    await customer.say(text, intent)
    [reply] = customer.replies
    assert reply.text.splitlines()[0] == first


async def test_what_comes_after_an_hour_is_new(talk: OpenTalk, clock: TestClock) -> None:
    customer = await at_the_number(talk)
    clock.at += timedelta(hours=1)
    await customer.say("送料はいくら？", "store_shipping_fee")
    assert customer.text == "utter_store_shipping_fee"


async def test_after_an_hour_a_question_waits_for_no_answer_any_more(
    talk: OpenTalk, context: Context, clock: TestClock, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    question = customer.last
    clock.at += timedelta(hours=1)
    await customer.tap(YES, question)
    assert GONE in customer.text
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING


async def test_within_the_hour_it_still_waits(
    talk: OpenTalk, context: Context, clock: TestClock, numbers: Mapping[str, str]
) -> None:
    customer = await at_the_confirmation(talk, numbers["bank-pending"])
    clock.at += timedelta(minutes=59, seconds=59)
    await customer.tap(YES)
    assert await state_of(context, numbers["bank-pending"]) is OrderState.CANCELLED
