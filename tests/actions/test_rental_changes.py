"""What all changes of a rental have in common: confirmed, made once, and left without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import RentalState
from tests.actions.conftest import TODAY, OpenTalk
from tests.actions.rentals import (
    SCRIPTS,
    Script,
    bring_about,
    changes_of,
    follow,
    rental_of,
    started,
    take_away_the_system,
    to_the_confirmation,
)

pytestmark = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.act)


async def test_it_is_shown_back_and_made_when_confirmed(
    talk: OpenTalk,
    context: Context,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    script: Script,
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    assert number in customer.text
    assert customer.last.card is not None
    assert customer.titles[:2] == [script.yes, script.no]
    assert await changes_of(database, number) == 0
    await customer.tap(script.yes)
    assert customer.last.kind is Kind.RESULT
    assert customer.text.startswith(script.done)
    assert customer.titles
    assert getattr(await rental_of(context, number), script.field) == TODAY
    assert await changes_of(database, number) == 1


@pytest.mark.parametrize(("no", "intent"), [("いいえ", "smalltalk_deny"), ("やめておきます", "")])
async def test_a_no_changes_nothing(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    script: Script,
    no: str,
    intent: str,
) -> None:
    customer = await to_the_confirmation(talk, script, numbers[script.name])
    await customer.say(no, intent or "nlu_fallback")
    assert customer.text.startswith(script.kept)
    assert customer.titles
    assert await changes_of(database, numbers[script.name]) == 0


async def test_a_yes_that_is_worked_on_twice_is_done_once_and_said_both_times(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    first = await customer.work(inbound, "smalltalk_affirm")
    second = await customer.work(inbound, "smalltalk_affirm")
    assert first[-1].text == second[-1].text
    assert first[-1].text.startswith(script.done)
    assert await changes_of(database, number) == 1


async def test_a_yes_that_is_worked_on_by_two_at_once_is_done_once(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    await asyncio.gather(*(customer.work(inbound, "smalltalk_affirm") for _ in range(2)))
    assert await changes_of(database, number) == 1


async def test_the_buttons_of_an_ended_dialogue_do_nothing(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    question = customer.last
    await customer.tap(script.no)
    await customer.tap(script.yes, question)
    assert "すでに終わっています" in customer.text
    assert await changes_of(database, number) == 0


async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    customer = await started(talk, script.act, numbers[script.name], script.opening)
    waiting = customer.last
    await customer.say("本物ですか？", "rental_authenticity")
    answer, again = customer.replies
    assert answer.text == "utter_rental_authenticity"
    assert again.text.startswith("では、")
    # The button that shows what was proven is no part of the question.
    titles = [choice.title for choice in waiting.choices if choice.payload != "/proofs_show"]
    assert [choice.title for choice in again.choices] == titles
    assert again.card is None
    # What was explained with the question is not explained again, only asked.
    assert len(again.text) < len("では、「」の続きです。\n") + 20 + len(waiting.text)
    await follow(customer, script)
    await customer.tap(script.yes)
    assert await changes_of(database, numbers[script.name]) == 1


async def test_a_person_can_be_asked_for_at_the_confirmation(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    customer = await to_the_confirmation(talk, script, numbers[script.name])
    await customer.say("人と話したいです", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert await changes_of(database, numbers[script.name]) == 0


async def test_it_can_be_left_in_the_middle(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    customer = await started(talk, script.act, numbers[script.name], script.opening)
    await customer.say("やっぱりやめます")
    assert "何も変更していません" in customer.text
    await customer.say("はい", "smalltalk_affirm")
    assert await changes_of(database, numbers[script.name]) == 0


async def test_another_matter_ends_it_politely(
    talk: OpenTalk, numbers: Mapping[str, str], script: Script
) -> None:
    customer = await to_the_confirmation(talk, script, numbers[script.name])
    await customer.say("レンタルの状況を教えて", "act_rental_status")
    assert "は途中で終えました。" in customer.text
    assert numbers[script.name] in customer.text


async def test_what_the_shop_changed_meanwhile_counts_at_the_yes(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    await bring_about(database, number, state=RentalState.ENDED)
    await customer.tap(script.yes)
    assert customer.last.kind is Kind.RESULT
    assert not customer.text.startswith(script.done)
    assert numbers[script.name] in customer.text
    assert await changes_of(database, number) == 0


async def test_the_same_change_made_elsewhere_meanwhile_is_not_made_again(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    number = numbers[script.name]
    customer = await to_the_confirmation(talk, script, number)
    made: dict[str, Any] = {script.field: TODAY}
    if script.field == "return_requested_on":
        made["state"] = RentalState.RETURN_REQUESTED
    await bring_about(database, number, **made)
    await customer.tap(script.yes)
    assert "承っています" in customer.text
    assert await changes_of(database, number) == 0


async def test_a_system_that_is_away_is_said_and_nothing_is_changed(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], script: Script
) -> None:
    customer = await to_the_confirmation(talk, script, numbers[script.name])
    await take_away_the_system(database)
    await customer.tap(script.yes)
    assert customer.last.kind is Kind.FALLBACK
    assert "システムにつながらず" in customer.text
    assert await changes_of(database, numbers[script.name]) == 0
