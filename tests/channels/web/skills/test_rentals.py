"""The skills about rentals, through the Chat API."""

from __future__ import annotations

from tests.channels.web.skills.dialogues import RENTALS
from tests.channels.web.skills.situations import Situations

DIALOGUES = RENTALS


class TestRentals(Situations):
    """Every situation, with each of the skills."""
