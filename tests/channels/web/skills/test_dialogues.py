"""The dialogues are of every skill, and understood as what they are."""

from __future__ import annotations

from actions import SKILLS
from tests.channels.web.skills.dialogues import EVERY, UNDERSTOOD


def test_every_skill_is_talked_to() -> None:
    assert {dialogue.act for dialogue in EVERY} == {skill.act for skill in SKILLS}


def test_no_two_skills_begin_with_the_same_words() -> None:
    assert all(UNDERSTOOD[each.opening] == f"act_{each.act}" for each in EVERY)
