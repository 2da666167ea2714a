"""What customers are told about people: that one comes, when the desk opens, what is promised.

Pure: the time and how many wait are passed in. Business rules: the first paragraph (business days).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Draft, Kind, Sender
from madoguchi.desk.calling import Call
from madoguchi.desk.model import Reason
from madoguchi.inquiries.promise import due_on
from madoguchi.knowledge.business import Business
from madoguchi.knowledge.japanese import clock_time, day_in_full
from madoguchi.knowledge.sentences import Sentences
from madoguchi.knowledge.words import Words
from madoguchi.rules.hours import OpeningHours

_INQUIRY = "act_inquiry"
_HUMAN = "smalltalk_human"
# The name of the text by which the answer to 「担当者と話したい」 says that one was called.
CALLED = "person.called_customer"


@dataclass(frozen=True)
class Queue:
    """Whether somebody is there, and how many customers wait before this one."""

    there: bool
    waiting: int = 0


class PersonWords:
    """The sentences, of ``messages/skills/person.yml``."""

    def __init__(self, words: Words, sentences: Sentences, business: Business) -> None:
        """Promise by the business's hours and calendar."""
        self._words = words
        self._sentences = sentences
        self._business = business

    def is_open(self, site: str | None, now: datetime) -> bool:
        """Return whether the people who answer the site's customers are at work."""
        return self._hours(site).is_open(now, self._business.calendar)

    def called(self, call: Call, queue: Queue) -> Draft:
        """Return that a person was called, why, and who waits before."""
        values = {"before": self._before(queue), "matter": self._matter(call)}
        return self._draft(f"person.called_{call.reason}", **values)

    def still_waiting(self, queue: Queue, site: str | None, now: datetime) -> Draft:
        """Return how it stands with the person who was called before."""
        if queue.there:
            return self._draft("person.waiting", before=self._before(queue))
        return self._draft(f"person.waiting_{self._state(site, now)}", **self._promise(site, now))

    def nobody(self, site: str | None, now: datetime, *, desk: bool) -> Draft:
        """Return when and how a person can be reached, and that an inquiry is taken meanwhile.

        ``desk``: the shop has one, so that nobody being there has to be said.
        """
        name = f"person.{self._state(site, now)}_{site or 'none'}"
        lead = self._words(f"person.lead.{'desk' if desk else 'none'}")
        return replace(self._draft(name, lead=lead, **self._promise(site, now)), act="inquiry")

    def offered(self, draft: Draft, call: Call, site: str | None, now: datetime) -> Draft:
        """Return an answer that goes on with the offer of an inquiry: nobody could be called."""
        name = f"person.offer_{call.reason}_{self._state(site, now)}"
        offer = self._words(name, matter=self._matter(call), **self._promise(site, now))
        known = any(choice.payload == f"/{_INQUIRY}" for choice in draft.choices)
        more = () if known else self._sentences.choices([_INQUIRY])
        # A button for a person would lead to the same: nobody is there.
        kept = tuple(choice for choice in draft.choices if choice.payload != f"/{_HUMAN}")
        return replace(draft, text=f"{draft.text}\n{offer}", choices=(*kept, *more))

    def unanswered(self, queue: Queue, site: str | None, now: datetime) -> Draft:
        """Return that a person was called because the assistant does not answer."""
        if queue.there:
            return self._notice("person.unanswered", before=self._before(queue))
        name = f"person.unanswered_{self._state(site, now)}"
        return self._notice(name, **self._promise(site, now))

    def given_back(self) -> Draft:
        """Return that the assistant answers again."""
        return self._notice("person.given_back")

    def returned(self) -> Draft:
        """Return that another person was called because the first one did not answer."""
        return self._notice("person.returned")

    def _hours(self, site: str | None) -> OpeningHours:
        business = self._business
        return (business.rental_support if site == "rental" else business.online_store).hours

    def _state(self, site: str | None, now: datetime) -> str:
        return "open" if self.is_open(site, now) else "closed"

    def _promise(self, site: str | None, now: datetime) -> dict[str, str]:
        hours, calendar = self._hours(site), self._business.calendar
        local = now.astimezone(TOKYO)
        closes, opens = hours.closes_at(local, calendar), hours.next_opening(local, calendar)
        due = due_on(calendar, local.date(), urgent=False)
        return {
            "closes": clock_time(closes) if closes is not None else "",
            "opens": f"{day_in_full(opens)} {clock_time(opens)}",
            "due": day_in_full(due),
        }

    def _before(self, queue: Queue) -> str:
        which = "some" if queue.waiting else "none"
        return self._words(f"person.before.{which}", waiting=queue.waiting)

    def _matter(self, call: Call) -> str:
        by_rule = call.reason is Reason.RULE
        return self._words(f"person.matters.{call.detail}") if by_rule else ""

    def _draft(self, name: str, **values: object) -> Draft:
        phrase = self._words.phrase(name, **values)
        choices = self._sentences.choices(list(phrase.choices))
        return Draft(Kind.HANDOFF, phrase.text, choices=choices, name=name)

    def _notice(self, name: str, **values: object) -> Draft:
        return replace(self._draft(name, **values), sender=Sender.SYSTEM)
