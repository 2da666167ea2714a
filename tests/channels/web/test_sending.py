"""Sending a message over HTTP: taken once, answered once, refused in words."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from tests.conftest import StartService
from tests.support.chat import Chat
from tests.support.engine import rasa_message, says
from tests.support.problems import assert_problem
from tests.support.server import LiveService

BUTTONS = [
    {"title": "送料はいくら？", "payload": "/store_shipping_fee"},
    {"title": "注文の状況を確認する", "payload": "/act_order_status"},
]


async def transcript(service: LiveService, chat: Chat) -> list[tuple[str, str]]:
    stored = await service.parts.store.messages_after(chat.id, 1)
    return [(message.sender.value, message.text) for message in stored]


async def test_a_message_is_answered_with_its_replies(service: LiveService) -> None:
    service.engine.will(
        says(rasa_message("一つ目"), rasa_message("二つ目", custom={"act": "order_status"}))
    )
    chat = await Chat.open(service.http, site="store")
    answer = await chat.send(text="送料は？")
    assert answer.status_code == 200
    assert answer.json()["owner"] == "bot"
    first, second = answer.json()["messages"]
    assert (first["seq"], first["from"], first["kind"]) == (3, "bot", "answer")
    assert (first["text"], first["topic"], first["act"]) == ("一つ目", "store/shipping_fee", None)
    assert (second["seq"], second["act"]) == (4, "order_status")
    assert set(first) == {
        "seq", "from", "kind", "topic", "act", "text", "choices", "card", "at", "client_id",
        "attachments",
    }  # fmt: skip


async def test_the_assistant_knows_the_last_topic(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    await chat.say("送料は？")
    assert (await service.parts.store.get(chat.id)).last_topic == "store/shipping_fee"


async def test_the_same_key_with_the_same_body_gets_the_same_answer(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    first = await chat.send("key-1", text="送料は？")
    again = await chat.send("key-1", text="送料は？")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await transcript(service, chat) == [("customer", "送料は？"), ("bot", "答え: 送料は？")]
    assert service.engine.asked == ["送料は？"]


async def test_the_same_request_five_times_at_once_is_answered_once(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    answers = await asyncio.gather(*(chat.send("key-1", text="送料は？") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert service.engine.asked == ["送料は？"]


async def test_the_same_key_with_another_body_is_refused(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    await chat.send("key-1", text="送料は？")
    assert_problem(await chat.send("key-1", text="返品は？"), 422, "key_reused")
    tapped = chat.greeting["choices"][0]["id"]
    assert_problem(await chat.send("key-1", choice=tapped), 422, "key_reused")
    assert len(await transcript(service, chat)) == 2


async def test_the_same_key_in_another_conversation_is_another_message(
    service: LiveService,
) -> None:
    one, other = await Chat.open(service.http), await Chat.open(service.http)
    assert [message["text"] for message in await one.say("送料は？", "1")] == ["答え: 送料は？"]
    assert [message["text"] for message in await other.say("返品は？", "1")] == ["答え: 返品は？"]


@pytest.mark.parametrize("key", [None, "", "x" * 129, "with space", "tab\tinside"])
async def test_a_message_without_a_proper_key_is_refused(
    service: LiveService, key: str | None
) -> None:
    chat = await Chat.open(service.http)
    headers = chat.authorization | ({"Idempotency-Key": key} if key is not None else {})
    answer = await service.http.post(
        f"{chat.path}/messages", json={"text": "送料は？"}, headers=headers
    )
    assert_problem(answer, 400, "key_missing")
    assert await transcript(service, chat) == []


@pytest.mark.parametrize("key", ["x", "~" * 128, str(uuid.UUID(int=0)), "!#$%&'*+-.^_`|"])
async def test_a_key_may_be_any_printable_word(service: LiveService, key: str) -> None:
    chat = await Chat.open(service.http)
    assert (await chat.send(key, text="送料は？")).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "text_missing"),
        ({"text": None, "choice": None}, "text_missing"),
        ({"text": "送料は？", "choice": "x"}, "text_missing"),
        ({"text": ""}, "text_empty"),
        ({"text": " \n\t　"}, "text_empty"),
        ({"text": "あ" * 5001}, "text_too_long"),
        ({"text": 1}, "body_invalid"),
        ({"text": ["送料は？"]}, "body_invalid"),
        ({"text": "a\0b"}, "body_invalid"),
        ({"text": "送料は？", "kind": "answer"}, "body_invalid"),
        ({"choice": "x" * 65}, "body_invalid"),
        ({"choice": "unknown"}, "choice_unknown"),
        ({"choice": ""}, "choice_unknown"),
        ({"choice": "a\0b"}, "choice_unknown"),
        ([], "body_invalid"),
    ],
)
async def test_a_message_that_is_none_is_refused_and_not_stored(
    service: LiveService, body: Any, code: str
) -> None:
    chat = await Chat.open(service.http)
    headers = chat.authorization | {"Idempotency-Key": "key-1"}
    answer = await service.http.post(f"{chat.path}/messages", json=body, headers=headers)
    assert_problem(answer, 422, code)
    assert await transcript(service, chat) == []
    assert service.engine.asked == []


async def test_half_a_character_is_refused(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    headers = chat.authorization | {"Idempotency-Key": "1", "Content-Type": "application/json"}
    answer = await service.http.post(
        f"{chat.path}/messages", content=b'{"text": "\\ud83d"}', headers=headers
    )
    assert_problem(answer, 422, "body_invalid")


@pytest.mark.parametrize("text", ["あ" * 5000, "😀" * 5000, "/store_shipping_fee", "'; DROP", "0"])
async def test_any_other_text_is_taken_as_it_is(service: LiveService, text: str) -> None:
    chat = await Chat.open(service.http)
    await chat.say(text)
    assert (await transcript(service, chat))[0] == ("customer", text)
    assert service.engine.asked == [text]


async def test_the_longest_text_is_the_one_that_was_set(start_service: StartService) -> None:
    service = await start_service(max_text_length=10)
    chat = await Chat.open(service.http)
    assert (await chat.send(text="あ" * 10)).status_code == 200
    problem = assert_problem(await chat.send(text="あ" * 11), 422, "text_too_long")
    assert "10文字" in problem["detail"]


async def test_a_choice_that_was_offered_can_be_tapped(service: LiveService) -> None:
    service.engine.will(says(rasa_message("どちらですか？", buttons=BUTTONS)))
    chat = await Chat.open(service.http)
    [asked] = await chat.say("注文")
    assert [choice["title"] for choice in asked["choices"]] == [b["title"] for b in BUTTONS]
    assert "payload" not in asked["choices"][1]
    answer = await chat.send(choice=asked["choices"][1]["id"])
    assert answer.status_code == 200
    assert (await transcript(service, chat))[2:] == [
        ("customer", "注文の状況を確認する"),
        ("bot", "答え: 注文の状況を確認する"),
    ]


async def test_a_choice_of_the_greeting_can_be_tapped(service: LiveService) -> None:
    chat = await Chat.open(service.http, site="rental")
    chosen = chat.greeting["choices"][0]
    await chat.send(choice=chosen["id"])
    assert (await transcript(service, chat))[0] == ("customer", chosen["title"])


async def test_a_choice_of_another_conversation_is_refused(service: LiveService) -> None:
    one, other = await Chat.open(service.http), await Chat.open(service.http)
    stolen = one.greeting["choices"][0]["id"]
    assert_problem(await other.send(choice=stolen), 422, "choice_unknown")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic dXNlcjpwYXNz", "token"])
async def test_without_a_token_a_conversation_stays_closed(
    service: LiveService, authorization: str | None
) -> None:
    chat = await Chat.open(service.http)
    headers = {"Idempotency-Key": "1"}
    if authorization is not None:
        headers["Authorization"] = authorization
    for answer in (
        await service.http.post(f"{chat.path}/messages", json={"text": "x"}, headers=headers),
        await service.http.get(f"{chat.path}/events", headers=headers),
    ):
        assert_problem(answer, 401, "token_missing")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_of_one_conversation_does_not_open_another(service: LiveService) -> None:
    one, other = await Chat.open(service.http), await Chat.open(service.http)
    one.token, other.token = other.token, "made-up"
    for chat in (one, other):
        assert_problem(await chat.send(text="送料は？"), 404, "conversation_unknown")
        async with chat.events() as stream:
            await stream.response.aread()
        assert_problem(stream.response, 404, "conversation_unknown")


async def test_too_many_messages_of_a_customer_are_put_off(start_service: StartService) -> None:
    service = await start_service(rate_limit_per_minute=2)
    chat = await Chat.open(service.http)
    for text in ("一", "二"):
        await chat.say(text)
    refused = await chat.send(text="三")
    problem = assert_problem(refused, 429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert f"{refused.headers['retry-after']}秒" in problem["detail"]
    assert len(await transcript(service, chat)) == 4
    other = await Chat.open(service.http)
    assert (await other.send(text="一")).status_code == 200


async def test_asking_again_for_an_answer_is_no_further_message(
    start_service: StartService,
) -> None:
    service = await start_service(rate_limit_per_minute=2)
    chat = await Chat.open(service.http)
    first = await chat.send("key-1", text="一")
    for _ in range(3):
        again = await chat.send("key-1", text="一")
        assert (again.status_code, again.json()) == (200, first.json())
    assert (await chat.send("key-2", text="二")).status_code == 200
    assert_problem(await chat.send("key-3", text="三"), 429, "too_many_requests")
    assert (await chat.send("key-1", text="一")).status_code == 200


async def test_a_message_that_has_no_answer_yet_is_counted_each_time(
    start_service: StartService,
) -> None:
    """Each of them waits for the answer, which costs more than reading one."""
    service = await start_service(reply_wait_seconds=0.1, rate_limit_per_minute=2)
    service.engine.will(service.engine.hangs)
    chat = await Chat.open(service.http)
    for _ in range(2):
        assert (await chat.send("key-1", text="送料は？")).status_code == 202
    assert_problem(await chat.send("key-1", text="送料は？"), 429, "too_many_requests")


async def test_an_answer_that_takes_too_long_comes_on_the_stream(
    start_service: StartService,
) -> None:
    service = await start_service(reply_wait_seconds=0.1)
    service.engine.will(service.engine.hangs)
    chat = await Chat.open(service.http)
    accepted = await chat.send("key-1", text="送料は？")
    assert accepted.status_code == 202
    assert accepted.json() == {"owner": "bot", "messages": []}
    async with chat.events(after=2) as stream:
        service.engine.go_on.set()
        [late] = await stream.messages(1)
    assert (late["seq"], late["text"]) == (3, "答え: 送料は？")
    again = await chat.send("key-1", text="送料は？")
    assert again.status_code == 200
    assert again.json()["messages"] == [late]


async def test_while_the_engine_is_away_the_customer_is_told(service: LiveService) -> None:
    service.engine.away = True
    chat = await Chat.open(service.http)
    answer = await chat.send("key-1", text="送料は？")
    [notice] = answer.json()["messages"]
    assert (answer.status_code, notice["from"], notice["kind"]) == (200, "system", "notice")
    service.engine.away = False
    async with chat.events(after=notice["seq"]) as stream:
        [late] = await stream.messages(1)
    assert late["text"] == "答え: 送料は？"
    again = await chat.send("key-1", text="送料は？")
    assert again.json()["messages"] == [notice, late]


async def test_a_message_survives_the_service(start_service: StartService) -> None:
    service = await start_service(reply_wait_seconds=0.1)
    service.engine.will(service.engine.hangs)
    chat = await Chat.open(service.http)
    await chat.say("送料は？")
    await service.parts.worker.stop()
    restarted = await start_service()
    after = Chat(restarted.http, {"id": chat.id, "token": chat.token, "messages": [chat.greeting]})
    async with after.events(after=2) as stream:
        [late] = await stream.messages(1)
    assert late["text"] == "答え: 送料は？"
