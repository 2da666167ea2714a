"""Decides what is to be told now, and puts it into the outbox; whoever sends comes later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from madoguchi.clock import Clock
from madoguchi.notifications.looking import Looking
from madoguchi.notifications.model import Kind, NewNotification, Recipient, State, Via
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.notifications.rules import Due, Waiting, due_notifications, inquiries_day

# Told with an earlier chat's mail, which says how many wait.
TOGETHER = "told_together"


class Notifier:
    """Tells those who are not at the desk; whatever is called twice tells once."""

    def __init__(
        self,
        outbox: NotificationOutbox,
        looking: Looking,
        clock: Clock,
        *,
        after: timedelta,
    ) -> None:
        """``after`` is how long a customer waits first."""
        self._outbox = outbox
        self._looking = looking
        self._clock = clock
        self._after = after

    async def look(self) -> int:
        """Tell of chats that wait while nobody is there, and of inquiries; returns how many."""
        now = self._clock.now()
        return await self._chats(now) + await self._inquiries(now)

    async def chat_returned(self, conversation_id: str) -> None:
        """Tell that a chat is back in the queue because its agent was silent; at any hour."""
        now = self._clock.now()
        chat = await self._looking.waiting_in(conversation_id)
        if chat is None:
            return
        # A chat comes back after minutes of silence: the minute tells one return from the next.
        key = f"returned/{chat.handoff_id}/{int(now.timestamp() // 60)}"
        recipients = await self._looking.recipients(now)
        await self._put(
            [_of_chat(Kind.CHAT_RETURNED, f"{key}/{to.mark}", chat, to) for to in recipients], now
        )

    async def _chats(self, now: datetime) -> int:
        state = await self._looking.state(now)
        dues = due_notifications(state, now, self._after)
        if not dues:
            return 0
        recipients = await self._looking.recipients(now)
        keys = [key_of(due, to) for to in recipients for due in dues]
        new = news_of(dues, recipients, await self._outbox.known(keys))
        return await self._put(new, now)

    async def _inquiries(self, now: datetime) -> int:
        looking = self._looking
        day = inquiries_day(looking.all_hours, looking.calendar, now)
        if day is None:
            return 0
        today, late = await looking.due_inquiries(day)
        if not today and not late:
            return 0
        return await self._put(
            [
                NewNotification(
                    key=f"inquiries/{day.isoformat()}/{to.mark}",
                    kind=Kind.INQUIRIES_DUE,
                    to=to,
                    payload={"day": day.isoformat(), "today": today, "late": late},
                )
                for to in await looking.recipients(now, also_there=True)
            ],
            now,
        )

    async def _put(self, new: Sequence[NewNotification], now: datetime) -> int:
        return await self._outbox.add(new, now)


def key_of(due: Due, to: Recipient) -> str:
    """Return the key under which a recipient is told of a chat's step, once."""
    return f"waits/{due.chat.handoff_id}/{due.step}/{to.mark}"


def news_of(
    dues: Sequence[Due], recipients: Sequence[Recipient], known: Collection[str] = ()
) -> list[NewNotification]:
    """Return what each recipient is told: of each chat once per step.

    Several chats that fall due together make one mail, of the one that waits longest; the others
    are noted as told with it. Another system is told of each. ``known`` are the keys of what was
    told before.
    """
    new = []
    for to in recipients:
        fresh = [due for due in dues if key_of(due, to) not in known]
        one = to.via is Via.EMAIL
        new += [
            _of_chat(Kind.CHAT_WAITS, key_of(due, to), due.chat, to, together=one and place > 0)
            for place, due in enumerate(fresh)
        ]
    return new


def _of_chat(
    kind: Kind, key: str, chat: Waiting, to: Recipient, *, together: bool = False
) -> NewNotification:
    return NewNotification(
        key=key,
        kind=kind,
        to=to,
        payload={"handoff_id": chat.handoff_id},
        conversation_id=chat.conversation_id,
        state=State.CANCELLED if together else State.WAITING,
        code=TOGETHER if together else None,
    )
