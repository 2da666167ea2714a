"""Proves for a customer, by what they tell an agent, that an order or rental is theirs.

Business rules: Who may see what. The contact is compared by the shop's system alone: an agent
never sees the registered one, and wrong tries count as the customer's own would.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.access.proofs import Kind, tried_by, who_tries
from madoguchi.conversations.model import Conversation
from madoguchi.desk.skills.ledger import Ledger
from madoguchi.dialogue.context import Context


class ProofsLockedError(Exception):
    """There were too many wrong tries; ``until`` is when the next one counts (Asia/Tokyo)."""

    def __init__(self, until: datetime) -> None:
        """Refuse until then."""
        super().__init__("too many wrong tries")
        self.until = until


async def prove(
    context: Context,
    ledger: Ledger,
    conversation: Conversation,
    agent_id: str,
    *,
    kind: Kind,
    number: str,
    contact: str,
    event: str,
) -> bool:
    """Return whether the contact is the one registered with the number, which is proven then.

    ``event`` names the try: the same one counts once. Raises NotOwnerError, ProofsLockedError and
    SystemUnavailableError.
    """
    await ledger.require_owner(conversation.id, agent_id)
    subjects = tried_by(who_tries(conversation.id, conversation.member_id), number)
    until = await context.proofs.locked_until(subjects)
    if until is not None:
        raise ProofsLockedError(until)
    systems = context.systems
    system = systems.orders if kind == "order" else systems.rentals
    proven = await system.verified(number, contact) is not None
    await ledger.checked(conversation.id, agent_id, number, proven=proven)
    if proven:
        await context.proofs.prove(conversation.id, kind, number)
    else:
        await context.proofs.count_wrong(subjects, event)
    return proven
