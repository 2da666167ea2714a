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


def test_another_data_set_that_was_not_measured_is_said_to_be_unproven() -> None:
    assert "unproven" in page(measured())
    found = {
        "name": "MASSIVE 1.1, ja-JP",
        "intents": 60,
        "trained": 11514,
        "tested": 10,
        "right": {"test.jsonl": {"alarm": [4, 5], "music": [4, 5]}},
    }
    text = page({**measured(), "generality": found})
    assert "unproven" not in text
    assert "80.0 % of 10" in text


def test_a_share_of_nothing_is_no_number() -> None:
    assert percent(0, 0) == "–"
    assert percent(1, 3) == "33.3 %"


def test_every_row_of_a_table_has_a_line() -> None:
    assert table(["a", "b"], [[1, 2]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
