"""The skills about orders, through the Chat API."""

from __future__ import annotations

from tests.channels.web.skills.dialogues import ORDERS
from tests.channels.web.skills.situations import Situations

DIALOGUES = ORDERS


class TestOrders(Situations):
    """Every situation, with each of the skills."""
