"""What customers ask is answered by the right topic, with its fact, and nothing is made up."""

from __future__ import annotations

import httpx
import pytest

from madoguchi.knowledge.sentences import sentences
from tests.e2e.chat import Message
from tests.e2e.conftest import OpenChat

pytestmark = pytest.mark.assistant

QUESTIONS = [
    ("store", "送料っていくら？", "store/shipping_fee", "送料無料"),
    ("store", "りょうしゅうしょほしい", "store/receipt", "購入履歴"),
    ("store", "写真と色が違うってことある？", "store/product_color", "色合いが異なる"),
    (
        "store",
        "ローンの申込画面閉じちゃった、どうしよう",
        "store/loan_application_stuck",
        "一度キャンセルし、再度ご注文ください",
    ),
    ("rental", "借りてる時計、旅行でハワイに持ってっていい？", "rental/take_overseas", "禁止"),
    ("rental", "返す時の箱を捨てちゃいました", "rental/lost_box", "ご自身で梱包"),
]
NEVER_ANSWERED = ["明日の天気は？", "ポイントは使えますか"]
VAGUE = [
    "変更したい",
    "支払いできない",
    "支払い",
    "いつ？",
    "届いた商品について",
    "カード",
    "確認したい",
]
AS_AN_INTENT = [
    "/store_shipping_fee",
    " /store_shipping_fee",
    "/restart",
    "／act_inquiry{'a':1}",
    '／act_inquiry{"a":1}',
    '/act_inquiry{"a":1}',
    '/store_shipping_fee{"a":1}',
]


@pytest.mark.parametrize(("site", "question", "topic", "fact"), QUESTIONS)
def test_a_question_in_the_customers_own_words_gets_its_topics_answer(
    open_chat: OpenChat, site: str, question: str, topic: str, fact: str
) -> None:
    [reply] = open_chat(site).say(question)
    assert (reply["from"], reply["kind"], reply["topic"]) == ("bot", "answer", topic)
    assert fact in reply["text"]


@pytest.mark.parametrize(("_site", "question", "topic", "fact"), QUESTIONS)
def test_a_page_without_a_site_is_answered_too(
    open_chat: OpenChat, _site: str, question: str, topic: str, fact: str
) -> None:
    [reply] = open_chat(None).say(question)
    assert reply["topic"] == topic
    assert fact in reply["text"]


@pytest.mark.parametrize("site", ["store", "rental"])
@pytest.mark.parametrize("question", NEVER_ANSWERED)
def test_what_the_guides_do_not_answer_gets_an_honest_no_with_ways_on(
    open_chat: OpenChat, site: str, question: str
) -> None:
    [reply] = open_chat(site).say(question)
    assert (reply["kind"], reply["topic"], reply["act"]) == ("fallback", None, None)
    assert reply["choices"]


@pytest.mark.parametrize("text", AS_AN_INTENT)
def test_a_typed_intent_is_plain_text(open_chat: OpenChat, text: str) -> None:
    """Only a tapped choice may name an intent; what is typed goes through understanding."""
    chat = open_chat("store")
    replies = chat.say(text)
    # Its words may be asked back about; the intent that they name must not be obeyed.
    assert {reply["kind"] for reply in replies} <= {"fallback", "clarify"}
    [own] = [each for each in chat.history(replies[-1]["seq"]) if each["from"] == "customer"]
    assert own["text"] == text


def test_a_typed_restart_forgets_nothing(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    chat.say("送料っていくら？")
    replies = chat.say("/restart")
    told = chat.history(replies[-1]["seq"])
    assert [each["text"] for each in told if each["from"] == "customer"] == [
        "送料っていくら？",
        "/restart",
    ]
    [choice, *_] = chat.greeting[0]["choices"]
    assert chat.tap(choice)[0]["act"] == choice["act"] == "order_status"


@pytest.mark.parametrize("site", ["store", "rental", None])
def test_every_choice_of_the_greeting_leads_to_what_it_names(
    open_chat: OpenChat, site: str | None
) -> None:
    assert len(open_chat(site).greeting[0]["choices"]) == 6
    for place in range(6):
        chat = open_chat(site)
        choice = chat.greeting[0]["choices"][place]
        [reply] = chat.tap(choice)
        if choice["act"] is not None:
            assert (reply["kind"], reply["act"]) == ("ask", choice["act"])
        else:
            assert (reply["kind"], reply["topic"]) == ("answer", choice["topic"])


def test_the_choices_of_an_answer_lead_to_what_they_name(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    [answer] = chat.say("送料っていくら？")
    assert answer["choices"]
    for choice in answer["choices"]:
        [reply] = chat.tap(choice)
        assert (reply["kind"], reply["topic"]) == ("answer", choice["topic"])


@pytest.mark.parametrize(
    ("question", "on_store", "on_rental"),
    [
        ("返品したい", {"store/return_change_of_mind"}, {"rental_return", "rental/how_to_return"}),
    ],
)
def test_the_same_words_are_understood_from_the_page_they_are_said_on(
    open_chat: OpenChat, question: str, on_store: set[str], on_rental: set[str]
) -> None:
    assert on_store & _offered(open_chat("store").say(question))
    assert on_rental & _offered(open_chat("rental").say(question))


def test_the_page_is_no_wall(open_chat: OpenChat) -> None:
    """A question that only the other shop can mean is answered from the other shop's guide."""
    [on_rental] = open_chat("rental").say("写真と色が違うってことある？")
    [on_store] = open_chat("store").say("返す時の箱を捨てちゃいました")
    assert on_rental["topic"] == "store/product_color"
    assert on_store["topic"] == "rental/lost_box"


@pytest.mark.parametrize("site", ["store", "rental", None])
def test_an_unclear_question_is_asked_back_with_three_candidates_at_most_and_a_way_on(
    open_chat: OpenChat, site: str | None
) -> None:
    """Which of the vague words are too vague is training's business; some have to be."""
    chat = open_chat(site)
    asked = [reply for text in VAGUE for reply in chat.say(text) if reply["kind"] == "clarify"]
    assert asked
    for question in asked:
        *candidates, none = question["choices"]
        assert 1 <= len(candidates) <= 3
        assert all(candidate["topic"] or candidate["act"] for candidate in candidates)
        assert none["title"] == sentences().none_of_these
        [rejected] = chat.tap(none)
        assert rejected["text"]
        assert rejected["choices"]
        [answered] = chat.tap(candidates[0])
        assert answered["kind"] == "answer"
        assert _names(candidates[0]) & _names(answered)


@pytest.mark.parametrize(
    "text",
    [
        "👜✨🙏",
        "👨‍👩‍👧‍👦🏳️‍🌈",
        "(´；ω；`)",
        "ﾞ",
        "ﾟﾞﾟ",
        "ﾞ送料ﾟ",
        "\x07\x1b[31m\x7f\u200b\u202e送料",
        "\u200b",
        "か\u3099" * 50,
        "あ" * 5000,
        "送料はいくら？" * 714,
        "👜" * 5000,
        "ｿｳﾘｮｳﾊｲｸﾗ",
        "<script>alert(1)</script>",
        "'; DROP TABLE messages; --",
        "{{ 7 * 7 }} ${HOME} %s %(x)s",
        "\\ud83d",
        "/",
        "{",
    ],
)
def test_the_hardest_text_is_answered(open_chat: OpenChat, text: str) -> None:
    chat = open_chat("store")
    replies = chat.say(text)
    assert replies
    assert all(reply["text"] for reply in replies)
    assert chat.say("送料っていくら？")[0]["topic"] == "store/shipping_fee"


@pytest.mark.parametrize(
    "text", ["送料\\ud83dはいくら", "\\udc00\\ud800", "送料\\u0000はいくら", "\\u0000"]
)
def test_what_no_database_stores_is_answered_or_refused_kindly(
    open_chat: OpenChat, text: str
) -> None:
    """NUL, and half an emoji as some phones cut it, are valid JSON."""
    chat = open_chat("store")
    answer = chat.post(b'{"text": "%s"}' % text.encode())
    assert answer.status_code in {httpx.codes.OK, httpx.codes.UNPROCESSABLE_ENTITY}, answer.text
    assert answer.is_success or "ください" in answer.json()["detail"]
    assert chat.say("送料っていくら？")[0]["topic"] == "store/shipping_fee"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "text_empty"),
        ({"text": " \t\n\u3000\u2003"}, "text_empty"),
        ({"text": "あ" * 5001}, "text_too_long"),
        ({"text": "あ" * 30000}, "body_too_large"),
        ({}, "text_missing"),
        ({"text": "送料", "choice": "x"}, "text_missing"),
        ({"choice": "nobody-offered-this"}, "choice_unknown"),
        ({"text": 7}, "body_invalid"),
        (b"{", "body_invalid"),
        (b"\xff\xfe", "body_invalid"),
        (b'{"text": "\xff"}', "body_invalid"),
        (b'{"text": ' + b"[" * 20000 + b"]" * 20000 + b"}", "body_invalid"),
    ],
)
def test_what_cannot_be_answered_is_refused_kindly(
    open_chat: OpenChat, body: Message | bytes, code: str
) -> None:
    chat = open_chat("store")
    answer = chat.post(body)
    assert httpx.codes.is_client_error(answer.status_code), answer.text
    problem = answer.json()
    assert problem["code"] == code
    assert "ください" in problem["detail"]
    assert chat.say("送料っていくら？")[0]["topic"] == "store/shipping_fee"


def _offered(replies: list[Message]) -> set[str]:
    """Return the topics and acts that the replies answer or offer to answer."""
    named = [*replies, *(choice for reply in replies for choice in reply["choices"])]
    return {name for each in named for name in _names(each)}


def _names(each: Message) -> set[str]:
    return {name for name in (each["topic"], each["act"]) if name}
