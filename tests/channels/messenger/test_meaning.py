"""What Meta's events mean in the words of all channels."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.messenger import metadata
from madoguchi.channels.messenger.events import received
from madoguchi.channels.messenger.meaning import ASK, START, Meaning
from madoguchi.channels.messenger.media import FileServers
from madoguchi.channels.messenger.metadata import Echoed, Part
from madoguchi.channels.messenger.words import words
from madoguchi.conversations.channel import Incident, Incoming, RawEvent
from tests.channels.messenger.odd import ODD_JSON
from tests.channels.messenger.things import choices, read, sign
from tests.messenger_platform.events import attachment, event, location, notification

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
USER = "2"
APP = 77
MEANING = Meaning(read, words(), FileServers(), str(APP))
CDN = "https://scontent.xx.fbcdn.net/v/t1.15752-9"


def meanings(content: dict[str, Any], *, standby: bool = False) -> list[Incoming]:
    body = notification("page", "1", 1_780_000_000_000, [content], standby=standby)
    return [MEANING.of(each.event) for each in received(json.dumps(body).encode(), NOW)]


def meaning(content: dict[str, Any], *, standby: bool = False) -> Incoming:
    [found] = meanings(content, standby=standby)
    return found


def wrote(**message: Any) -> dict[str, Any]:
    return event(USER, "1", 1, message={"mid": "m_1", **message})


def tapped(**postback: Any) -> dict[str, Any]:
    return event(USER, "1", 1, postback={"mid": "m_1", **postback})


def test_a_text_is_a_text() -> None:
    assert meaning(wrote(text=" 送料は？ ")) == Incoming(
        Incident.TEXT, "送料は？", message_id="m_1"
    )


def test_a_reply_to_a_story_is_a_text() -> None:
    found = meaning(wrote(text="これはありますか", reply_to={"story": {"id": "1"}}))
    assert (found.kind, found.text) == (Incident.TEXT, "これはありますか")


def test_a_tapped_quick_reply_is_the_choice_it_was_signed_for() -> None:
    [choice] = choices("送料")
    found = meaning(wrote(text="送料", quick_reply={"payload": sign(choice, USER)}))
    assert (found.kind, found.choice_id, found.text) == (Incident.CHOICE, "choice-1", "送料")


def test_a_tapped_button_is_the_choice_it_was_signed_for() -> None:
    [choice] = choices("送料")
    found = meaning(tapped(title="送料", payload=sign(choice, USER)))
    assert (found.kind, found.choice_id, found.text) == (Incident.CHOICE, "choice-1", "送料")


@pytest.mark.parametrize("payload", ["/store_receipt", "signed/choice-1/another", "", "x" * 2000])
def test_a_payload_that_is_not_for_this_customer_is_over(payload: str) -> None:
    found = meaning(tapped(title="送料", payload=payload))
    assert (found.kind, found.choice_id, found.payload) == (Incident.EXPIRED, None, None)


def test_the_start_button_lets_the_shop_write() -> None:
    found = meaning(tapped(title="始める", payload=START))
    assert (found.kind, found.text) == (Incident.FOLLOW, "")


def test_a_question_of_the_pages_menu_is_asked() -> None:
    found = meaning(tapped(title="送料はいくらですか", payload=ASK))
    assert (found.kind, found.text) == (Incident.TEXT, "送料はいくらですか")


@pytest.mark.parametrize(
    ("kind", "incident", "said"),
    [
        ("image", Incident.IMAGE, "（画像）"),
        ("audio", Incident.AUDIO, "（音声）"),
        ("video", Incident.VIDEO, "（動画）"),
        ("file", Incident.FILE, "（ファイル）"),
    ],
)
def test_a_file_is_fetched_from_metas_servers(kind: str, incident: Incident, said: str) -> None:
    address = f"{CDN}/%E9%8A%80%E5%BA%A7.pdf?_nc=1&oh=2"
    found = meaning(wrote(attachments=[attachment(kind, url=address)]))
    assert (found.kind, found.text, found.message_id) == (incident, said, "m_1")
    assert found.media is not None
    assert (found.media.url, found.media.name) == (address, "銀座.pdf")


@pytest.mark.parametrize(
    "address",
    [
        "http://scontent.xx.fbcdn.net/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://10.0.0.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://localhost/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "https://fbcdn.net.evil.example/a.jpg",
        "https://evilfbcdn.net/a.jpg",
        "https://evil.example/fbcdn.net",
        "https://user@scontent.fbcdn.net/a.jpg",
        "https://scontent.fbcdn.net:8443/a.jpg",
        "https://evil.example\\.fbcdn.net/a.jpg",
        "https://evil.example#.fbcdn.net/a.jpg",
        "ftp://scontent.fbcdn.net/a.jpg",
        "file:///etc/passwd",
        "//scontent.fbcdn.net/a.jpg",
        "https://scontent.fbcdn.net/a\n.jpg",
        "https://[scontent.fbcdn.net/a.jpg",
        "https://scontent.fbcdn.net:port/",
        "",
    ],
)
def test_no_other_address_is_ever_asked(address: str) -> None:
    found = meaning(wrote(attachments=[attachment("image", url=address)]))
    assert found.kind is Incident.IMAGE
    assert found.media is not None
    assert found.media.url is None


@pytest.mark.parametrize(
    "address",
    [
        f"{CDN}/a.jpg",
        "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=a",
        "https://scontent.cdninstagram.com/a.jpg",
        "https://cdn.fbsbx.com:443/a.pdf",
    ],
)
def test_metas_file_servers_are_asked(address: str) -> None:
    assert FileServers().allowed(address)


def test_pictures_keep_their_own_ids_and_the_messages_id() -> None:
    pictures = [attachment("image", url=f"{CDN}/{n}.jpg") for n in range(2)]
    found = meanings(wrote(text="この二つです", attachments=pictures))
    assert [each.kind for each in found] == [Incident.TEXT, Incident.IMAGE, Incident.IMAGE]
    assert [each.message_id for each in found] == ["m_1", "m_1#1", "m_1#2"]
    files = [each.media.external_id for each in found if each.media is not None]
    assert len(set(files)) == 2


@pytest.mark.parametrize(
    "message",
    [
        {"sticker_id": 369239263222822},
        {"attachments": [attachment("image", url=f"{CDN}/a.png", sticker_id=369239263222822)]},
    ],
)
def test_the_thumb_is_a_sticker_that_says_something(message: dict[str, Any]) -> None:
    found = meaning(wrote(**message))
    assert (found.kind, found.text) == (Incident.STICKER, "👍")


def test_another_sticker_is_only_one() -> None:
    found = meaning(wrote(sticker_id=5))
    assert (found.kind, found.text) == (Incident.STICKER, "（スタンプ）")


def test_a_place_is_told_with_its_name() -> None:
    found = meaning(wrote(attachments=[location("銀座駅", 35.671, 139.765)]))
    assert found.kind is Incident.LOCATION
    assert found.text == "（位置情報）銀座駅 35.671000, 139.765000"


def test_a_place_without_anything_is_a_place() -> None:
    found = meaning(wrote(attachments=[location("", 10**400, 0.0)]))
    assert (found.kind, found.text) == (Incident.LOCATION, "（位置情報）")


def test_a_shared_link_is_told() -> None:
    shared = {"type": "fallback", "title": "バッグ", "url": "https://example.jp/1", "payload": None}
    found = meaning(wrote(attachments=[shared]))
    assert (found.kind, found.text) == (
        Incident.TEXT,
        "（共有された投稿）バッグ https://example.jp/1",
    )


def test_a_shared_post_is_told_without_its_passing_address() -> None:
    found = meaning(wrote(attachments=[attachment("ig_post", title="新作", url="https://x")]))
    assert found.text == "（共有された投稿）新作"


@pytest.mark.parametrize(
    "message", [{"is_unsupported": True}, {"attachments": [attachment("hologram")]}]
)
def test_what_cannot_be_shown_is_a_file_that_cannot_be_had(message: dict[str, Any]) -> None:
    found = meaning(wrote(**message))
    assert (found.kind, found.text) == (Incident.FILE, "（この窓口では表示できない内容）")
    assert found.media is not None
    assert found.media.url is None


def test_a_message_that_was_taken_back_is_taken_back_with_all_its_files() -> None:
    files = [attachment("image", url=f"{CDN}/{n}.jpg") for n in range(10)]
    came = {each.message_id for each in meanings(wrote(text="これです", attachments=files))}
    gone = meanings(wrote(is_deleted=True))
    assert {each.kind for each in gone} == {Incident.UNSEND}
    assert {each.message_id for each in gone} == came


@pytest.mark.parametrize(
    "content",
    [
        event(USER, "1", 1, read={"watermark": 1}),
        event(USER, "1", 1, delivery={"mids": ["m_1"], "watermark": 1}),
        event(USER, "1", 1, reaction={"mid": "m_1", "action": "react", "emoji": "❤"}),
        event(USER, "1", 1, referral={"ref": "poster", "source": "SHORTLINK"}),
        event(USER, "1", 1, optin={"type": "notification_messages"}),
        event(USER, "1", 1, message_edit={"mid": "m_1", "text": "やっぱり"}),
        event(USER, "1", 1, pass_thread_control={"new_owner_app_id": 1}),
        event(USER, "1", 1, something={"new": True}),
        event(USER, "1", 1, message={"mid": "m_1", "text": "x", "is_self": True}),
        event(USER, "1", 1, message={"mid": "m_1", "attachments": [attachment("story_mention")]}),
        event(USER, "1", 1, message={"mid": "m_1"}),
        {"message": {"mid": "m_1", "text": "no sender"}},
        {"postback": {"payload": START}},
    ],
)
def test_what_asks_for_nothing_is_only_recorded(content: dict[str, Any]) -> None:
    assert meaning(content).kind is Incident.NOTHING


def echo(**message: Any) -> dict[str, Any]:
    return event("1", USER, 1, message={"mid": "m_9", "is_echo": True, "app_id": APP, **message})


def test_the_echo_of_a_deliverys_last_part_proves_the_delivery() -> None:
    found = meaning(echo(text="はい", metadata=metadata.written(Part(41, 2, 2))))
    assert isinstance(found, Echoed)
    assert (found.kind, found.delivery_id, found.message_id) == (Incident.ECHO, 41, "m_9")
    assert found.part == Part(41, 2, 2)


def test_the_echo_of_an_earlier_part_proves_that_part_alone() -> None:
    found = meaning(echo(text="はい", metadata=metadata.written(Part(41, 1, 2))))
    assert isinstance(found, Echoed)
    assert (found.kind, found.delivery_id) == (Incident.NOTHING, None)
    assert found.part == Part(41, 1, 2)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "担当者がアプリから"},
        {"text": "別のアプリから", "metadata": "their own word"},
        {"metadata": metadata.written(Part(41, 1, 1)), "app_id": 78},
        {"metadata": "madoguchi:41:2:1"},
        {"metadata": "madoguchi:0:1:1"},
        {"metadata": ["madoguchi:41:1:1"]},
        {"metadata": metadata.written(Part(41, 1, 1)), "is_deleted": True},
    ],
)
def test_other_echoes_prove_nothing(message: dict[str, Any]) -> None:
    found = meaning(echo(**message))
    assert found.kind is Incident.NOTHING
    assert not isinstance(found, Echoed)


def test_what_another_app_holds_is_marked() -> None:
    assert meaning(wrote(text="はい"), standby=True).standby
    assert not meaning(wrote(text="はい")).standby


@given(delivery=st.integers(1, 10**17), total=st.integers(1, 1000), number=st.integers(1, 1000))
def test_what_is_written_on_a_message_is_read_from_its_echo(
    delivery: int, total: int, number: int
) -> None:
    part = Part(delivery, number, total)
    assert metadata.read(metadata.written(part)) == (part if number <= total else None)


@given(
    payload=st.dictionaries(st.sampled_from(["event", "standby", "attachment", "part"]), ODD_JSON)
)
def test_no_event_is_too_odd(payload: dict[str, Any]) -> None:
    for user in (USER, None):
        assert MEANING.of(RawEvent("1", user, NOW, payload)).kind in set(Incident)


@given(content=ODD_JSON)
def test_no_webhook_is_too_odd(content: Any) -> None:
    for each in (content, {"sender": {"id": USER}, "message": content}):
        body = {"object": "page", "entry": [{"id": "1", "messaging": [each]}]}
        for found in received(json.dumps(body).encode(), NOW):
            MEANING.of(found.event)
