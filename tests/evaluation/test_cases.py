"""How an answer counts, and that a file of cases is read as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.evaluation.cases import Case, Outcome, outcome, read_cases
from madoguchi.settings import PROJECT, SettingsError

FEE, RETURN, STATUS = "store/shipping_fee", "store/return_change_of_mind", "act/order_status"


def said(kind: str, topic: str | None = None, act: str | None = None, *choices: Any) -> Any:
    return {"kind": kind, "topic": topic, "act": act, "choices": list(choices)}


def choice(topic: str | None = None, act: str | None = None) -> dict[str, str | None]:
    return {"topic": topic, "act": act}


def counted(gold: str, *messages: Any) -> Outcome:
    return outcome(Case("送料は？", frozenset(gold.split()), "polite"), messages)


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        (FEE, said("answer", FEE)),
        (f"{FEE} {RETURN}", said("answer", RETURN)),
        (STATUS, said("answer", "store/shipping_status", "order_status")),
        (STATUS, said("result", None, "order_status")),
        ("smalltalk/greet", said("smalltalk")),
        ("smalltalk/human", said("handoff", None, "inquiry")),
        ("act/inquiry", said("handoff", None, "inquiry")),
    ],
)
def test_a_right_answer_counts_as_right(gold: str, message: Any) -> None:
    assert counted(gold, message) is Outcome.RIGHT


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        (FEE, said("answer", RETURN)),
        (FEE, said("answer", None, "order_status")),
        (FEE, said("smalltalk")),
        (FEE, said("handoff", None, "inquiry")),
        ("smalltalk/greet", said("answer", FEE)),
    ],
)
def test_another_answer_counts_as_wrong(gold: str, message: Any) -> None:
    assert counted(gold, message) is Outcome.WRONG


def test_the_right_one_among_the_choices_counts_as_asked() -> None:
    asked = said("clarify", None, None, choice(RETURN), choice(FEE), choice())
    assert counted(FEE, asked) is Outcome.CHOICE
    assert counted(STATUS, said("clarify", None, None, choice(None, "order_status"))) is (
        Outcome.CHOICE
    )


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [said("fallback", None, None, choice(FEE))],
        [said("notice")],
        [said("clarify", None, None, choice(RETURN), choice())],
    ],
)
def test_no_answer_counts_as_none(messages: list[Any]) -> None:
    assert counted(FEE, *messages) is Outcome.UNANSWERED


def test_one_right_answer_among_several_is_right() -> None:
    assert counted(FEE, said("answer", RETURN), said("answer", FEE)) is Outcome.RIGHT


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [said("fallback")],
        [said("smalltalk")],
        [said("clarify", None, None, choice(FEE), choice(RETURN))],
    ],
)
def test_what_is_out_of_scope_is_right_when_it_is_not_answered(messages: list[Any]) -> None:
    assert counted("oos", *messages) is Outcome.RIGHT


@pytest.mark.parametrize("message", [said("answer", FEE), said("result", None, "order_status")])
def test_what_is_out_of_scope_is_wrong_when_it_is_answered(message: Any) -> None:
    assert counted("oos", message) is Outcome.WRONG


def written(folder: Path, *lines: str) -> Path:
    file = folder / "cases.jsonl"
    file.write_bytes("\n".join(lines).encode())
    return file


texts = st.text(st.characters(codec="utf-8"), min_size=1)
cases = st.builds(Case, texts, st.frozensets(texts, min_size=1), texts)


@given(st.lists(cases), st.booleans())
def test_cases_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory,
    known: list[Case],
    escaped: bool,  # noqa: FBT001
) -> None:
    lines = [
        json.dumps(
            {"text": case.text, "gold": sorted(case.gold), "style": case.style},
            ensure_ascii=escaped,
        )
        for case in known
    ]
    assert read_cases(written(tmp_path_factory.mktemp("cases"), *lines)) == known


def test_a_case_may_follow_a_topic(tmp_path: Path) -> None:
    line = {"text": "いつまで？", "gold": [RETURN], "style": "bare", "after": RETURN}
    [case] = read_cases(written(tmp_path, json.dumps(line)))
    assert case.after == RETURN


def test_blank_lines_are_no_cases(tmp_path: Path) -> None:
    line = '{"text": "送料は？", "gold": ["store/shipping_fee"], "style": "short"}'
    assert len(read_cases(written(tmp_path, "", line, "  ", line, ""))) == 2


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '"text"',
        '{"text": "送料は？", "gold": ["store/shipping_fee"]}',
        '{"gold": [], "style": "short"}',
        '{"text": "送料は？", "gold": 1, "style": "short"}',
        '{"text": "送料は？", "gold": "store/shipping_fee", "style": "short"}',
        '{"text": "送料は？", "gold": [["store/shipping_fee"]], "style": "short"}',
        '{"text": "いくら？", "gold": ["oos"], "style": "bare", "after": "store/nothing"}',
        '{"text": "いくら？", "gold": ["oos"], "style": "bare", "after": "act/receipt"}',
        '{"text": "いくら？", "gold": ["oos"], "style": "bare", "after": ["x"]}',
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    right = '{"text": "送料は？", "gold": ["store/shipping_fee"], "style": "short"}'
    file = written(tmp_path, right, line)
    with pytest.raises(SettingsError, match=r"cases\.jsonl line 2: expected"):
        read_cases(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read .*nothing\.jsonl"):
        read_cases(tmp_path / "nothing.jsonl")
    (tmp_path / "other.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"other\.jsonl"):
        read_cases(tmp_path / "other.jsonl")


@pytest.mark.parametrize("file", sorted((PROJECT / "evaluation").glob("*.jsonl")), ids=str)
def test_the_projects_own_cases_can_be_read(file: Path) -> None:
    assert len(read_cases(file)) > 100
