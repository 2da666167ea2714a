"""Keeps what Rasa holds of a conversation short, and forgets it: Rasa 3.6 can do neither.

Every turn reads all events of its session, works through them several times and sends them to the
action server, so a turn costs more the longer the conversation is (docs/decisions/0017-trackers.md
has the measurements). ``renew`` leaves what the next turn needs, ``forget`` leaves nothing.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Protocol, Sequence, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.tracker_store import (
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import text

# Events that the store may hold of a conversation when a turn has ended; a turn adds about five.
RENEW_AFTER = 50


async def renew(agent: Agent, sender: Text, limit: int = RENEW_AFTER) -> bool:
    """Shorten what is held of a conversation when it is more than ``limit`` events.

    Return whether it was. It is left alone while a turn uses it, while a loop waits for an answer,
    and when a shortened one would not be in the same state; the next turn asks again. Raises
    TypeError for a tracker store that is neither SQL nor in memory, and the database's errors.
    """
    kept = stored(agent.tracker_store)[0]
    if kept.count(sender) <= limit or agent.lock_store.is_someone_waiting(sender):
        return False
    async with agent.lock_store.lock(sender):
        known = kept.count(sender)
        tracker = await agent.tracker_store.retrieve(sender)
        fresh = None if tracker is None else renewed(tracker)
        return fresh is not None and kept.replace(sender, fresh, known) == known


async def forget(agent: Agent, sender: Text) -> int:
    """Delete everything that is held of a conversation; return how many events that were.

    Waits for a turn that is running. Raises TypeError for a tracker store that is neither SQL nor
    in memory, rasa's LockError when the turn does not end, and the database's errors.
    """
    async with agent.lock_store.lock(sender):
        return sum(kept.replace(sender, ()) for kept in stored(agent.tracker_store))


def renewed(tracker: DialogueStateTracker) -> Optional[List[Event]]:
    """Return the events of a new tracker in the same state, or None when there cannot be one.

    A session's start, the slots that are set, and the last turn as it was.
    """
    if tracker.active_loop_name is not None or tracker.latest_action_name != ACTION_LISTEN_NAME:
        return None
    turn = _last_turn(list(tracker.events))
    if not turn:
        return None
    # Rasa reads what is not older than the session's start.
    start = min(event.timestamp for event in turn)
    events = [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=start),
        SessionStarted(timestamp=start),
        *(SlotSet(name, value, timestamp=start) for name, value in _slots(tracker).items()),
        *turn,
    ]
    # What a revert in the last turn leads back to may lie before it.
    return events if _state(tracker, events) == _state(tracker, list(tracker.events)) else None


def _last_turn(events: List[Event]) -> List[Event]:
    """Return the events from the listening that the last message ended on."""
    said = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if not said:
        return []
    for place in range(said[-1], -1, -1):
        event = events[place]
        if isinstance(event, ActionExecuted):
            # Between the two may stand that a skill waits.
            listened = event.action_name == ACTION_LISTEN_NAME
            return events[place if listened else said[-1] :]
    return events[said[-1] :]


def _slots(tracker: DialogueStateTracker) -> Dict[Text, Any]:
    """Return the slots that are set. What began the session is about its first message only."""
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value and name != SESSION_START_METADATA_SLOT
    }


def _state(known: DialogueStateTracker, events: List[Event]) -> Tuple[Any, ...]:
    """Return what the next turn can know of the turns before it, when these were the events."""
    tracker = DialogueStateTracker.from_events(known.sender_id, events, known.slots.values())
    return (
        _slots(tracker),
        tracker.active_loop,
        tracker.latest_message,
        tracker.latest_action,
        tracker.followup_action,
        tracker.is_paused(),
    )


class Events(Protocol):
    """A tracker store's events of all sessions."""

    def count(self, sender: Text) -> int:
        """Return how many there are of a conversation."""

    def replace(self, sender: Text, events: Sequence[Event], known: Optional[int] = None) -> int:
        """Delete a conversation's events and store these instead, both or neither.

        Return how many were deleted. When there are not as many as ``known``, somebody has added
        some since they were read: then nothing changes, and the answer is 0.
        """


def stored(store: TrackerStore) -> List[Events]:
    """Return where the events are: the store itself, then what is behind it for emergencies.

    Raises TypeError for a store that is neither SQL nor in memory.
    """
    if isinstance(store, FailSafeTrackerStore):
        behind = store._fallback_tracker_store
        return stored(store._tracker_store) + ([] if behind is None else stored(behind))
    if isinstance(store, SQLTrackerStore):
        return [_SqlEvents(store)]
    if isinstance(store, InMemoryTrackerStore):
        return [_MemoryEvents(store)]
    raise TypeError(f"a {type(store).__name__} cannot be renewed")


class _SqlEvents:
    """The rows of Rasa's table ``events``."""

    def __init__(self, store: SQLTrackerStore) -> None:
        self._store = store

    def count(self, sender: Text) -> int:
        with self._store.session_scope() as session:
            return self._of(session, sender).count()  # type: ignore[no-any-return]

    def replace(self, sender: Text, events: Sequence[Event], known: Optional[int] = None) -> int:
        rows = [self._row(sender, event) for event in events]
        with self._store.session_scope() as session:
            if session.get_bind().dialect.name == "sqlite":
                # Otherwise what was deleted stays readable in the file until its place is reused.
                session.execute(text("PRAGMA secure_delete = ON"))
            deleted = self._of(session, sender).delete(synchronize_session=False)
            if known is not None and deleted != known:
                session.rollback()
                return 0
            session.add_all(rows)
            session.commit()
            return deleted  # type: ignore[no-any-return]

    def _of(self, session: Any, sender: Text) -> Any:
        return session.query(self._store.SQLEvent).filter_by(sender_id=sender)

    def _row(self, sender: Text, event: Event) -> Any:
        """Return the row that Rasa's own ``save`` makes of an event."""
        data = event.as_dict()
        return self._store.SQLEvent(
            sender_id=sender,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )


class _MemoryEvents:
    """The texts in which a store in memory keeps its trackers."""

    def __init__(self, store: InMemoryTrackerStore) -> None:
        self._kept = store.store

    def count(self, sender: Text) -> int:
        return len(json.loads(self._kept[sender])["events"]) if sender in self._kept else 0

    def replace(self, sender: Text, events: Sequence[Event], known: Optional[int] = None) -> int:
        deleted = self.count(sender)
        if known is not None and deleted != known:
            return 0
        self._kept.pop(sender, None)
        if events:
            self._kept[sender] = json.dumps(Dialogue(sender, list(events)).as_dict())
        return deleted
