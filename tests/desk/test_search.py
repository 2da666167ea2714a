"""Finding chats, on both databases: among the newest ones, and by the index behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.channel import Profile
from madoguchi.conversations.model import Customer, Draft, Kind
from madoguchi.conversations.people import People
from madoguchi.conversations.receiving import Arrival
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.withdrawals import Withdrawals
from madoguchi.desk.agent import Agent, Presence
from madoguchi.desk.model import Reason
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.roles import Role
from madoguchi.desk.search import Hits, Search
from madoguchi.desk.search_tables import SearchTextRow
from madoguchi.desk.search_words import normal
from tests.desk.signin_parts import NOW
from tests.support.databases import TestClock


def agent(name: str, role: Role = Role.AGENT) -> Agent:
    """Return an agent with the name as id."""
    return Agent(
        id=name,
        login=name,
        name=name,
        role=role,
        email=None,
        capacity=5,
        presence=Presence.ONLINE,
        presence_at=None,
        totp=False,
        locked_until=None,
        removed_at=None,
        created_at=NOW,
    )


LEAD = agent("lead", Role.LEAD)
SATO = agent("sato")


class Shop:
    """Chats, and what customers, the assistant and agents write in them."""

    def __init__(self, database: AsyncEngine, clock: TestClock, newest: int) -> None:
        self.database = database
        self.clock = clock
        self.store = ConversationStore(database, clock)
        self.people = People(database, clock)
        self.ownership = Ownership(database, clock, Streams())
        self.notebook = Notebook(database, clock)
        self.search = Search(database, [newest])
        self.keys = 0

    async def chat(self, *texts: str, **customer: str) -> str:
        """Return a new chat in which its customer wrote the texts, a minute after the last."""
        self.clock.at += timedelta(minutes=1)
        opened, _, _ = await self.store.open(Customer("web", **customer), [])
        for each in texts:
            await self.write(opened.id, each)
        return opened.id

    async def write(self, chat: str, words: str, external_id: str | None = None) -> None:
        """Write as the customer."""
        self.keys += 1
        await self.store.receive(
            chat, f"k{self.keys}", text=words, arrival=Arrival(external_id=external_id)
        )

    async def find(self, question: str, who: Agent = LEAD, **more: int | str) -> list[str]:
        """Return the found chats."""
        return list((await self.hits(question, who, **more)).places)

    async def hits(self, question: str, who: Agent = LEAD, **more: int | str) -> Hits:
        """Return a page."""
        return await self.search.find(question, who, **more)  # type: ignore[arg-type]

    async def pages(self, question: str, limit: int) -> list[list[str]]:
        """Return all pages, each with so many chats at most."""
        found, before = [], None
        while True:
            page = await self.search.find(question, LEAD, before=before, limit=limit)
            found.append(list(page.places))
            before = page.next
            if before is None:
                return found


@pytest.fixture(params=[1, 1000], ids=["by the index", "among the newest"])
def shop(request: pytest.FixtureRequest, database: AsyncEngine, clock: TestClock) -> Shop:
    """A shop, whose search asks the index at once, or hardly ever."""
    return Shop(database, clock, request.param)


async def filler(shop: Shop) -> None:
    """Add a newer chat, so that those before it are left to the index."""
    await shop.chat("関係のない話")


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("届いたバッグに傷があります", "傷"),
        ("届いたバッグに傷があります", "バッグ"),
        ("届いたバッグに傷があります", "ばっぐに"),
        ("注文番号はＡ－２０２６１１０３－００４２です", "A-20261103-0042"),
        ("A-20261103-0042", "a202611030042"),
        ("A-20261103-0042", "１１０３ 0042"),
        ("品番は88001234です", "8800"),
        ("Rolexの時計", "rolex"),
        ("Rolexの時計", "role"),
        ("送料は？返品は？", "返品 送料"),
    ],
)
async def test_words_and_numbers_are_found_however_they_are_written(
    shop: Shop, written: str, searched: str
) -> None:
    chat = await shop.chat(written)
    await shop.chat("こんにちは")
    assert await shop.find(searched) == [chat]


async def test_all_words_are_in_one_chat_but_not_in_one_message(shop: Shop) -> None:
    both = await shop.chat("オーバーホールはできますか", "送料もかかりますか", "よろしく")
    await shop.chat("オーバーホールはできますか")
    await shop.chat("送料もかかりますか")
    await filler(shop)
    assert await shop.find("送料 オーバーホール") == [both]
    assert await shop.find("送料 オーバーホール 返品") == []


async def test_what_has_the_pieces_in_another_order_is_not_found(shop: Shop) -> None:
    await shop.chat("領収書を収書")
    await shop.chat("領収の証書、収書")
    await filler(shop)
    assert await shop.find("書を領収") == []


async def test_a_message_is_found_as_soon_as_it_is_stored_whoever_wrote_it(shop: Shop) -> None:
    chat = await shop.chat("刻印はありますか")
    assert await shop.find("刻印") == [chat]
    card = {"title": "腕時計", "rows": [{"label": "注文番号", "value": "A-20261103-0042"}]}
    await shop.store.say(chat, [Draft(Kind.ANSWER, "お調べします", card=card)])
    assert await shop.find("お調べ") == [chat]
    assert await shop.find("20261103-0042") == [chat]
    await shop.ownership.take(chat, SATO.id)
    await shop.ownership.say(chat, SATO.id, "裏蓋にございます", "key")
    await filler(shop)
    assert await shop.find("裏蓋") == [chat]


async def test_notes_tags_names_and_numbers_of_members_are_found(shop: Shop) -> None:
    chat = await shop.chat("こんにちは", member_id="ALLU-1001", member_name="山田 花子")
    await filler(shop)
    await shop.notebook.note(chat, SATO.id, "折り返しの電話を希望")
    await shop.notebook.tag(chat, ["急ぎ", "法人"])
    for question in ("折り返し", "急ぎ", "法人", "花子", "ALLU-1001", "allu1001", "山田 急ぎ"):
        assert await shop.find(question) == [chat], question
    await shop.notebook.tag(chat, ["法人"])
    assert await shop.find("急ぎ") == []


async def test_the_name_on_a_platform_is_found_and_that_of_a_linked_member(shop: Shop) -> None:
    person = await shop.people.meet("line", "U1", None)
    await shop.people.profiled(person.recipient, Profile(name="はなちゃん😀"))
    chat = person.conversation_id
    assert await shop.find("ハナちゃん") == [chat]
    await shop.people.link(person.recipient, "ALLU-7", "山田 花子")
    assert await shop.find("山田") == await shop.find("ALLU-7") == [chat]
    linked = await shop.people.find("line", "U1")
    assert linked is not None
    await shop.people.unlink(linked.recipient)
    assert await shop.find("山田") == await shop.find("ALLU-7") == []
    assert await shop.find("はなちゃん") == [chat]


async def test_a_note_left_at_giving_back_is_found(shop: Shop) -> None:
    chat = await shop.chat("こんにちは")
    await shop.ownership.take(chat, SATO.id)
    await shop.ownership.give_back(chat, SATO.id, "写真待ちです")
    assert await shop.find("写真待ち") == [chat]


async def test_a_message_that_is_taken_back_is_found_no_more_nor_what_quoted_it(
    shop: Shop,
) -> None:
    person = await shop.people.meet("line", "U1", None)
    chat = person.conversation_id
    await shop.write(chat, "住所は港区赤坂です", external_id="m1")
    await shop.store.say(chat, [Draft(Kind.ANSWER, "「住所は港区赤坂です」ですね")])
    assert await shop.find("赤坂") == [chat]
    withdrawals = Withdrawals(shop.database, shop.clock, "（取り消し）")
    assert await withdrawals.withdraw("line", "U1", "m1") == chat
    assert await shop.find("赤坂") == []
    assert await shop.find("取り消し") == [chat]
    async with AsyncSession(shop.database) as session:
        kept = "".join(await session.scalars(select(SearchTextRow.text + SearchTextRow.pieces)))
    assert "赤坂" not in kept


async def test_a_deleted_chat_leaves_nothing_in_the_index(shop: Shop) -> None:
    chat = await shop.chat("刻印はありますか", member_id="ALLU-1", member_name="花子")
    await filler(shop)
    async with AsyncSession(shop.database) as session, session.begin():
        await session.execute(delete(ConversationRow).where(ConversationRow.id == chat))
    assert await shop.find("刻印") == []
    async with AsyncSession(shop.database) as session:
        assert await session.scalar(select(func.count()).select_from(SearchTextRow)) == 1
        if shop.database.dialect.name == "sqlite":
            await session.execute(
                text("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")
            )


async def test_the_newest_activity_comes_first(shop: Shop) -> None:
    first, second = await shop.chat("返品したい"), await shop.chat("返品したい")
    assert await shop.find("返品") == [second, first]
    shop.clock.at += timedelta(minutes=1)
    await shop.write(first, "もしもし")
    assert await shop.find("返品") == [first, second]


async def test_pages_are_full_and_hold_each_chat_once_at_equal_times_too(shop: Shop) -> None:
    at = shop.clock.at
    chats = []
    for _ in range(7):
        shop.clock.at = at - timedelta(minutes=1)
        chats.append(await shop.chat("返品したい"))
    pages = await shop.pages("返品", 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [chat for page in pages for chat in page] == sorted(chats, reverse=True)


async def test_an_agent_finds_what_waits_and_their_own_in_full_pages(shop: Shop) -> None:
    waiting, own, other = [await shop.chat("返品したい") for _ in range(3)]
    for _ in range(4):
        await shop.chat("返品したい")
    await shop.ownership.call(waiting, Reason.CUSTOMER, "")
    await shop.ownership.take(own, SATO.id)
    await shop.ownership.take(other, "suzuki")
    page = await shop.hits("返品", SATO, limit=2)
    assert (list(page.places), page.next) == ([own, waiting], None)
    assert len(await shop.find("返品")) == 7


async def test_a_result_says_where_it_was_found(shop: Shop) -> None:
    chat = await shop.chat("こんにちは", "届いたﾊﾞｯｸﾞの件です", "バッグの件、どうでしょう")
    hits = await shop.hits("バッグ")
    assert hits.places[chat].as_json() == {
        "where": "message",
        "seq": 3,
        "text": "バッグの件、どうでしょう",
    }
    await shop.notebook.note(chat, SATO.id, "バッグは倉庫にあり")
    assert (await shop.hits("バッグ")).places[chat].as_json() == {
        "where": "note",
        "seq": None,
        "text": "バッグは倉庫にあり",
    }


async def test_a_chat_is_found_by_its_id(shop: Shop) -> None:
    chat = await shop.chat("こんにちは")
    await filler(shop)
    assert await shop.find(f" {chat} ") == [chat]
    assert await shop.find(chat, SATO) == []


async def test_markup_in_a_message_is_text_in_the_snippet(shop: Shop) -> None:
    chat = await shop.chat("<b onclick=alert(1)>返品</b>")
    assert (await shop.hits("返品")).places[chat].text == "<b onclick=alert(1)>返品</b>"


ODD: Sequence[str] = (
    " ", "　", "%", "_", "*", '"', "'", "\0", "a\0b", "NEAR(a b)", "a AND", "NOT b", "a OR b",
    "^a", "-a", "a*", "{a}", "col:a", "search_index:a", "'; DROP TABLE messages; --", "\\", "a & b",
    "a | !b", "a <-> b", ":*", "😀", "👨‍👩‍👧",
    "あ" * 100, "ｱ" * 100, "が゛゜", "🈁" * 50, "1 " * 50,
)  # fmt: skip


async def test_odd_questions_are_harmless(shop: Shop) -> None:
    chat = await shop.chat(*(each.replace("\0", "") for each in ODD))
    await filler(shop)
    for question in ODD:
        assert set(await shop.find(question)) <= {chat}
    assert await shop.find("", LEAD) == await shop.find("😀 %") == []
    for before in ("", "x", "2026-11-01|x", "2026-11-01T00:00:00|\0", "|", "9" * 100):
        assert set(await shop.find("あ", before=before)) <= {chat}


async def test_any_text_is_found_by_its_own_words(database: AsyncEngine, clock: TestClock) -> None:
    shop = Shop(database, clock, 1)
    words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
    loop = asyncio.get_running_loop()

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(written=words, start=st.integers(0, 20), length=st.integers(1, 20))
    def found(written: str, start: int, length: int) -> None:
        asyncio.run_coroutine_threadsafe(check(written, start, length), loop).result()

    async def check(written: str, start: int, length: int) -> None:
        chat = await shop.chat(written.replace("\0", " "))
        await filler(shop)
        assert (chat in await shop.find(written, limit=100)) == bool(normal(written))
        await shop.find(written[start : start + length], limit=100)

    await asyncio.to_thread(found)


async def test_two_who_tag_at_once_leave_the_tags_of_one(shop: Shop) -> None:
    chat = await shop.chat("こんにちは")
    await asyncio.gather(
        shop.notebook.tag(chat, ["急ぎ", "法人"]), shop.notebook.tag(chat, ["急ぎ", "返品"])
    )
    assert await shop.find("急ぎ") == [chat]
    assert len(await shop.find("法人") + await shop.find("返品")) == 1
