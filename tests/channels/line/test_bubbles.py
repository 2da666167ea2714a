"""What a LINE customer sees of an answer."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.channels.line.bubbles import batches
from madoguchi.conversations.model import Kind, Message, Sender
from tests.channels.line.shapes import (
    message,
    messages,
    postback,
    reachable,
    readable,
    sent,
)
from tests.support.training import responses

CARD = {"title": "腕時計", "rows": [{"label": "注文番号", "value": "A-1001"}], "links": []}
SLOW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(messages())
@SLOW
def test_line_accepts_whatever_is_said(said: list[Message]) -> None:
    for request in batches(said, postback, agent="佐藤"):
        assert 1 <= len(request) <= 5
    sent(said, agent="佐藤")


@given(messages())
@SLOW
def test_every_choice_can_be_tapped_once_and_in_order(said: list[Message]) -> None:
    assert reachable(sent(said)) == [choice.id for each in said for choice in each.choices]


@given(messages())
@SLOW
def test_all_words_arrive_in_order(said: list[Message]) -> None:
    shown, at = readable("\n".join(bubble.text for bubble in sent(said))), 0
    for text in (readable(each.text) for each in said):
        found = shown.find(text, at)
        assert found >= 0, text
        at = found + len(text)


@given(messages(), st.text())
@SLOW
def test_only_the_last_object_has_quick_replies(said: list[Message], agent: str) -> None:
    bubbles = sent(said, agent)
    assert not any(bubble.quick_replies for bubble in bubbles[:-1])


def test_an_answer_is_a_text_with_its_next_steps_below() -> None:
    [bubble] = sent([message("全品送料無料です。", "返品したい", "届くまでの日数")])
    assert (bubble.kind, bubble.text) == ("text", "全品送料無料です。")
    assert [each.label for each in bubble.quick_replies] == ["返品したい", "届くまでの日数"]


def test_a_tapped_choice_says_its_whole_title() -> None:
    title = "届いた商品がイメージと違ったので返品したい"
    [bubble] = sent([message("どうされましたか。", title)])
    [tapped] = bubble.quick_replies
    assert tapped.label == "届いた商品がイメージと違ったので返品し…"
    assert tapped.action["displayText"] == title


def test_a_questions_buttons_stay_in_the_chat() -> None:
    [bubble] = sent([message("キャンセルしますか。", "はい", "いいえ", kind=Kind.ASK)])
    assert bubble.kind == "flex"
    assert bubble.text.startswith("キャンセルしますか。")
    assert [each.label for each in bubble.buttons] == ["はい", "いいえ"]
    assert bubble.alt_text == "キャンセルしますか。 はい / いいえ"


@pytest.mark.parametrize(
    "text", ["https://example.com/ をご覧ください。", "0120-123-456 です。", "a@example.com です。"]
)
def test_a_question_with_something_to_tap_in_it_stays_a_text(text: str) -> None:
    told, buttons = sent([message(text, "はい", kind=Kind.ASK)])
    assert (told.kind, told.text) == ("text", text)
    assert buttons.text == "下からお選びください\nはい"


def test_a_long_question_stands_above_its_buttons() -> None:
    told, buttons = sent([message("あ" * 301, "はい", kind=Kind.ASK)])
    assert (told.kind, buttons.kind) == ("text", "flex")


def test_choices_of_an_earlier_message_are_buttons() -> None:
    first, last = sent([message("ひとつめ", "はい"), message("ふたつめ", "次へ")])
    assert [each.label for each in first.buttons] == ["はい"]
    assert [each.label for each in last.quick_replies] == ["次へ"]


@pytest.mark.parametrize("name", responses())
def test_every_answer_of_the_assistant_is_one_plain_text_with_its_buttons(name: str) -> None:
    answer = responses()[name]
    titles = [button["title"] for button in answer.get("buttons", [])]
    [bubble] = sent([message(answer["text"], *titles)])
    assert (bubble.kind, bubble.text) == ("text", answer["text"].strip())
    assert [each.label for each in bubble.quick_replies] == titles
    # LINE shows the signs of Markdown as they are.
    assert re.search(r"\*\*|`|\]\(|^#+ |^[-*] ", answer["text"], re.MULTILINE) is None


def test_a_card_follows_its_text() -> None:
    told, shown = sent([message("ご注文はこちらです。", "返品したい", card=CARD)])
    assert told.text == "ご注文はこちらです。"
    assert shown.text == "腕時計\n注文番号\nA-1001"
    assert [each.label for each in shown.quick_replies] == ["返品したい"]


def test_a_question_about_a_card_has_its_buttons_in_the_card() -> None:
    told, shown = sent([message("取り消しますか。", "はい", "いいえ", kind=Kind.ASK, card=CARD)])
    assert told.text == "取り消しますか。"
    assert [each.label for each in shown.buttons] == ["はい", "いいえ"]


def test_buttons_follow_what_a_card_had_no_room_for() -> None:
    card = {"title": "腕時計", "rows": [{"label": "備考", "value": "あ" * 301}]}
    kinds = [each.kind for each in sent([message("か。", "はい", kind=Kind.ASK, card=card)])]
    assert kinds == ["text", "flex", "text", "flex"]


def test_cards_in_a_row_are_one_carousel() -> None:
    said = [message(card={"title": title}) for title in ("時計", "指輪", "鞄")]
    [bubble] = sent([message("3件あります。"), *said])[1:]
    assert bubble.message["contents"]["type"] == "carousel"
    assert bubble.text == "時計\n指輪\n鞄"
    assert bubble.alt_text == "時計（ほか2件）"


def test_cards_of_the_bot_and_of_a_person_are_not_mixed() -> None:
    said = [message(card=CARD), message(card=CARD, sender=Sender.AGENT)]
    assert [each.message.get("sender") for each in sent(said, agent="佐藤")] == [
        None,
        {"name": "佐藤"},
    ]


def test_quick_replies_without_any_text_become_buttons() -> None:
    [bubble] = sent([message("", "はい")])
    assert (bubble.kind, bubble.labels) == ("flex", ["はい"])


def test_nothing_is_sent_for_nothing() -> None:
    assert batches([], postback) == []
    assert batches([message(" \n")], postback) == []


def test_neighbouring_texts_become_one_before_a_second_request() -> None:
    said = [message(text) for text in ("とても長い文" * 9, "い", "う", "え", "お", "か")]
    [request] = batches(said, postback)
    assert [each.text for each in request] == ["とても長い文" * 9, "い\n\nう", "え", "お", "か"]


def test_what_does_not_fit_goes_into_a_second_request() -> None:
    said = [message(f"{number}" * 4_000) for number in range(7)]
    first, second = batches([*said[:-1], message("6" * 4_000, "次へ")], postback)
    assert [each.text[0] for each in (*first, *second)] == list("0123456")
    assert [bool(each.quick_reply) for each in (*first, *second)] == [False] * 6 + [True]


def test_words_of_bot_and_agent_are_never_joined() -> None:
    writers = [Sender.BOT, Sender.AGENT] * 3
    requests = batches([message("はい", sender=each) for each in writers], postback, "佐藤")
    assert [len(request) for request in requests] == [5, 1]


def test_an_agents_message_carries_the_name() -> None:
    own, other = sent([message("佐藤です。", sender=Sender.AGENT), message("はい")], "佐藤 花子")
    assert own.message["sender"] == {"name": "佐藤 花子"}
    assert "sender" not in other.message


@pytest.mark.parametrize("name", [None, "", "\u200b", "LINE", "公式ＬＩＮＥ", "line 担当"])
def test_a_name_that_line_refuses_is_left_out(name: str | None) -> None:
    [bubble] = sent([message("はい", sender=Sender.AGENT)], name)
    assert "sender" not in bubble.message


def test_a_name_is_cut_to_what_line_takes_and_may_contain_line_in_a_word() -> None:
    [bubble] = sent([message("はい", sender=Sender.AGENT)], "Caroline 株式会社サポートセンター")
    assert bubble.message["sender"] == {"name": "Caroline 株式会社サポートセン…"}
