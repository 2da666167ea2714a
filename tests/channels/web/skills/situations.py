"""What every skill has to get right, whatever it is for; a module's DIALOGUES say with what."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.channels.web.skills.dialogues import INQUIRIES, NO, ORDERS, Dialogue
from tests.channels.web.skills.service import Customer, ShopService
from tests.channels.web.skills.shops import Thing

NO_SUCH = "組み合わせを確認できませんでした"
LOCKED = "安全のため13:30までご本人の確認を止めています"
WRONG_CONTACT = "080-9999-9999"
LEAVE = "やっぱりやめます"
_TRIES = 5


async def at_the_end(
    service: ShopService, dialogue: Dialogue, thing: Thing | None = None
) -> Customer:
    """Return a guest who has said everything up to the yes, number and contact at once."""
    thing = thing or await service.thing(dialogue)
    customer = await service.customer(dialogue.site)
    await customer.say(*service.texts(dialogue, thing))
    return customer


def another_matter(dialogue: Dialogue) -> Dialogue:
    """Return a dialogue about something else."""
    return next(each for each in (INQUIRIES[0], ORDERS[0]) if each.act != dialogue.act)


class Situations:
    """The tests of every skill."""

    pytestmark = pytest.mark.asyncio(loop_scope="package")

    async def test_who_answers_everything_gets_what_they_came_for(
        self, service: ShopService, dialogue: Dialogue
    ) -> None:
        """Step by step, as a guest."""
        customer = await service.customer(dialogue.site)
        await customer.say(*dialogue.texts(await service.thing(dialogue)))
        assert customer.last["act"] == dialogue.act
        if dialogue.yes is not None:
            assert customer.last["kind"] == "ask"
            assert await service.changes_by(customer) == 0
            await customer.tap(dialogue.yes)
        assert customer.last["kind"] in {"result", "handoff"}
        assert dialogue.done in customer.text
        assert await service.changes_by(customer) == dialogue.changes

    async def test_a_no_changes_nothing(self, service: ShopService, dialogue: Dialogue) -> None:
        """Who is only told something can say no to the first question."""
        if dialogue.yes is None:
            customer = await service.customer(dialogue.site)
            await customer.say(dialogue.opening, NO)
        else:
            customer = await at_the_end(service, dialogue)
            await customer.tap(dialogue.no)
        assert dialogue.kept in customer.text
        assert await service.changes_by(customer) == 0

    async def test_a_wrong_number_and_somebody_elses_are_refused_in_the_same_words(
        self, service: ShopService, proven: Dialogue
    ) -> None:
        """And who was refused can put the number right."""
        mine, theirs = await service.own(proven), await service.own(proven)
        customer, curious = [await service.customer(proven.site) for _ in range(2)]
        await customer.say(*service.begins(proven, service.shop.no_such(mine)))
        await curious.say(*service.begins(proven, theirs.with_contact(WRONG_CONTACT)))
        assert NO_SUCH in customer.text
        assert customer.seen == curious.seen
        await customer.say(f"{mine.number} {mine.contact}", *proven.says)
        assert mine.number in json.dumps(customer.seen)

    async def test_five_wrong_contacts_lock_the_customer_and_the_number(
        self, service: ShopService, proven: Dialogue
    ) -> None:
        mine, another = await service.own(proven), await service.own(proven)
        customer, elsewhere = [await service.customer(proven.site) for _ in range(2)]
        await customer.say(*service.begins(proven, mine.with_contact(WRONG_CONTACT)))
        for _ in range(_TRIES - 1):
            assert NO_SUCH in customer.text
            await customer.say(WRONG_CONTACT)
        assert LOCKED in customer.text
        # A loss may still be told without a proof, so that skill has to be left.
        await customer.say(LEAVE, *service.begins(proven, another))
        assert LOCKED in customer.text
        await elsewhere.say(*service.begins(proven, mine))
        assert LOCKED in elsewhere.text

    async def test_who_thinks_better_of_it_leaves_at_the_first_question(
        self, service: ShopService, confirmed: Dialogue
    ) -> None:
        customer = await service.customer(confirmed.site)
        await customer.say(confirmed.opening, LEAVE)
        assert "何も変更していません" in customer.text
        assert await service.changes_by(customer) == 0

    async def test_another_matter_ends_this_one_and_its_buttons(
        self, service: ShopService, confirmed: Dialogue
    ) -> None:
        customer = await at_the_end(service, confirmed)
        yes, other = customer.choice(str(confirmed.yes)), another_matter(confirmed)
        await customer.say(other.opening)
        assert customer.last["act"] == other.act
        assert "は途中で終えました。" in customer.text
        await customer.choose(yes)
        assert "その選択肢は、前のご質問のものです。" in customer.text
        assert await service.changes_by(customer) == 0

    async def test_a_member_with_several_says_which_one_is_meant(
        self, service: ShopService, proven: Dialogue
    ) -> None:
        member = f"member-of-{proven.id}"
        both = [await service.own(proven, member=member, older=days) for days in (0, 1)]
        customer = await service.customer(proven.site, member)
        await customer.say(proven.opening)
        assert customer.last["kind"] == "ask"
        await customer.tap(customer.titles[1])
        await customer.say(*proven.says)
        [meant] = [each for each in both if each.number in json.dumps(customer.seen)]
        if proven.call is not None:
            await customer.tap(str(proven.yes))
            assert [await service.changes_of(each) for each in both] == [
                each is meant for each in both
            ]

    async def test_a_yes_tapped_twice_at_the_same_instant_counts_once(
        self, service: ShopService, confirmed: Dialogue
    ) -> None:
        customer = await at_the_end(service, confirmed)
        yes = customer.choice(str(confirmed.yes))
        answers = await asyncio.gather(*(customer.chat.send(choice=yes) for _ in range(2)))
        texts = [answer.json()["messages"][-1]["text"] for answer in answers]
        assert sum(confirmed.done in text for text in texts) == 1
        assert sum("すでに終わっています" in text for text in texts) == 1
        assert await service.changes_by(customer) == 1

    async def test_the_same_message_sent_again_with_its_key_counts_once(
        self, service: ShopService, dialogue: Dialogue
    ) -> None:
        customer = await service.customer(dialogue.site)
        texts = service.texts(dialogue, await service.thing(dialogue))
        *before, last = [*texts, *([dialogue.yes] if dialogue.yes is not None else [])]
        await customer.say(*before)
        answers = await asyncio.gather(*(customer.chat.send("key", text=last) for _ in range(2)))
        answers.append(await customer.chat.send("key", text=last))
        assert [answer.status_code for answer in answers] == [httpx.codes.OK] * 3
        assert all(answer.json() == answers[0].json() for answer in answers)
        assert dialogue.done in answers[0].text
        assert await service.changes_by(customer) == dialogue.changes
