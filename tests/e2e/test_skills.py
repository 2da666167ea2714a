"""Customers' own matters through the whole service: Rasa, skills, systems, rules."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from madoguchi.clock import SystemClock
from madoguchi.identity import sign_identity
from madoguchi.settings import DEMO_IDENTITY_SECRET
from tests.e2e.chat import Chat, Message
from tests.e2e.conftest import OpenChat
from tests.e2e.service import WholeService

pytestmark = pytest.mark.assistant

ORDER, RENTAL, PHONE = "A-20261103-0042", "R-000123", "090-1234-5678"
# What a customer may write, and the skill that it starts.
BEGINNINGS = [
    ("store", "注文した商品はいつ届きますか？", "order_status"),
    ("store", "私の注文をキャンセルしてください", "order_cancel"),
    ("store", "この前買ったバッグの領収書を発行してください", "receipt"),
    ("store", "先日買った財布を返品したいです。手続きをお願いします", "return_eligibility"),
    ("store", "来店予約をしたいです", "store_visit"),
    ("store", "商品番号1002045871の在庫はどこの店舗にありますか", "stock_location"),
    ("rental", "私のレンタルの審査状況を教えて", "rental_status"),
    ("rental", "私の次回の決済日はいつですか", "rental_billing"),
    ("rental", "借りている時計を返却したいので手続きしてください", "rental_return"),
    ("rental", "借りている時計を盗まれました！", "rental_loss_report"),
    ("store", "問い合わせを送りたい", "inquiry"),
    ("store", "先日の問い合わせの返事がまだです。状況を教えて", "inquiry_status"),
]


def signed_in(open_chat: OpenChat, member: str, site: str = "store") -> Chat:
    return open_chat(site, sign_identity(member, "見本 花子", DEMO_IDENTITY_SECRET, SystemClock()))


def prove(chat: Chat, number: str = ORDER) -> list[Message]:
    chat.say(f"{number} です")
    return chat.say(PHONE)


def titled(message: Message, title: str) -> Message:
    found: Message = next(each for each in message["choices"] if each["title"] == title)
    return found


@pytest.mark.parametrize(("site", "text", "act"), BEGINNINGS)
def test_what_a_customer_writes_starts_the_skill(
    open_chat: OpenChat, site: str, text: str, act: str
) -> None:
    first = open_chat(site).say(text)[0]
    assert first["act"] == act
    assert first["kind"] in {"ask", "result"}


def test_an_order_is_shown_to_who_proves_it_and_its_numbers_stay_out_of_the_engine(
    running: WholeService, open_chat: OpenChat
) -> None:
    chat = open_chat("store")
    chat.say("注文の状況を教えて")
    [result] = prove(chat)
    assert (result["kind"], result["act"]) == ("result", "order_status")
    assert ORDER in str(result["card"])
    trackers = _trackers(running)
    assert trackers
    kept = "".join(trackers) + running.output
    for secret in (ORDER, "20261103", PHONE, "09012345678", chat.token):
        assert secret not in kept


def test_a_wrong_contact_and_a_wrong_number_sound_the_same(open_chat: OpenChat) -> None:
    said = []
    for number in (ORDER, "A-20261103-9999"):
        chat = open_chat("store")
        chat.say("注文の状況を教えて")
        chat.say(number)
        said.append([each["text"] for each in chat.say("080-9999-9999")])
    assert said[0] == said[1]


def test_another_question_in_the_middle_is_answered_and_the_skill_goes_on(
    open_chat: OpenChat,
) -> None:
    chat = open_chat("store")
    chat.say("注文をキャンセルしたい。私の注文です")
    answer, again = chat.say("ところで送料はいくらですか？")
    assert answer["topic"] == "store/shipping_fee"
    assert (again["kind"], again["act"]) == ("ask", "order_cancel")
    [contact] = chat.say(ORDER)
    assert (contact["kind"], contact["act"]) == ("ask", "order_cancel")


@pytest.mark.parametrize(
    ("site", "text"), [(site, text) for site, text, _ in BEGINNINGS if "在庫" not in text]
)
def test_a_person_can_be_asked_for_from_inside_every_dialogue(
    open_chat: OpenChat, site: str, text: str
) -> None:
    chat = open_chat(site)
    chat.say(text)
    [reply] = chat.say("やっぱり担当者と話したいです")
    assert reply["kind"] == "handoff"


def test_an_engine_that_dies_between_question_and_answer_forgets_nothing(
    running: WholeService, open_chat: OpenChat
) -> None:
    chat = open_chat("store")
    chat.say("注文の状況を教えて")
    chat.say(ORDER)
    running.send("engine", signal.SIGKILL)
    running.send("service", signal.SIGKILL)
    running.wait_until_ready()
    result = chat.say(PHONE)[-1]
    assert (result["kind"], result["act"]) == ("result", "order_status")


def test_a_member_cancels_an_order_once_however_often_the_yes_is_sent(
    open_chat: OpenChat,
) -> None:
    chat = signed_in(open_chat, "ALLU-1001")
    question = chat.say("注文をキャンセルしたい。私の注文です")[-1]
    if question["choices"][0]["title"] != "キャンセルする":
        [question] = chat.tap(question["choices"][0])
    yes = titled(question, "キャンセルする")
    first = chat.post({"choice": yes["id"]}, "the-same-key").json()["messages"]
    second = chat.post({"choice": yes["id"]}, "the-same-key").json()["messages"]
    assert first == second
    assert first[0]["text"].startswith("ご注文をキャンセルしました。")
    [again] = chat.tap(yes)
    assert "すでに終わっています" in again["text"]


def test_who_has_asked_about_an_order_means_it_with_the_next_question(
    open_chat: OpenChat,
) -> None:
    chat = open_chat("store")
    chat.say("注文の状況を教えて")
    prove(chat)
    first = chat.say("キャンセルできますか？")[0]
    assert first["act"] == "order_cancel"
    assert "レザー トートバッグ" in str(first)


def test_a_customer_sees_and_ends_what_they_have_proven(open_chat: OpenChat) -> None:
    chat = open_chat("store")
    chat.say("注文の状況を教えて")
    [result] = prove(chat)
    [shown] = chat.tap(titled(result, "ご本人の確認の状況"))
    assert ORDER in shown["text"]
    chat.tap(titled(shown, "ご本人の確認を終了する"))
    [asked] = chat.say("注文の状況を教えて")
    assert asked["kind"] == "ask"


def _trackers(running: WholeService) -> list[str]:
    with closing(sqlite3.connect(f"file:{_file(running)}?mode=ro", uri=True)) as trackers:
        return [row[0] for row in trackers.execute("select data from events")]


def _file(running: WholeService) -> Path:
    [file] = running.folder.glob("**/*trackers*.db")
    return file
