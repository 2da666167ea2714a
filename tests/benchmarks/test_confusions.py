"""What was asked and said is counted once, where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.report.confusions import (
    ASKED_BACK,
    NOTHING,
    OUTSIDE,
    TALK,
    matrix,
    pairs,
    said_of,
    sections,
)
from madoguchi.evaluation.cases import Outcome
from madoguchi.knowledge.catalogue import catalogue

_SECTIONS = sections()
ids = st.sampled_from(["store/receipt", "act/receipt", "rental/buyout", "smalltalk/greet", "oos"])
said = st.sampled_from(
    [
        "answer store/receipt",
        "handoff act/inquiry",
        "fallback",
        "smalltalk",
        "clarify rental/buyout",
    ]
)
some_cases = st.lists(
    st.fixed_dictionaries(
        {
            "gold": st.lists(ids, min_size=1, unique=True),
            "said": said,
            "outcome": st.sampled_from([outcome.value for outcome in Outcome]),
        }
    )
)


def case(gold: list[str], said: str, outcome: Outcome) -> dict[str, Any]:
    return {"gold": gold, "said": said, "outcome": outcome.value}


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("answer store/receipt", "store/receipt"),
        ("answer store/receipt; answer store/discount", "store/receipt"),
        ("question act/receipt", "act/receipt"),
        ("clarify store/receipt rental/buyout", ASKED_BACK),
        ("fallback act/inquiry", NOTHING),
        ("smalltalk", TALK),
        ("", NOTHING),
    ],
)
def test_what_was_said_is_named_by_its_first_message(reply: str, name: str) -> None:
    assert said_of(reply) == name


def test_only_what_went_wrong_is_a_pair_and_the_commonest_comes_first() -> None:
    wrong = case(["rental/buyout"], "answer store/receipt", Outcome.WRONG)
    found = pairs(
        [
            case(["store/receipt"], "fallback", Outcome.UNANSWERED),
            case(["store/receipt"], "answer store/receipt", Outcome.RIGHT),
            case(["store/receipt"], "clarify store/receipt", Outcome.CHOICE),
            wrong,
            wrong,
        ]
    )
    assert found == [
        ("rental/buyout", "store/receipt", 2),
        ("store/receipt", NOTHING, 1),
    ]


@given(some_cases)
def test_every_case_is_in_one_cell(cases: list[dict[str, Any]]) -> None:
    rows, columns, counts = matrix(cases, _SECTIONS)
    assert len(counts) == len(rows)
    assert all(len(row) == len(columns) for row in counts)
    assert sum(map(sum, counts)) == len(cases)


def test_a_right_answer_is_on_the_diagonal_also_when_gold_is_in_several_sections() -> None:
    of = {"store/receipt": "store/payment", "rental/buyout": "rental/buyout"}
    gold = ["rental/buyout", "store/receipt"]
    rows, columns, counts = matrix([case(gold, "answer store/receipt", Outcome.RIGHT)], of)
    assert counts[rows.index("store/payment")][columns.index("store/payment")] == 1


def test_what_is_outside_the_guides_and_not_answered_has_a_row_of_its_own() -> None:
    rows, columns, counts = matrix([case(["oos"], "fallback", Outcome.RIGHT)], {})
    assert rows == [OUTSIDE]
    assert counts[0][columns.index(NOTHING)] == 1


def test_every_topic_and_act_has_a_section() -> None:
    known = catalogue()
    assert {*known.topics, *(f"act/{name}" for name in known.acts)} <= _SECTIONS.keys()
