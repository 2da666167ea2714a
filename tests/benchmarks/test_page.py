"""The report's page says what was measured."""

from __future__ import annotations

from typing import Any

from benchmarks.report.page import page, percent, table


def measured() -> dict[str, Any]:
    counts = {
        "count": 4,
        "answered right": 3,
        "right among the choices": 0,
        "answered wrong": 1,
        "not answered": 0,
    }
    pipeline = {
        "training_seconds": 61,
        "training_cpu_seconds": 70,
        "training_peak_mb": 900,
        "resident_mb": 400,
        "median_cpu_ms": 4.5,
        "p95_cpu_ms": 9.0,
        "right": {"second.jsonl": {"short": [3, 4], "story": [1, 4]}},
    }
    return {
        "date": "22 November 2026",
        "commit": "abc1234",
        "phrases": 14000,
        "intents": 114,
        "files": [
            {
                "file": "second.jsonl",
                "summary": {
                    "overall": counts,
                    "styles": {"short": counts},
                    "out_of_scope": {"far": {"count": 20, "answered": 1}},
                },
            }
        ],
        "pairs": [("store/receipt", "rental/buyout", 1)],
        "tenths": [{"from": 0.9, "count": 50, "mean": 0.96, "right": 48}],
        "parsed": ["second.jsonl"],
        "ablation": "| blocks |\n|---|\n| lemma |",
        "cross": {
            "phrases": 1000,
            "right": 700,
            "right_or_same_wish": 720,
            "confused": [["store_receipt", "rental_buyout", 7]],
            "folds": 5,
            "seconds": 80,
        },
        "stock": {
            "date": "22 November 2026",
            "commit": "abc1234",
            "each": 10,
            "epochs": 30,
            "intents": 114,
            "phrases": 1140,
            "remark": "",
            "pipelines": {"ours": pipeline, "stock": {**pipeline, "median_cpu_ms": 30.0}},
        },
        "understanding": {"median_ms": 5.0, "p95_ms": 9.0, "resident_mb": 400},
        "training_seconds": 90,
        "generality": None,
    }


def test_the_page_holds_every_figure() -> None:
    text = page(measured())
    for figure in (
        "| short | 4 | 75.0 % | 0.0 % | 25.0 % | 0.0 % |",
        "1 of 20 far",
        "| `store/receipt` | `rental/buyout` | 1 |",
        "| 0.9 to 1.0 | 50 | 96 % | 96.0 % |",
        "70.0 %",
        "| second.jsonl, **all** | 50.0 % | 50.0 % |",
        "| processor time for a message, median | 4.5 ms | 30.0 ms |",
        "30 epochs",
    ):
        assert figure in text


def other_set(**pipelines: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "xSID 0.4, ja",
        "remark": "Others trained on English.",
        "date": "22 November 2026",
        "commit": "abc1234",
        "intents": 9,
        "trained": 150,
        "tested": 10,
        "unseen": 4,
        "untrained": 1,
        "epochs": 100,
        "pipelines": pipelines,
    }


def right_in(alarm: int, unseen: int) -> dict[str, Any]:
    return {
        "training_cpu_seconds": 8,
        "median_cpu_ms": 4.5,
        "right": {
            "test.jsonl": {"alarm": [alarm, 5], "weather": [5, 5]},
            "unseen.jsonl": {"alarm": [unseen, 4]},
        },
    }


def test_another_data_set_that_was_not_measured_is_said_to_be_unproven() -> None:
    assert "unproven" in page(measured())
    assert "unproven" in page({**measured(), "generality": {"sets": []}})


def test_every_other_data_set_stands_on_the_page_with_what_it_was_trained_on() -> None:
    first = other_set(ours=right_in(3, 2), stock=right_in(4, 1))
    second = {**other_set(ours=right_in(5, 4)), "name": "MASSIVE 1.1, ja-JP"}
    text = page({**measured(), "generality": {"sets": [first, second]}})
    assert "unproven" not in text
    for figure in (
        "### xSID 0.4, ja",
        "### MASSIVE 1.1, ja-JP",
        "150 training phrases for 9 intents, 10 test phrases",
        "Others trained on English.",
        "| best intent right | `config.yml` | Rasa's own, 100 epochs |",
        "| all test phrases, **all** | 80.0 % | 90.0 % |",
        "| those that are not training phrases word for word, alarm | 50.0 % | 25.0 % |",
        "| all test phrases, **all** | 100.0 % |\n",
    ):
        assert figure in text


def test_a_share_of_nothing_is_no_number() -> None:
    assert percent(0, 0) == "–"
    assert percent(1, 3) == "33.3 %"


def test_every_row_of_a_table_has_a_line() -> None:
    assert table(["a", "b"], [[1, 2]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
