"""Sums up an evaluation, overall and per style, as a table and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.evaluation.cases import OUT_OF_SCOPE, Case, Outcome


@dataclass(frozen=True)
class Result:
    """One case, how it came out, what the assistant said to it and to the question before it."""

    case: Case
    outcome: Outcome
    said: str
    said_before: str | None = None


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Return the counts: questions by style and overall, and what is out of scope."""
    questions = [result for result in results if OUT_OF_SCOPE not in result.case.gold]
    outside = [result for result in results if OUT_OF_SCOPE in result.case.gold]
    styles = sorted({result.case.style for result in questions})
    return {
        "overall": _counts(questions),
        "styles": {
            style: _counts([r for r in questions if r.case.style == style]) for style in styles
        },
        "out_of_scope": {
            style: {
                "count": len(chosen),
                "answered": sum(result.outcome is Outcome.WRONG for result in chosen),
            }
            for style in sorted({result.case.style for result in outside})
            for chosen in [[r for r in outside if r.case.style == style]]
        },
    }


def table(found: dict[str, Any]) -> str:
    """Return the summary for people to read."""
    lines = [f"{'':10} {'count':>6} " + " ".join(f"{outcome.value:>24}" for outcome in Outcome)]
    for name, counts in {**found["styles"], "overall": found["overall"]}.items():
        shares = (_share(counts[outcome.value], counts["count"]) for outcome in Outcome)
        lines.append(
            f"{name:10} {counts['count']:6} " + " ".join(f"{share:>24}" for share in shares)
        )
    for style, counts in found["out_of_scope"].items():
        share = _share(counts["answered"], counts["count"])
        lines.append(f"out of scope, {style}: {counts['count']} asked, {share} answered")
    return "\n".join(lines)


def _counts(results: Sequence[Result]) -> dict[str, int]:
    counted = Counter(result.outcome for result in results)
    return {"count": len(results), **{outcome.value: counted[outcome] for outcome in Outcome}}


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "0"
