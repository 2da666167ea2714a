"""もしかして, run by rasa-sdk's own executor behind the application that Rasa calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk.interfaces import Action

from actions.clarify import ActionClarify, candidates
from madoguchi.actions_app import create_actions_app
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from tests.support.server import client_of, serving

SECRET = "the-engines-secret"
WRITTEN = "届いた時計の針が止まっています"
KNOWN = [topic.intent for topic in catalogue().topics.values()]
KNOWN += [act.intent for act in catalogue().acts.values()]


def call(*intents: str, action: str | None = "action_clarify", **latest: Any) -> dict[str, Any]:
    """Return what Rasa sends for an action after a message with this ranking."""
    ranking = [{"name": intent, "confidence": 0.2} for intent in intents]
    return {
        "next_action": action,
        "sender_id": "c1",
        "tracker": {
            "sender_id": "c1",
            "slots": {},
            "latest_message": {"text": WRITTEN, "intent_ranking": ranking} | latest,
            "events": [],
            "paused": False,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
        "domain": {},
        "version": "3.6.21",
    }


def actions() -> list[Action]:
    return [ActionClarify()]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Rasa's side of the action server."""
    async with (
        serving(create_actions_app(SECRET, actions)) as address,
        client_of(address, **{"X-Madoguchi-Secret": SECRET}) as client,
    ):
        yield client


async def said(http: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post("/webhook", json=body)
    assert answer.status_code == 200, answer.text
    [response] = answer.json()["responses"]
    found: dict[str, Any] = response
    return found


async def test_the_three_likeliest_are_offered_and_a_way_on(http: httpx.AsyncClient) -> None:
    ranking = ["store_shipping_fee", "act_order_status", "rental_arrival", "store_receipt"]
    response = await said(http, call(*ranking))
    assert response["text"] == sentences().clarify
    assert response["custom"] == {"kind": "clarify"}
    assert response["buttons"] == [
        *({"title": catalogue().title_of(i), "payload": f"/{i}"} for i in ranking[:3]),
        {"title": sentences().none_of_these, "payload": "/none_of_these"},
    ]


async def test_what_has_no_title_is_not_offered(http: httpx.AsyncClient) -> None:
    ranking = ["nlu_fallback", "out_of_scope", "smalltalk_greet", "store_receipt", "none_of_these"]
    response = await said(http, call(*ranking))
    assert [button["payload"] for button in response["buttons"]] == [
        "/store_receipt",
        "/none_of_these",
    ]


@pytest.mark.parametrize("latest", [{}, {"intent_ranking": None}, {"intent_ranking": []}])
async def test_without_a_candidate_the_fallback_is_said(
    http: httpx.AsyncClient, latest: dict[str, Any]
) -> None:
    response = await said(http, call("nlu_fallback", "out_of_scope", **latest))
    assert response["response"] == "utter_fallback"
    assert response["buttons"] == []


@given(st.lists(st.sampled_from(KNOWN) | st.text(), max_size=8))
def test_at_most_three_known_ones_are_offered_best_first(intents: list[str]) -> None:
    offered = [button["payload"] for button in candidates(intents)]
    named = [f"/{intent}" for intent in intents if intent in KNOWN]
    assert offered == named[:3]


@pytest.mark.parametrize("headers", [{}, {"X-Madoguchi-Secret": "other"}, {"Secret": SECRET}])
async def test_nobody_calls_an_action_without_the_secret(headers: dict[str, str]) -> None:
    app = create_actions_app(SECRET, actions)
    async with serving(app) as address, client_of(address) as stranger:
        refused = await stranger.post("/webhook", json=call("store_receipt"), headers=headers)
    assert refused.status_code == 403
    assert refused.json() == {"error": "forbidden"}


@pytest.mark.parametrize("headers", [{}, {"X-Madoguchi-Secret": ""}])
async def test_a_secret_that_was_never_set_opens_nothing(headers: dict[str, str]) -> None:
    app = create_actions_app("", actions)
    async with serving(app) as address, client_of(address) as stranger:
        refused = await stranger.post("/webhook", json=call("store_receipt"), headers=headers)
    assert refused.status_code == 403


async def test_an_unknown_action_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.post("/webhook", json=call(action="action_unheard_of"))
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "action_unheard_of"
    assert WRITTEN not in answer.text


async def test_a_call_for_no_action_changes_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.post("/webhook", json=call(action=None))
    assert answer.status_code == 200
    assert answer.json() == {"events": [], "responses": []}


async def test_a_failing_action_does_not_repeat_what_the_customer_wrote(
    http: httpx.AsyncClient,
) -> None:
    broken = call(intent_ranking=[{WRITTEN: "no name"}])
    answer = await http.post("/webhook", json=broken)
    assert answer.status_code == 500
    assert answer.json() == {"error": "action failed", "action_name": "action_clarify"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 50_000])
async def test_a_call_that_is_none_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/webhook", content=body)
    assert answer.status_code == 400
    assert "error" in answer.json()


async def test_there_is_nothing_else_to_call(http: httpx.AsyncClient) -> None:
    for path in ("/", "/actions", "/health", "/status"):
        assert (await http.get(path)).status_code == 404
    assert (await http.get("/webhook")).status_code == 405
