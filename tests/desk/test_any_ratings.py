"""Any order of taps, words, messages and endings: one rating a stretch, and nobody's chat moves."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from hypothesis.strategies import integers, sampled_from

from madoguchi.conversations.model import Message, Owner
from madoguchi.database import open_database
from madoguchi.desk.rating_words import Meant, meaning
from tests.desk.rated import SATO, Rated
from tests.support.empty_tables import new_file


class RatingMachine(RuleBasedStateMachine):
    """The real ratings beside the simplest that could be right: a score and a word by handoff."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        url = self.do(new_file(Path(self.folder.name) / "m.db"))
        self.rated = Rated(open_database(url))
        self.owner = Owner.BOT
        self.stored: dict[int, tuple[int, str | None]] = {}
        # The handoff whose word comes next.
        self.writing: int | None = None
        self.pending = 0

    def do[T](self, step: Coroutine[Any, Any, T]) -> T:
        """Return what a step returns."""
        return self.loop.run_until_complete(step)

    def teardown(self) -> None:
        """Close the database."""
        self.do(self.rated.database.dispose())
        self.loop.close()
        self.folder.cleanup()

    @initialize(result=sampled_from(["solved", None]))
    def open(self, result: str | None) -> None:
        """Begin with a customer who was asked."""
        self.chat = self.do(self.rated.on_a_platform())
        self.a_stretch_with_a_person(result, speaks=True)

    @rule(result=sampled_from(["solved", "spam", None]), speaks=sampled_from([True, False]))
    def a_stretch_with_a_person(self, result: str | None, *, speaks: bool) -> None:
        """It ends closed or given back, and what the bot had not answered is the agent's."""
        self.do(self.rated.helped(self.chat, result, "承ります" if speaks else ""))
        self.owner = Owner.BOT if result is None else Owner.CLOSED
        self.pending = 0
        if speaks:
            self.writing = None

    @rule()
    def an_agent_takes_it_and_it_goes_back(self) -> None:
        """A person who only looks at it ends no word."""
        self.do(self.rated.ownership.take(self.chat, SATO))
        self.do(self.rated.ownership.release(self.chat, SATO))
        self.owner, self.pending = Owner.QUEUE, 0

    @rule(number=integers(0, 9), twice=sampled_from([True, False]))
    def a_score(self, number: int, *, twice: bool) -> None:
        """Any score that was ever offered, sent once or twice."""
        self._tap([meant for meant in self._offered() if meant[1].score], number, twice=twice)

    @precondition(lambda self: self.stored)
    @rule(number=integers(0, 9), twice=sampled_from([True, False]))
    def a_word_is_wanted(self, number: int, *, twice: bool) -> None:
        """Any 「ひとこと書く」 that was ever offered."""
        self._tap([meant for meant in self._offered() if meant[1].writes], number, twice=twice)

    @precondition(lambda self: self.writing is not None)
    @rule(number=integers(0, 9))
    def a_word_is_stopped(self, number: int) -> None:
        """Any 「やめる」 that was ever offered."""
        self._tap([meant for meant in self._offered() if meant[1].stops], number, twice=False)

    @precondition(lambda self: self.stored)
    @rule(minutes=sampled_from([0, 11]), texts=sampled_from([1, 2]))
    def a_word_is_wanted_and_written(self, minutes: int, texts: int) -> None:
        """The first text is the word when it comes soon, and the second one never is."""
        self.a_word_is_wanted(0, twice=False)
        self.time_passes(minutes)
        for number in range(texts):
            self.a_text(f"丁寧でした{number}")

    def _tap(self, offered: list[tuple[str, Meant]], number: int, *, twice: bool) -> None:
        choice, meant = offered[-1 - number % len(offered)]
        key = self.rated.key()
        for _ in range(2 if twice else 1):
            inbound, _ = self.do(self.rated.store.receive(self.chat, key, choice_id=choice))
            assert inbound.done
            assert inbound.replies
        if meant.score is not None:
            _, word = self.stored.get(meant.handoff_id, (0, None))
            self.stored[meant.handoff_id] = (meant.score, word)
        self.writing = meant.handoff_id if meant.writes else None

    @rule(text=sampled_from(["送料はいくらですか", "丁寧でした", "10"]))
    def a_text(self, text: str) -> None:
        """It is the word when that was asked for just before, else a question."""
        inbound = self.do(self.rated.write(self.chat, text))
        if self.writing is not None:
            score, _ = self.stored[self.writing]
            self.stored[self.writing] = (score, text)
            self.writing = None
            assert inbound.done
            return
        assert not inbound.done
        self.pending += 1
        if self.owner is Owner.CLOSED:
            self.owner = Owner.BOT

    @rule(minutes=sampled_from([1, 11, 60 * 25]))
    def time_passes(self, minutes: int) -> None:
        """After ten minutes no word is expected any more."""
        self.rated.clock.at += timedelta(minutes=minutes)
        if minutes > 10:
            self.writing = None

    @invariant()
    def the_database_says_the_same(self) -> None:
        """Ratings, owner and what waits for the bot are as expected after every step."""
        if not hasattr(self, "chat"):
            return
        rows = list(self.do(self.rated.stored(self.chat)))
        assert rows == [self.stored[number] for number in sorted(self.stored)]
        assert self.do(self.rated.owner(self.chat)) is self.owner
        waiting = self.do(self.rated.store.conversations_pending())
        assert bool(waiting) == bool(self.pending)
        asked = self.do(self.rated.asked(self.chat))
        assert len(self.do(self.rated.questions(self.chat))) == sum(asked)

    def _offered(self) -> list[tuple[str, Meant]]:
        """Return the choices there have been, by id, and what each means."""
        choices = [each for message in self._messages() for each in message.choices]
        found = [(choice.id, meaning(choice.payload)) for choice in choices]
        return [(number, meant) for number, meant in found if meant is not None]

    def _messages(self) -> list[Message]:
        return self.do(self.rated.messages(self.chat))


TestAnyRatings = RatingMachine.TestCase
TestAnyRatings.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
