"""The sums of an evaluation add up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.evaluation.cases import OUT_OF_SCOPE, Case, Outcome
from madoguchi.evaluation.report import Result, summary, table

golds = st.frozensets(
    st.sampled_from(["store/shipping_fee", "act/inquiry", OUT_OF_SCOPE]), min_size=1
)
styles = st.sampled_from(["polite", "casual", "short", "far"])
results = st.lists(
    st.builds(
        Result,
        st.builds(Case, st.just("送料は？"), golds, styles),
        st.sampled_from(Outcome),
        st.just("answer store/shipping_fee"),
    )
)


def outside(result: Result) -> bool:
    return OUT_OF_SCOPE in result.case.gold


@given(results)
def test_every_case_is_counted_once(found: list[Result]) -> None:
    counts = summary(found)
    questions = [result for result in found if not outside(result)]
    assert counts["overall"]["count"] == len(questions)
    others = sum(style["count"] for style in counts["out_of_scope"].values())
    assert counts["overall"]["count"] + others == len(found)


@given(results)
def test_outcomes_add_up_to_the_count(found: list[Result]) -> None:
    counts = summary(found)
    for part in (counts["overall"], *counts["styles"].values()):
        assert sum(part[outcome.value] for outcome in Outcome) == part["count"]


@given(results)
def test_styles_add_up_to_the_whole(found: list[Result]) -> None:
    counts = summary(found)
    total: Counter[str] = Counter()
    for style in counts["styles"].values():
        assert style["count"] > 0
        total.update(style)
    assert {name: total[name] for name in counts["overall"]} == counts["overall"]


@given(results)
def test_of_what_is_out_of_scope_the_answered_are_counted(found: list[Result]) -> None:
    for style, part in summary(found)["out_of_scope"].items():
        asked = [r for r in found if outside(r) and r.case.style == style]
        assert part == {
            "count": len(asked),
            "answered": sum(r.outcome is Outcome.WRONG for r in asked),
        }


@given(results)
def test_the_table_shows_every_style_and_never_fails(found: list[Result]) -> None:
    counts = summary(found)
    lines = table(counts).splitlines()
    assert len(lines) == 2 + len(counts["styles"]) + len(counts["out_of_scope"])
    for style in counts["styles"]:
        assert any(line.startswith(style) for line in lines)


def test_shares_are_given_in_percent() -> None:
    def result(outcome: Outcome, gold: str = "store/shipping_fee") -> Any:
        return Result(Case("送料は？", frozenset({gold}), "polite"), outcome, "")

    shown = table(
        summary(
            [
                *[result(Outcome.RIGHT)] * 3,
                result(Outcome.WRONG),
                result(Outcome.WRONG, OUT_OF_SCOPE),
                result(Outcome.RIGHT, OUT_OF_SCOPE),
            ]
        )
    )
    assert "3 (75.0 %)" in shown
    assert "1 (25.0 %)" in shown
    assert "out of scope, polite: 2 asked, 1 (50.0 %) answered" in shown
