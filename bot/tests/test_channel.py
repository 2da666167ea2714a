"""Only the service can speak to the engine, and no failure looks like an answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.channel import RENEW_VARIABLE, SECRET_VARIABLE, Collector, MadoguchiInput, plain
from bot.renewal import RENEW_AFTER
from bot.tests.support.channel import TIMEOUT, LiveChannel, ScriptedAgent, running_channel
from bot.tests.support.rasa import PROJECT
from bot.tests.support.texts import texts

COMMANDS = [
    "/restart",
    "/act_order_cancel",
    '/act_receipt{"order_number": "A-1"}',
    "/",
    "//restart",
]
BLANKS = [" ", "\u3000", "\n", "\t", "\x1c", "\x85", "\xa0", "\u2028"]

blanks = st.lists(st.sampled_from(BLANKS), max_size=4).map("".join)


@pytest.fixture(scope="module")
def server() -> Iterator[LiveChannel]:
    """A running channel, started where the engine is: it reads the catalogue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        with running_channel() as running:
            yield running


@pytest.fixture
def channel(server: LiveChannel) -> LiveChannel:
    """A running channel whose agent has a model and was asked nothing yet."""
    server.give(ScriptedAgent())
    return server


def names_an_intent(text: str) -> bool:
    """Return whether Rasa would take a message for an intent that is named directly."""
    # Rasa strips what it is given before it looks.
    asked = Message({TEXT: UserMessage(text).text})
    return YAMLStoryReader.unpack_regex_message(asked).get(INTENT) is not None


def test_without_the_secret_nobody_is_answered(channel: LiveChannel) -> None:
    assert channel.send(secret=None) == (403, {"error": "forbidden"})
    assert channel.ready(secret=None) == (403, {"error": "forbidden"})
    assert channel.agent.handled == []


@pytest.mark.parametrize(
    "secret", ["", "wrong", "秘密", "secret-of-the-tests2", "secret-of-the-test"]
)
def test_with_a_wrong_secret_nobody_is_answered(channel: LiveChannel, secret: str) -> None:
    assert channel.send(secret) == (403, {"error": "forbidden"})
    assert channel.ready(secret) == (403, {"error": "forbidden"})
    assert channel.agent.handled == []


@pytest.mark.parametrize("agent", [None, ScriptedAgent(ready=False)], ids=["none", "not ready"])
def test_without_a_model_the_engine_is_not_there(
    server: LiveChannel, agent: ScriptedAgent | None
) -> None:
    server.give(agent)
    expected = (503, {"error": "no model is loaded"})
    assert server.ready() == expected
    assert server.send() == expected
    assert server.agent.handled == []


def test_with_a_model_it_says_which(channel: LiveChannel) -> None:
    assert channel.ready() == (200, {"model": "model-of-the-tests"})


def test_a_turn_that_fails_is_an_error_and_not_silence(channel: LiveChannel) -> None:
    async def fail(message: UserMessage) -> None:
        raise RuntimeError("a secret of the engine's")

    channel.agent.turn = fail
    assert channel.send() == (500, {"error": "turn failed"})


def test_what_was_said_before_a_failure_is_not_an_answer(channel: LiveChannel) -> None:
    async def fail_late(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "はい"})
        raise RuntimeError("too late")

    channel.agent.turn = fail_late
    assert channel.send() == (500, {"error": "turn failed"})


def test_an_engine_that_failed_once_answers_again(channel: LiveChannel) -> None:
    async def fail(message: UserMessage) -> None:
        raise RuntimeError("once")

    usual, channel.agent.turn = channel.agent.turn, fail
    channel.send()
    channel.agent.turn = usual
    assert channel.send()[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"text": "a"}', b"\xff"])
def test_a_body_of_another_shape_is_an_error(channel: LiveChannel, body: bytes) -> None:
    assert channel.send_raw(body) >= 400
    assert channel.agent.handled == []


def test_all_replies_of_a_turn_are_returned_in_order(channel: LiveChannel) -> None:
    buttons = [{"title": "はい", "payload": "/smalltalk_affirm"}]

    async def answer(message: UserMessage) -> None:
        out, to = message.output_channel, message.sender_id
        named = {"utter_action": "utter_receipt", "text": "領収書です", "buttons": buttons}
        await out.send_response(to, named)
        await out.send_response(to, {"text": None, "custom": {"kind": "clarify"}})
        await out.send_text_message(to, "以上です")

    channel.agent.turn = answer
    status, said = channel.send()
    empty = {"utter_action": None, "text": None, "buttons": [], "custom": {}}
    assert status == 200
    assert said["messages"] == [
        {**empty, "utter_action": "utter_receipt", "text": "領収書です", "buttons": buttons},
        {**empty, "custom": {"kind": "clarify"}},
        {**empty, "text": "以上です"},
    ]


def test_replies_of_one_turn_are_not_in_the_next(channel: LiveChannel) -> None:
    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, f"「{message.text}」")

    channel.agent.turn = answer
    for text in ("一つ目", "二つ目"):
        _status, said = channel.send(text=text)
        assert [reply["text"] for reply in said["messages"]] == [f"「{text}」"]


def test_a_message_reaches_rasa_with_its_conversation(channel: LiveChannel) -> None:
    channel.send(text="返品したい", sender="c-1", metadata={"site": "store", "inbound": 7})
    (handled,) = channel.agent.handled
    assert (handled.text, handled.sender_id) == ("返品したい", "c-1")
    assert handled.input_channel == handled.output_channel.name() == MadoguchiInput.name()
    assert handled.metadata == {"site": "store", "inbound": 7}


def test_what_was_understood_is_returned_beside_the_replies(channel: LiveChannel) -> None:
    understanding = {"intent": "store_receipt", "confidence": 0.9, "candidates": []}

    async def understand(message: UserMessage) -> None:
        message.metadata["understanding"] = understanding

    channel.agent.turn = understand
    assert channel.send(metadata={})[1]["understanding"] == understanding


def test_a_button_is_passed_on_as_it_is(channel: LiveChannel) -> None:
    status, said = channel.send(text="領収書がほしい", payload="/act_receipt")
    assert status == 200
    assert [message.text for message in channel.agent.handled] == ["/act_receipt"]
    assert said["understanding"] == {"payload": "/act_receipt"}
    assert channel.agent.processor.parsed == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", ["{}", " {}", "\u3000{}", "\n\t{}  ", "\u2028{}"])
def test_a_typed_command_reaches_rasa_as_a_text(
    channel: LiveChannel, command: str, text: str
) -> None:
    assert names_an_intent(text.format("/restart"))
    channel.send(text=text.format(command))
    (handled,) = channel.agent.handled
    assert not handled.text.startswith("/")
    assert not names_an_intent(handled.text)


def test_a_command_hidden_in_a_message_is_a_text_too(channel: LiveChannel) -> None:
    channel.agent.processor.understood = {"返品できますか？": ("store_return", 0.9)}
    channel.agent.processor.understood["／act_order_cancel していいですか？"] = (
        "act_order_cancel",
        0.9,
    )
    channel.send(text="返品できますか？/act_order_cancel していいですか？")
    for message in [*channel.agent.processor.parsed, *channel.agent.handled]:
        assert not names_an_intent(message.text)
    assert [message.text for message in channel.agent.handled] == [
        "返品できますか？",
        "／act_order_cancel していいですか？",
    ]


def test_two_questions_are_answered_one_after_the_other(channel: LiveChannel) -> None:
    first, second = "領収書はもらえますか？", "返品したいです。"
    channel.agent.processor.understood = {
        first: ("store_receipt", 0.9),
        second: ("store_return", 0.9),
    }

    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, f"答え：{message.text}")

    channel.agent.turn = answer
    _status, said = channel.send(text=first + second, metadata={"site": "store"})
    assert [reply["text"] for reply in said["messages"]] == [f"答え：{first}", f"答え：{second}"]
    assert all(message.metadata == {"site": "store"} for message in channel.agent.processor.parsed)


def test_a_topic_and_its_act_are_one_question(channel: LiveChannel) -> None:
    first, second = "領収書はもらえますか？", "領収書を発行してください。"
    channel.agent.processor.understood = {
        first: ("store_receipt", 0.9),
        second: ("act_receipt", 0.9),
    }
    channel.send(text=first + second)
    assert [message.text for message in channel.agent.handled] == [first + second]


def test_what_says_too_little_is_understood_from_the_topic_before(channel: LiveChannel) -> None:
    title = "返品・交換はできる？"
    channel.agent.processor.understood = {
        "それ、いつまで？": ("rental_return_deadline", 0.97),
        f"{title} それ、いつまで？": ("store_return_change_of_mind", 0.9),
    }
    before = {"site": None, "last_topic": "store/return_change_of_mind"}
    channel.send(text="それ、いつまで？", metadata=before)
    (handled,) = channel.agent.handled
    assert handled.text == f"{title} それ、いつまで？"
    assert handled.metadata["site"] == "store"


@pytest.mark.parametrize("last", [None, "store/nothing", "act/receipt", "", 7])
def test_without_a_topic_before_a_short_message_is_taken_as_it_is(
    channel: LiveChannel, last: Any
) -> None:
    channel.send(text="それ、いつまで？", metadata={"site": "rental", "last_topic": last})
    (handled,) = channel.agent.handled
    assert (handled.text, handled.metadata["site"]) == ("それ、いつまで？", "rental")
    assert channel.agent.processor.parsed == []


@pytest.mark.parametrize("understood", ["nlu_fallback", "out_of_scope", "out_of_scope_far"])
def test_a_question_without_an_answer_hides_the_topic_before_it(
    channel: LiveChannel, understood: str
) -> None:
    channel.agent.processor.understood_before = understood
    channel.send(text="それ、いつまで？", metadata={"last_topic": "store/receipt"})
    assert [message.text for message in channel.agent.handled] == ["それ、いつまで？"]


def test_what_answers_a_skill_is_not_completed(channel: LiveChannel) -> None:
    metadata = {"last_topic": "store/receipt", "skill": "order_status_form"}
    channel.send(text="いつ？", metadata=metadata)
    assert [message.text for message in channel.agent.handled] == ["いつ？"]


def test_a_full_question_is_not_completed(channel: LiveChannel) -> None:
    text = "レンタルの審査はどのくらい厳しいですか"
    channel.send(text=text, metadata={"site": None, "last_topic": "store/receipt"})
    (handled,) = channel.agent.handled
    assert (handled.text, handled.metadata["site"]) == (text, None)
    assert channel.agent.processor.parsed == []


def conversation(turns: int) -> DialogueStateTracker:
    """Return a conversation of so many turns."""
    turn = [ActionExecuted(ACTION_LISTEN_NAME), UserUttered("質問です"), ActionExecuted("answer")]
    events = [*turn * turns, ActionExecuted(ACTION_LISTEN_NAME)]
    return DialogueStateTracker.from_events("c-1", events)


def held(channel: LiveChannel) -> int:
    """Return how many events the engine holds of the conversation."""
    tracker = asyncio.run(channel.agent.tracker_store.retrieve_full_tracker("c-1"))
    return 0 if tracker is None else len(tracker.events)


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_without_the_secret_nothing_is_forgotten(channel: LiveChannel, secret: str | None) -> None:
    asyncio.run(channel.agent.tracker_store.save(conversation(2)))
    assert channel.forget("c-1", secret) == (403, {"error": "forbidden"})
    assert held(channel) == 7


@pytest.mark.parametrize("agent", [None, ScriptedAgent(ready=False)], ids=["none", "not ready"])
def test_without_a_model_nothing_is_forgotten(
    server: LiveChannel, agent: ScriptedAgent | None
) -> None:
    server.give(agent)
    assert server.forget("c-1") == (503, {"error": "no model is loaded"})


def test_a_conversation_is_forgotten_and_may_be_again(channel: LiveChannel) -> None:
    asyncio.run(channel.agent.tracker_store.save(conversation(2)))
    assert channel.forget("c-1") == (200, {"events": 7})
    assert held(channel) == 0
    assert channel.forget("c-1") == (200, {"events": 0})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"c-1"', b"{}", b'{"sender": ""}', b'{"sender": 7}', b"\xff"],
)
def test_who_is_to_be_forgotten_has_to_be_said(channel: LiveChannel, body: bytes) -> None:
    asyncio.run(channel.agent.tracker_store.save(conversation(2)))
    assert channel.send_raw(body, to="forget") == 400
    assert held(channel) == 7


def test_a_conversation_is_not_forgotten_between_two_questions_of_a_message(
    channel: LiveChannel,
) -> None:
    """What the second question stores would stay."""
    first, second = "領収書はもらえますか？", "返品したいです。"
    channel.agent.processor.understood = {
        first: ("store_receipt", 0.9),
        second: ("store_return", 0.9),
    }
    forgetting: list[Future[tuple[int, Any]]] = []
    channel.told_to_forget.clear()

    async def answer(message: UserMessage) -> None:
        if not forgetting:
            forgetting.append(others.submit(channel.forget, "c-1"))
            await channel.told_to_forget.wait()
            return
        await channel.agent.tracker_store.save(conversation(2))

    channel.agent.turn = answer
    with ThreadPoolExecutor() as others:
        assert channel.send(text=first + second, sender="c-1")[0] == 200
        assert forgetting[0].result(TIMEOUT) == (200, {"events": 7})
    assert [message.text for message in channel.agent.handled] == [first, second]
    assert held(channel) == 0


def test_what_cannot_be_forgotten_is_an_error(channel: LiveChannel) -> None:
    channel.agent.tracker_store = TrackerStore(Domain.empty())
    assert channel.forget("c-1") == (500, {"error": "not forgotten"})


def test_a_conversation_that_has_grown_is_renewed_after_the_turn(channel: LiveChannel) -> None:
    grown = conversation(RENEW_AFTER)

    async def answer(message: UserMessage) -> None:
        await channel.agent.tracker_store.save(grown)

    channel.agent.turn = answer
    assert channel.send(sender="c-1")[0] == 200
    assert 0 < held(channel) < 10


def test_a_conversation_that_cannot_be_renewed_is_answered(channel: LiveChannel) -> None:
    """The turn is over; as a failure it would be asked again and answered twice."""
    channel.agent.tracker_store = TrackerStore(Domain.empty())
    assert channel.send()[0] == 200


def test_a_turn_whose_asker_has_gone_is_ended(channel: LiveChannel) -> None:
    """It cannot store a tracker when the conversation was forgotten in the meantime."""
    reached, ended = threading.Event(), threading.Event()

    async def hang(message: UserMessage) -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.set()
            raise

    channel.agent.turn = hang
    channel.send_and_hang_up("c-1", after=reached)
    assert ended.wait(TIMEOUT)


@given(blanks, texts)
def test_no_text_names_an_intent(before: str, text: str) -> None:
    for typed in (before + text, f"{before}/{text}", f"{before}/restart{text}"):
        assert not UserMessage(plain(typed)).text.startswith("/")
        assert not names_an_intent(plain(typed))


@given(blanks, texts)
def test_a_text_without_a_command_stays_as_it_is(before: str, text: str) -> None:
    typed = before + text
    if not typed.strip().startswith("/"):
        assert plain(typed) == typed


@given(texts)
def test_a_command_keeps_its_words(text: str) -> None:
    assert plain(f"/{text}") == f"／{text}".rstrip()


@pytest.mark.parametrize("text", ["／restart", "／act_order_cancel", "\u3000／restart"])
def test_a_full_width_slash_is_no_command(text: str) -> None:
    assert plain(text) == text
    assert not names_an_intent(text)


def test_the_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "secret")
    assert isinstance(MadoguchiInput.from_credentials(None), MadoguchiInput)


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_secret_the_channel_does_not_open(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(SECRET_VARIABLE, value)
    with pytest.raises(ValueError, match=SECRET_VARIABLE):
        MadoguchiInput.from_credentials({"secret": "from a file"})


def test_how_long_a_conversation_may_grow_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "secret")
    monkeypatch.setenv(RENEW_VARIABLE, "a few")
    with pytest.raises(ValueError, match="a few"):
        MadoguchiInput.from_credentials(None)


async def test_a_reply_of_nothing_has_every_part() -> None:
    collector = Collector()
    reply: dict[str, Any] = {}
    await collector.send_response("c-1", reply)
    expected = {"utter_action": None, "text": None, "buttons": [], "custom": {}}
    assert collector.messages == [expected]
