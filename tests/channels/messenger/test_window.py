"""Meta's window: a day for the bot, a week for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from madoguchi.channels.messenger.window import terms, written_by_person
from madoguchi.conversations.model import Sender
from tests.channels.messenger.things import a_message, an_agents_message

NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
RESPONSE = {"messaging_type": "RESPONSE"}
TAGGED = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("silent", "bot", "person"),
    [
        (timedelta(0), RESPONSE, RESPONSE),
        (timedelta(hours=24) - MOMENT, RESPONSE, RESPONSE),
        (timedelta(hours=24), None, TAGGED),
        (timedelta(days=7) - MOMENT, None, TAGGED),
        (timedelta(days=7), None, None),
        (timedelta(hours=-1), RESPONSE, RESPONSE),  # their clock is ahead of ours
    ],
)
def test_how_long_a_shop_may_write(
    silent: timedelta, bot: dict[str, str] | None, person: dict[str, str] | None
) -> None:
    assert terms(NOW - silent, NOW, by_person=False) == bot
    assert terms(NOW - silent, NOW, by_person=True) == person


def test_without_the_permission_people_have_a_day_too() -> None:
    assert terms(NOW - timedelta(days=2), NOW, by_person=True, human_agent=False) is None


def test_when_nobody_knows_meta_decides() -> None:
    assert terms(None, NOW, by_person=False) == RESPONSE


def test_a_delivery_with_a_word_of_a_machine_is_not_a_persons() -> None:
    assert written_by_person([an_agents_message()])
    assert not written_by_person([an_agents_message(), a_message()])
    assert not written_by_person([a_message(sender=Sender.SYSTEM)])
