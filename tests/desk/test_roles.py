"""Who may do what at the desk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.roles import READING, Action, Role, actions_of, allowed

CHANGING = set(Action) - READING


@given(st.sampled_from(Action))
def test_an_auditor_reads_everything_and_changes_nothing(action: Action) -> None:
    assert allowed(Role.AUDITOR, action) == (action in READING)


@given(st.sampled_from(Action))
def test_who_leads_may_do_what_an_agent_may_and_an_admin_may_do_everything(action: Action) -> None:
    assert allowed(Role.LEAD, action) or not allowed(Role.AGENT, action)
    assert allowed(Role.ADMIN, action)


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        (Role.AGENT, {Action.WORK}),
        (Role.LEAD, {Action.WORK, Action.ASSIGN, Action.WRITE_CANNED}),
        (Role.ADMIN, CHANGING),
        (Role.AUDITOR, set()),
    ],
)
def test_each_role_changes_just_this(role: Role, changes: set[Action]) -> None:
    assert actions_of(role) & CHANGING == changes


def test_only_those_who_answer_for_others_read_the_log() -> None:
    readers = {role for role in Role if allowed(role, Action.READ_AUDIT)}
    assert readers == {Role.ADMIN, Role.AUDITOR}


def test_an_agent_sees_no_chats_of_others() -> None:
    assert not allowed(Role.AGENT, Action.READ_ALL)
    assert allowed(Role.LEAD, Action.READ_ALL)
