"""How satisfied a customer on the web was, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.chat import Chat
from tests.support.problems import assert_problem
from tests.support.server import LiveService

AGENT = "agent-sato"


async def asked(service: LiveService) -> tuple[Chat, dict[str, Any]]:
    """Return a chat that an agent has closed, and the question that was asked then."""
    chat = await Chat.open(service.http, site="store")
    ownership = service.parts.desk.ownership
    await ownership.take(chat.id, AGENT)
    await ownership.say(chat.id, AGENT, "担当の佐藤です。", "k1")
    await ownership.close(chat.id, AGENT, "solved")
    [*_, question] = await service.parts.store.messages_after(chat.id, 0)
    choices = {choice.title[0]: choice.id for choice in question.choices}
    return chat, {"seq": question.seq, "choices": choices}


async def rate(service: LiveService, chat: Chat, key: str = "r1", **body: Any) -> httpx.Response:
    """Send a rating."""
    return await service.http.post(
        f"/api/v1/conversations/{chat.id}/rating",
        json=body,
        headers={"Authorization": f"Bearer {chat.token}", "Idempotency-Key": key},
    )


async def test_a_score_is_tapped_like_any_choice(service: LiveService) -> None:
    chat, question = await asked(service)
    answer = await chat.send(choice=question["choices"]["4"])
    assert (answer.status_code, answer.json()["owner"]) == (200, "closed")
    [thanks] = answer.json()["messages"]
    assert (thanks["from"], thanks["act"]) == ("system", "rating_thanks")
    [rating] = await service.parts.desk.ratings.of(chat.id)
    assert (rating["score"], rating["word"]) == (4, None)
    assert service.engine.asked == []


async def test_score_and_word_in_one(service: LiveService) -> None:
    chat, _ = await asked(service)
    answer = await rate(service, chat, score=5, word=" 丁寧でした ")
    assert answer.status_code == 200
    assert answer.json()["rating"] == {"score": 5, "word": "丁寧でした"}
    assert answer.json()["owner"] == "closed"
    said = await service.parts.store.messages_after(chat.id, 0)
    assert [message.text for message in said if message.sender == "customer"] == [
        "5 とても良かった\n丁寧でした"
    ]
    assert service.engine.asked == []


async def test_the_word_after_the_score_and_the_score_changed_after_the_word(
    service: LiveService,
) -> None:
    chat, question = await asked(service)
    await rate(service, chat, "r1", score=5, message=question["seq"])
    answer = await rate(service, chat, "r2", word="丁寧でした", message=question["seq"] + 2)
    assert answer.json()["rating"] == {"score": 5, "word": "丁寧でした"}
    answer = await rate(service, chat, "r3", score=3)
    assert answer.json()["rating"] == {"score": 3, "word": "丁寧でした"}
    [message] = answer.json()["messages"]
    assert message["choices"] == []


async def test_the_same_key_is_one_rating(service: LiveService) -> None:
    chat, _ = await asked(service)
    first = await rate(service, chat, "r1", score=5)
    await rate(service, chat, "r2", score=2)
    again = await rate(service, chat, "r1", score=5)
    assert again.json()["messages"] == first.json()["messages"]
    assert again.json()["rating"]["score"] == 2
    assert_problem(await rate(service, chat, "r1", score=4), 422, "key_reused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "rating_score_missing"),
        ({"word": "丁寧でした"}, 422, "rating_score_missing"),
        ({"word": " "}, 422, "rating_score_missing"),
        ({"score": 5, "word": "良" * 1001}, 422, "text_too_long"),
        ({"score": 6}, 422, "body_invalid"),
        ({"score": 5, "word": "\0"}, 422, "body_invalid"),
        ({"score": 5, "message": 1}, 404, "rating_unknown"),
    ],
)
async def test_what_is_no_rating_is_refused(
    service: LiveService, body: dict[str, Any], status: int, code: str
) -> None:
    chat, _ = await asked(service)
    assert_problem(await rate(service, chat, **body), status, code)
    assert await service.parts.desk.ratings.of(chat.id) == []


async def test_who_was_not_asked_rates_nothing(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    assert_problem(await rate(service, chat, score=5), 404, "rating_unknown")


async def test_nobody_rates_another_s_chat(service: LiveService) -> None:
    chat, _ = await asked(service)
    other = await Chat.open(service.http)
    refused = await service.http.post(
        f"/api/v1/conversations/{chat.id}/rating",
        json={"score": 1},
        headers={"Authorization": f"Bearer {other.token}", "Idempotency-Key": "r1"},
    )
    assert_problem(refused, 404, "conversation_unknown")
