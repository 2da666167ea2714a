"""What says too little alone is understood from what was answered before it."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenChat

pytestmark = pytest.mark.assistant

RETURN = "返品・交換はできる？", "store/return_change_of_mind"
OVERSEAS = "借りた時計を海外で使える？", "rental/take_overseas"
WRAPPING = "ギフトラッピングはできる？", "store/gift_wrapping"


@pytest.mark.parametrize("site", ["store", "rental", None])
@pytest.mark.parametrize(
    ("question", "topic", "follow_up"),
    [
        (*OVERSEAS, "それはなぜ？"),
        (*OVERSEAS, "もっと詳しく"),
        (*OVERSEAS, "ハワイでも？"),
        (*WRAPPING, "どうしてもだめですか"),
        (*WRAPPING, "どうしてですか"),
    ],
)
def test_a_follow_up_is_about_the_topic_before_it_on_whatever_page(
    open_chat: OpenChat, site: str | None, question: str, topic: str, follow_up: str
) -> None:
    chat = open_chat(site)
    assert chat.say(question)[0]["topic"] == topic
    [reply] = chat.say(follow_up)
    assert reply["topic"] == topic


@pytest.mark.parametrize("follow_up", ["それ、いつまで？", "カードでも？", "どこに送ればいいの？"])
def test_what_is_asked_about_returns_is_answered_with_returns(
    open_chat: OpenChat, follow_up: str
) -> None:
    chat = open_chat("store")
    assert chat.say(RETURN[0])[0]["topic"] == RETURN[1]
    assert chat.say(follow_up)[0]["topic"] == RETURN[1]


@pytest.mark.parametrize(
    "no_more", ["やっぱりいい", "もういいです", "ありがとう", "わかった、ありがとう"]
)
def test_talk_is_not_about_the_topic_before_it(open_chat: OpenChat, no_more: str) -> None:
    chat = open_chat("store")
    chat.say(WRAPPING[0])
    [reply] = chat.say(no_more)
    assert (reply["kind"], reply["topic"]) == ("smalltalk", None)


def test_a_new_question_is_answered_for_itself(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    chat.say(WRAPPING[0])
    assert chat.say("じゃあ領収書は？")[0]["topic"] == "store/receipt"
    assert chat.say("それって海外にも送れる？")[0]["topic"] == "store/shipping_overseas"


def test_what_has_no_answer_is_not_answered_with_the_topic_before_it(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    chat.say(WRAPPING[0])
    assert chat.say("じゃあポイントは？")[0]["kind"] == "fallback"
    assert chat.say("いつまで？")[0]["topic"] != WRAPPING[1]


def test_nothing_is_before_the_first_message(open_chat: OpenChat) -> None:
    """It may be asked back, or not be understood; no topic is known that it could be about."""
    replies = open_chat("store").say("もっと詳しく")
    assert all(reply["topic"] is None for reply in replies)


def test_the_customers_own_words_are_what_the_transcript_keeps(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    chat.say(WRAPPING[0])
    [reply] = chat.say("それはなぜ？")
    said = [each["text"] for each in chat.history(reply["seq"]) if each["from"] == "customer"]
    assert said == [WRAPPING[0], "それはなぜ？"]
