"""The desk over HTTP in the running service: agents, a customer, and the bot between them."""

from __future__ import annotations

import asyncio

from madoguchi.desk.model import Reason
from tests.desk.floor import DESK, Floor, events_of


async def test_without_signing_in_nothing_is_shown(floor: Floor) -> None:
    for path in ("/chats", "/search?q=a", "/chats/x", "/canned", "/attachments/x", "/events"):
        assert (await floor.service.http.get(f"/desk/api{path}")).status_code == 401


async def test_a_waiting_chat_is_taken_answered_and_given_back(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.waiting()
    [listed] = (await sato.get("/chats", view="queue"))["chats"]
    assert (listed["id"], listed["owner"], listed["reason"]) == (chat, "queue", "customer")
    assert listed["waiting_since"]
    taken = (await sato.post(f"/chats/{chat}/take")).json()["summary"]
    assert taken["agent"]["name"] == "佐藤 花子"
    answer = await floor.write(chat, headers, "どうすればよいですか")
    assert answer.status_code == 202
    assert answer.json() == {"owner": "agent", "messages": []}
    said = await sato.say(chat, "担当の佐藤です。写真をお送りいただけますか。", "k1")
    assert said.json()["message"]["agent"]["name"] == "佐藤 花子"
    assert (await sato.post(f"/chats/{chat}/give-back", {"note": "写真待ち"})).status_code == 200
    answer = await floor.write(chat, headers, "送料は")
    assert answer.json()["owner"] == "bot"
    assert answer.json()["messages"][0]["text"] == "答え: 送料は"


async def test_both_agents_take_at_once_and_one_has_it(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    first, second = await asyncio.gather(
        sato.post(f"/chats/{chat}/take"), suzuki.post(f"/chats/{chat}/take")
    )
    assert sorted([first.status_code, second.status_code]) == [200, 409]
    refused = first if first.status_code == 409 else second
    assert refused.json()["code"] == "not_owner"
    assert "さんが担当しています" in refused.json()["detail"]


async def test_the_other_agent_cannot_speak(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    assert (await suzuki.say(chat, "私が", "k")).status_code in {404, 409}


async def test_an_agent_does_not_see_another_s_chats_and_a_lead_does(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    hidden = await suzuki.http.get(f"/desk/api/chats/{chat}")
    assert hidden.status_code == 404
    assert (await suzuki.http.get("/desk/api/chats?view=open")).status_code == 403
    [seen] = (await sato.get("/chats", view="open"))["chats"]
    assert seen["id"] == chat


async def test_a_placeholder_that_is_left_is_not_sent(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    for text in ("{{お名前}}様、お待たせしました。", "〔注文番号〕の件です。"):
        refused = await sato.say(chat, text, "k")
        assert (refused.status_code, refused.json()["code"]) == (422, "placeholder_empty")
    assert len((await sato.get(f"/chats/{chat}"))["messages"]) == 3


async def test_a_message_sent_twice_is_one(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    answers = await asyncio.gather(*(sato.say(chat, "一度だけ", "same") for _ in range(4)))
    assert len({answer.json()["message"]["seq"] for answer in answers}) == 1


async def test_the_chat_shows_what_the_bot_understood_and_the_packet(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    shown = await sato.get(f"/chats/{chat}")
    answer = shown["messages"][-1]
    assert answer["understanding"]["intent"] == "store_shipping_fee"
    assert shown["packet"]["goal"] == "届いたバッグに傷があります"
    assert shown["packet"]["identity"]["level"] == "none"
    assert shown["packet"]["tried"][0]["topic"] == "store/shipping_fee"
    assert shown["packet"]["suggestions"][0]["topic"] == "store/shipping_fee"


async def test_a_chat_that_a_rule_called_for_says_in_what_matter(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting(reason=Reason.RULE, detail="loss")
    shown = await sato.get(f"/chats/{chat}")
    assert (shown["summary"]["reason"], shown["summary"]["matter"]) == ("rule", "loss")
    assert (shown["packet"]["reason"], shown["packet"]["matter"]) == ("rule", "loss")


async def test_why_a_system_called_is_no_matter_of_a_rule(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting(reason=Reason.SYSTEM, detail="the assistant is silent")
    assert (await sato.get(f"/chats/{chat}"))["summary"]["matter"] is None


async def test_notes_tags_and_search(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/notes", {"text": "常連のお客様"})
    await sato.http.put(f"/desk/api/chats/{chat}/tags", json={"tags": ["傷", "急ぎ"]}, headers=DESK)
    shown = await sato.get(f"/chats/{chat}")
    assert shown["notes"][0]["text"] == "常連のお客様"
    assert shown["summary"]["tags"] == ["傷", "急ぎ"]
    [found] = (await sato.get("/search", q="バッグに傷"))["chats"]
    assert found["id"] == chat
    assert (await sato.get("/search", q="%"))["chats"] == []


async def test_canned_answers_are_the_lead_s_to_write(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    body = {
        "shortcut": "photo",
        "title": "写真のお願い",
        "text": "{{お名前}}様、写真を",
        "site": None,
    }
    assert (await suzuki.post("/canned", body)).status_code == 403
    assert (await sato.post("/canned", body)).status_code == 200
    assert (await sato.post("/canned", body)).status_code == 409
    [canned] = (await suzuki.get("/canned"))["canned"]
    assert canned["shortcut"] == "photo"


async def test_unread_messages_are_counted_until_the_holder_reads_them(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    await floor.write(chat, headers, "もう一つ")
    [mine] = (await sato.get("/chats", view="mine"))["chats"]
    assert mine["unread"] == 2
    await sato.post(f"/chats/{chat}/read", {"seq": 99})
    [mine] = (await sato.get("/chats", view="mine"))["chats"]
    assert mine["unread"] == 0


async def test_every_change_comes_on_the_stream_also_after_a_broken_line(floor: Floor) -> None:
    sato = await floor.agent("sato")
    first = await events_of(sato, None, lambda event: event["event"] == "hello")
    cursor = first[-1]["id"]
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    seen = await events_of(
        sato,
        cursor,
        lambda event: (
            event["event"] == "chat"
            and event["data"]["summary"]["id"] == chat
            and event["data"]["summary"]["owner"] == "agent"
        ),
    )
    assert seen[0]["event"] == "hello"
    assert seen[0]["data"]["reload"] is False


async def test_a_customer_s_markup_is_text_everywhere(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.customer()
    markup = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    await floor.write(chat, headers, markup)
    await floor.service.parts.desk.ownership.call(chat, Reason.CUSTOMER, markup)
    answer = await sato.http.get(f"/desk/api/chats/{chat}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["messages"][1]["text"] == markup
