"""Asking how satisfied a customer was, and what they tap and write then, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Customer, Draft, Kind, Owner, Sender
from madoguchi.conversations.outbox import Outbox, State
from madoguchi.conversations.store import ConversationStore, UnknownChoiceError
from madoguchi.conversations.stream import Streams
from madoguchi.database import open_database
from madoguchi.desk.model import Reason
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.rating_words import LONGEST_WORD, Act
from madoguchi.desk.ratings import Way
from madoguchi.desk.steps import Step
from madoguchi.desk.summaries import Summaries
from tests.desk.rated import SATO, TITLES, Rated
from tests.support.channel import SENT


@pytest.fixture
def rated(database: AsyncEngine) -> Rated:
    """Chats on each database."""
    return Rated(database)


@pytest.mark.parametrize("result", ["solved", "unsolved", "inquiry", None])
async def test_a_customer_is_asked_once_when_a_person_is_done(
    rated: Rated, result: str | None
) -> None:
    chat = await rated.on_web()
    await rated.helped(chat, result)
    [question] = await rated.questions(chat)
    assert [choice.title for choice in question.choices] == TITLES
    assert question.sender is Sender.SYSTEM
    assert await rated.asked(chat) == [True]
    assert await rated.owner(chat) is (Owner.BOT if result is None else Owner.CLOSED)


@pytest.mark.parametrize("result", ["spam", "no_answer"])
async def test_nobody_is_asked_who_is_not_there_to_answer(rated: Rated, result: str) -> None:
    chat = await rated.on_web()
    await rated.helped(chat, result)
    assert (await rated.questions(chat), await rated.asked(chat)) == ([], [False])


async def test_nobody_is_asked_about_a_person_who_wrote_nothing(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    rated.clock.at += timedelta(days=2)
    await rated.helped(chat, words="")
    assert await rated.asked(chat) == [True, False]


async def test_nobody_is_asked_twice_in_a_day(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    rated.clock.at += timedelta(hours=23)
    await rated.helped(chat)
    rated.clock.at += timedelta(hours=2)
    await rated.helped(chat)
    assert await rated.asked(chat) == [True, False, True]


async def test_a_released_chat_is_not_asked_about_yet(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.ownership.take(chat, SATO)
    await rated.ownership.say(chat, SATO, "少々お待ちください", "k")
    await rated.ownership.release(chat, SATO)
    assert await rated.questions(chat) == []


async def test_who_left_is_not_asked(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    person = await rated.people.of_conversation(chat)
    assert person is not None
    await rated.people.blocked(person.recipient, blocked=True)
    await rated.helped(chat)
    assert await rated.questions(chat) == []


async def test_where_there_is_no_way_nobody_is_asked(rated: Rated, database: AsyncEngine) -> None:
    async def nowhere(_step: Step) -> Way | None:
        return None

    chat = await rated.on_a_platform()
    rated.ownership = Ownership(database, rated.clock, Streams(), nowhere)
    await rated.helped(chat)
    assert (await rated.questions(chat), await rated.asked(chat)) == ([], [False])


async def test_the_question_is_delivered_as_a_reply_that_costs_nothing(
    rated: Rated, database: AsyncEngine
) -> None:
    async def by_reply(_step: Step) -> Way:
        return Way(41)

    chat = await rated.on_a_platform()
    rated.ownership = Ownership(database, rated.clock, Streams(), by_reply)
    await rated.helped(chat)
    claims = []
    outbox = Outbox(database)
    while found := await outbox.claim(["pigeon"]):
        claims += found
        for claim in found:
            await outbox.finish(claim, SENT)
    [question] = await rated.questions(chat)
    assert [(claim.seqs, claim.inbound_id) for claim in claims][-1] == ((question.seq,), 41)


async def test_what_is_told_at_the_end_goes_out_with_the_question(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.ownership.take(chat, SATO)
    await rated.ownership.say(chat, SATO, "承りました", "k")
    notice = Draft(Kind.NOTICE, "ここからは自動応答がお答えします。", sender=Sender.SYSTEM)
    assert await rated.ownership.give_back(chat, SATO, notice=notice)
    [question] = await rated.questions(chat)
    newest = (await rated.outbox.entries([State.WAITING], chat))[0]
    assert tuple(newest.seqs) == (question.seq - 1, question.seq)


async def test_a_tap_is_stored_thanked_for_and_never_the_bot_s(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat)
    before = _counted(5)
    inbound = await rated.tap(chat, TITLES[0])
    assert inbound.done
    [thanks] = inbound.replies
    assert (thanks.act, [choice.title for choice in thanks.choices]) == (
        Act.THANKS,
        ["ひとこと書く"],
    )
    assert await rated.stored(chat) == [(5, None)]
    assert await rated.owner(chat) is Owner.CLOSED
    assert await rated.store.conversations_pending() == []
    assert _counted(5) == before + 1
    deliveries = await rated.outbox.entries([State.WAITING], chat)
    assert tuple(deliveries[0].seqs) == (thanks.seq,)


async def test_the_last_tap_counts(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    for title in (TITLES[4], TITLES[1], TITLES[4], TITLES[2]):
        await rated.tap(chat, title)
    assert await rated.stored(chat) == [(3, None)]


async def test_the_same_tap_sent_twice_is_one(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    await rated.tap(chat, TITLES[0], "once")
    await rated.tap(chat, TITLES[4], "later")
    again = await rated.tap(chat, TITLES[0], "once")
    assert [reply.act for reply in again.replies] == [Act.THANKS]
    assert await rated.stored(chat) == [(1, None)]
    taps = [m for m in await rated.messages(chat) if m.sender is Sender.CUSTOMER]
    assert [tap.text for tap in taps] == [TITLES[0], TITLES[4]]


async def test_two_processes_that_get_one_tap_store_it_once(
    rated: Rated, database: AsyncEngine
) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    [question] = await rated.questions(chat)
    other = open_database(database.url.render_as_string(hide_password=False))
    stores = [rated.store, ConversationStore(other, rated.clock)]
    got = await asyncio.gather(
        *(
            store.receive(chat, f"e{number % 2}", choice_id=question.choices[number % 2].id)
            for number in range(6)
            for store in stores
        )
    )
    await other.dispose()
    assert sum(message is not None for _, message in got) == 2
    assert len(await rated.stored(chat)) == 1
    thanks = [m for m in await rated.messages(chat) if m.act == Act.THANKS]
    assert len(thanks) == 2


async def test_a_late_tap_counts_for_the_stretch_it_was_asked_for(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    [question] = await rated.questions(chat)
    rated.clock.at += timedelta(days=2)
    await rated.ownership.call(chat, Reason.CUSTOMER, "もう一つ")
    await rated.ownership.take(chat, SATO)
    await rated.store.receive(chat, "late", choice_id=question.choices[0].id)
    assert await rated.owner(chat) is Owner.AGENT
    await rated.ownership.say(chat, SATO, "承ります", "k")
    await rated.end(chat)
    await rated.tap(chat, TITLES[4])
    assert await rated.stored(chat) == [(5, None), (1, None)]


async def test_a_rating_keeps_no_agent_from_being_idle_and_nobody_waiting(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    rated.clock.at += timedelta(hours=1)
    await rated.ownership.take(chat, SATO)
    await rated.tap(chat, TITLES[0])
    rated.clock.at += timedelta(hours=1)
    assert await rated.ownership.return_idle(timedelta(minutes=15)) == []


async def test_a_word_is_asked_for_and_kept_from_the_bot(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    await rated.tap(chat, TITLES[0])
    [prompt] = (await rated.tap(chat, "ひとこと書く")).replies
    assert [choice.title for choice in prompt.choices] == ["やめる"]
    said = await rated.write(chat, " とても親切でした。 ")
    assert said.done
    assert [reply.act for reply in said.replies] == [Act.DONE]
    assert await rated.stored(chat) == [(5, "とても親切でした。")]
    assert not (await rated.write(chat, "送料はいくらですか")).done


async def test_without_asking_for_it_a_text_is_a_question(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    await rated.tap(chat, TITLES[0])
    assert not (await rated.write(chat, "送料はいくらですか")).done
    assert await rated.stored(chat) == [(5, None)]


@pytest.mark.parametrize("how", ["tapped", "written"])
async def test_who_stops_writes_no_word(rated: Rated, how: str) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    await rated.tap(chat, TITLES[0])
    await rated.tap(chat, "ひとこと書く")
    stop = rated.tap if how == "tapped" else rated.write
    assert (await stop(chat, "やめる")).done
    assert not (await rated.write(chat, "送料はいくらですか")).done
    assert await rated.stored(chat) == [(5, None)]


async def test_ten_minutes_later_a_text_is_a_question_again(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    await rated.tap(chat, TITLES[0])
    await rated.tap(chat, "ひとこと書く")
    rated.clock.at += timedelta(minutes=10, seconds=1)
    assert not (await rated.write(chat, "送料はいくらですか")).done


async def test_what_answers_an_agent_is_no_word(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat)
    await rated.tap(chat, TITLES[0])
    await rated.tap(chat, "ひとこと書く")
    await rated.ownership.take(chat, SATO)
    await rated.ownership.say(chat, SATO, "一点だけ、お色はどちらでしょうか", "k")
    await rated.write(chat, "黒です")
    assert await rated.stored(chat) == [(5, None)]


async def test_a_word_that_is_too_long_is_asked_for_again(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat)
    await rated.tap(chat, TITLES[0])
    await rated.tap(chat, "ひとこと書く")
    [reply] = (await rated.write(chat, "良" * (LONGEST_WORD + 1))).replies
    assert "1,000文字" in reply.text
    await rated.write(chat, "良" * LONGEST_WORD)
    assert await rated.stored(chat) == [(5, "良" * LONGEST_WORD)]


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), ("１", 1), ("4点", 4), ("とても良かった", 5), ("2 あまり良くなかった。", 2)],
)
async def test_where_nothing_can_be_tapped_the_score_is_written(
    rated: Rated, text: str, score: int
) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    assert (await rated.write(chat, text)).done
    assert await rated.stored(chat) == [(score, None)]


@pytest.mark.parametrize("text", ["10", "5月5日の予約", "6", "良かったのですが送料は？"])
async def test_what_only_looks_like_a_score_is_a_question(rated: Rated, text: str) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    assert not (await rated.write(chat, text)).done
    assert await rated.stored(chat) == []


async def test_after_a_question_a_number_is_no_score_any_more(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat, None)
    await rated.write(chat, "送料はいくらですか")
    assert not (await rated.write(chat, "5")).done
    assert await rated.stored(chat) == []


async def test_a_word_that_is_taken_back_is_gone(rated: Rated) -> None:
    chat = await rated.on_a_platform()
    await rated.helped(chat)
    await rated.tap(chat, TITLES[0])
    await rated.tap(chat, "ひとこと書く")
    await rated.write(chat, "言いすぎました", "m1")
    assert await rated.withdrawals.withdraw("pigeon", "hana", "m1") == chat
    assert await rated.stored(chat) == [(5, None)]


async def test_ratings_of_others_cannot_be_tapped(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    [question] = await rated.questions(chat)
    conversation, _, _ = await rated.store.open(Customer("web"), [])
    with pytest.raises(UnknownChoiceError):
        await rated.store.receive(conversation.id, "e", choice_id=question.choices[0].id)
    assert await rated.stored(conversation.id) == []


async def test_the_desk_reads_the_newest_rating_first(rated: Rated) -> None:
    chat = await rated.on_web()
    await rated.helped(chat)
    await rated.tap(chat, TITLES[1])
    rated.clock.at += timedelta(days=2)
    await rated.helped(chat)
    await rated.tap(chat, TITLES[2])
    assert [each["score"] for each in await rated.ratings.of(chat)] == [3, 4]
    [summary] = await Summaries(rated.database, rated.clock).of([chat])
    assert summary.as_json()["rating"]["score"] == 3
    assert summary.unread == 0


def _counted(score: int) -> float:
    """Return how many ratings of that score were counted."""
    return REGISTRY.get_sample_value("madoguchi_ratings_total", {"score": str(score)}) or 0.0
