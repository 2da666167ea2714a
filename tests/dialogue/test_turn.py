"""One message in one skill: what is asked, remembered, shown back and said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.questions import Contact, FreeText, Number, Option, Pick
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import Turn
from tests.actions.conftest import NOW, TODAY, OpenTalk
from tests.support.skills import Talk

START = ("始めたい", "act_stock_location")
type Steps = Callable[[Turn], Awaitable[None]]


class Sample(Skill):
    """A skill that does what its test says, and takes its leave."""

    act = "stock_location"

    def __init__(self, context: Context, steps: Steps) -> None:
        super().__init__(context)
        self._steps_of_test = steps

    async def steps(self, turn: Turn) -> None:
        await self._steps_of_test(turn)
        raise turn.finish("inquiry.not_sent")


@pytest.fixture
def running(talk: OpenTalk, context: Context) -> Callable[..., Awaitable[Talk]]:
    """Opens a conversation in which the sample skill has these steps."""

    async def opened(steps: Steps, **customer: str) -> Talk:
        visitor = await talk(**({"site": "store"} | customer))
        visitor.teach(Sample(context, steps))
        return visitor

    return opened


type Running = Callable[..., Awaitable[Talk]]
DETAILS, CONTACT = "inquiry.details", "inquiry.contact_way"


async def test_each_question_is_asked_once_and_its_answer_kept(running: Running) -> None:
    told: list[object] = []

    async def steps(turn: Turn) -> None:
        told.append(await turn.ask(DETAILS, FreeText()))
        told.append(await turn.ask(CONTACT, Contact()))

    customer = await running(steps)
    await customer.say(*START)
    assert (customer.last.kind, customer.last.act) == (Kind.ASK, "stock_location")
    await customer.say("傷があります")
    await customer.say("a@example.jp")
    assert told == ["傷があります", "傷があります", "a@example.jp"]
    assert customer.text.startswith("承知しました。お問い合わせは送っていません。")


async def test_a_message_answers_one_question_only(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        await turn.ask(DETAILS, FreeText())
        await turn.ask("inquiry.topic", FreeText())

    customer = await running(steps)
    await customer.say(*START)
    await customer.say("傷があります")
    assert customer.text.startswith("お問い合わせを承ります。")


async def test_what_is_taken_unasked_leaves_the_message_to_the_next_question(
    running: Running,
) -> None:
    taken: list[object] = []

    async def steps(turn: Turn) -> None:
        taken.append(turn.take("number", Number("product")))
        taken.append(turn.take("contact", Contact()))
        await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say("1002045871について、a@example.jp まで", START[1])
    await customer.say("傷があります")
    assert taken == ["1002045871", "a@example.jp"] * 2


async def test_the_title_of_a_button_is_taken_for_nothing(running: Running) -> None:
    taken: list[object] = []

    async def steps(turn: Turn) -> None:
        await turn.ask("inquiry.topic", Pick([Option("1002045871 か 090-1234-5678", "x")]))
        taken.append(turn.take("contact", Contact()))
        taken.append(turn.take("number", Number("product")))
        await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say(*START)
    await customer.tap("1002045871 か 090-1234-5678")
    assert taken == [None, None]


async def test_what_is_forgotten_is_asked_for_again(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        said = await turn.ask(DETAILS, FreeText())
        if said != "よい":
            turn.forget(DETAILS, "never asked")
            await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say(*START)
    await customer.say("わるい")
    assert customer.last.kind is Kind.ASK
    assert customer.text.startswith("ご用件をくわしくお書きください。")


async def test_a_question_may_have_a_card_and_another_text(running: Running) -> None:
    card = {"title": "札", "rows": [], "links": []}

    async def steps(turn: Turn) -> None:
        await turn.ask("number", Number("order"), text="identify.order_number", card=card)

    customer = await running(steps)
    await customer.say(*START)
    assert customer.text.startswith("お調べします。注文番号を")
    assert customer.last.card == card


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [("inquiry.confirm", "この内容で送る", "送らない"), ("inquiry.details", "はい", "いいえ")],
)
async def test_a_confirmation_has_buttons_of_its_own_or_yes_and_no(
    running: Running, name: str, yes: str, no: str
) -> None:
    agreed: list[bool] = []

    async def steps(turn: Turn) -> None:
        agreed.append(await turn.confirm(name, topic="", summary="", contact=""))

    customer = await running(steps)
    for title in (yes, no):
        await customer.say(*START)
        assert customer.titles == [yes, no]
        await customer.tap(title)
    assert agreed == [True, False]


async def test_whether_the_message_agrees_is_known_before_the_question_is_reached(
    running: Running,
) -> None:
    agrees: list[bool] = []

    async def steps(turn: Turn) -> None:
        agrees.append(turn.agrees("inquiry.confirm"))
        await turn.confirm("inquiry.confirm", topic="", summary="", contact="")
        agrees.append(turn.agrees("inquiry.confirm"))

    customer = await running(steps)
    await customer.say("はい", START[1])
    await customer.say("うーん")
    await customer.say("はい", "smalltalk_affirm")
    # First message; the second and its asking again; the yes, before and after it was read.
    assert agrees == [False, False, False, True, True]


async def test_a_change_has_one_key_in_a_run_and_another_in_the_next(running: Running) -> None:
    keys: list[str] = []

    async def steps(turn: Turn) -> None:
        keys.extend((turn.key("cancel"), turn.key("inquiry")))
        await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say(*START)
    await customer.say("傷があります")
    await customer.say(*START)
    first, second, third = keys[:2], keys[2:4], keys[4:]
    assert first == second
    assert len({*first, *third}) == 4
    other = await running(steps)
    await other.say(*START)
    assert not {*keys[:6]} & {*keys[6:]}


async def test_only_the_first_reply_names_the_topic_that_the_words_may_have_been_about(
    running: Running,
) -> None:
    async def steps(turn: Turn) -> None:
        turn.say("common.left", skill="")
        turn.say("common.left", skill="")
        await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say(*START)
    topics = [reply.topic for reply in customer.replies]
    assert topics == ["store/product_location", None, None]
    await customer.say("傷があります")
    assert {reply.topic for reply in customer.replies} == {None}


async def test_a_bare_number_was_no_question_about_a_topic(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        await turn.ask(DETAILS, FreeText())

    customer = await running(steps)
    await customer.say("１２３４５６７８９０", *START[1:])
    assert [reply.topic for reply in customer.replies] == [None]


async def test_choices_of_the_moment_come_before_those_of_the_text(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        more = turn.intents(["act_receipt"])
        raise turn.finish("inquiry.not_sent", more=more)

    customer = await running(steps)
    await customer.say(*START)
    assert customer.titles == ["注文の領収書がほしい", "ほかの質問をする"]
    assert [choice.act for choice in customer.last.choices] == ["receipt", None]


async def test_time_site_and_member_are_known(running: Running) -> None:
    known: list[object] = []

    async def steps(turn: Turn) -> None:
        known.extend((turn.now, turn.today, turn.site, turn.member_id))

    customer = await running(steps, member_id="ALLU-1001")
    await customer.say(*START)
    assert known == [NOW, TODAY, "store", "ALLU-1001"]


async def test_what_is_talked_about_is_remembered_by_its_kind(running: Running) -> None:
    remembered: list[object] = []

    async def steps(turn: Turn) -> None:
        remembered.append(turn.opened.memory)
        turn.remember("order", "A-1")
        turn.remember("product", "1")
        turn.remember("order", "A-2")

    customer = await running(steps)
    for _ in range(2):
        await customer.say(*START)
    memory = remembered[1]
    assert (memory.order, memory.rental, memory.product) == ("A-2", None, "1")  # type: ignore[attr-defined]


async def test_a_text_that_is_missing_is_a_fault_and_no_reply(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        raise turn.finish("inquiry.unheard_of")

    customer = await running(steps)
    with pytest.raises(KeyError, match="has no text"):
        await customer.say(*START)


async def test_a_value_that_is_missing_is_a_fault_and_no_reply(running: Running) -> None:
    async def steps(turn: Turn) -> None:
        raise turn.finish("inquiry.opened", number="Q-1")

    customer = await running(steps)
    with pytest.raises(KeyError):
        await customer.say(*START)
