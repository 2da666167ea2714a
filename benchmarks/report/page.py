"""The report as Markdown; pure functions from what was measured to text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from madoguchi.evaluation.cases import Outcome

_MOST_PAIRS = 25

Figures = Mapping[str, Any]


def page(found: Figures) -> str:
    """Return the whole page."""
    parts = [
        _head(found),
        *(_answers(file) for file in found["files"]),
        _confused(found["pairs"]),
        _confidence(found["tenths"], found["parsed"]),
        _blocks(found["ablation"]),
        _cross(found["cross"]),
        _stock(found["stock"]),
        _costs(found),
        _generality(found["generality"]),
    ]
    return "\n\n".join(parts) + "\n"


def _head(found: Figures) -> str:
    return f"""# Evaluation report

Written by `make report` on {found["date"]} from commit `{found["commit"]}`: {found["phrases"]:,} training
phrases for {found["intents"]} intents. What counts as right, and what the files hold, is in
[evaluation](evaluation.md); nothing in them was trained on. The bounds of the decision were chosen on
`second.jsonl`, so its figures are a little too good; `dev.jsonl`, which is not in the repository, only said once
where to stop ([the decision](understanding.md#decision)). With 450 questions a share is certain to about two points, that of one style to about five.

## Answers

Through the Chat API, as customers get them."""


def _answers(file: Figures) -> str:
    summary = file["summary"]
    styles = {**summary["styles"], "**all**": summary["overall"]}
    rows = [
        [style, counts["count"], *(percent(counts[o.value], counts["count"]) for o in Outcome)]
        for style, counts in styles.items()
    ]
    outside = [
        f"{counts['answered']} of {counts['count']} {style}"
        for style, counts in summary["out_of_scope"].items()
    ]
    lines = [
        f"### {file['file']}",
        "",
        table(["style", "questions", *(outcome.value for outcome in Outcome)], rows),
    ]
    if outside:
        lines += ["", f"Outside the guides, answered all the same: {', '.join(outside)}."]
    return "\n".join(lines)


def _confused(pairs: Sequence[tuple[str, str, int]]) -> str:
    shown = [[f"`{gold}`", f"`{said}`", count] for gold, said, count in pairs[:_MOST_PAIRS]]
    total = sum(count for *_, count in pairs)
    return f"""## What is confused

Everything above that was answered wrong or not at all, {total} messages, commonest first{_cut(pairs)}. What
was asked back with the right topic among the choices is not here. `oos` is outside the guides.

{table(["asked", "said", "times"], shown)}

By section of the guides, with the right ones on the diagonal. The colour is the share of the row, its square
root, so that few mistakes can be seen.

![How often each section's questions were answered from each section](images/confusion.png)"""


def _cut(pairs: Sequence[tuple[str, str, int]]) -> str:
    return f"; the first {_MOST_PAIRS} of {len(pairs)} pairs" if len(pairs) > _MOST_PAIRS else ""


def _confidence(tenths: Iterable[Figures], files: Sequence[str]) -> str:
    rows = [
        [
            f"{tenth['from']:.1f} to {tenth['from'] + 0.1:.1f}",
            tenth["count"],
            f"{100 * tenth['mean']:.0f} %",
            percent(tenth["right"], tenth["count"]),
        ]
        for tenth in tenths
    ]
    return f"""## How sure it is, and how rightly

The confidence of the best topic, act or talk together with those that are the same wish, before the decision
weighs what is outside the guides; {" and ".join(f"`{name}`" for name in files)}. It is honest where the last two columns agree.

{table(["confidence", "questions", "mean confidence", "right"], rows)}

![Confidences of right and wrong answers and of what is outside the guides](images/confidence.png)

What becomes of the messages when the bound `answer_above` is moved:

![Shares of right, wrong and other outcomes against the bound](images/bound.png)"""


def _blocks(ablation: str) -> str:
    return f"""## What each block of features brings

How often the first of the ranking is right, before any decision and without the same wish counting; in
brackets the weakest style (`benchmarks/ablation.py`; [what the blocks are](understanding.md#pipeline)).

{ablation.strip()}"""


def _cross(cross: Figures) -> str:
    phrases = cross["phrases"]
    rows = [[f"`{gold}`", f"`{said}`", count] for gold, said, count in cross["confused"]]
    return f"""## Cross-validation

All {phrases:,} training phrases, each understood by a model that was trained without it and a
{cross["folds"]}th of the others (`benchmarks/crossvalidation.py`, {cross["seconds"]} s): the best intent is
right for {percent(cross["right"], phrases)}, or the same wish for
{percent(cross["right_or_same_wish"], phrases)}. That is lower than on the files above because the phrases were
written to differ from one another: what only one of them says is lost when it is left out, the two classes
outside the guides are as close to the topics as could be, and no site tells the store from the rental. The
words' weights were counted over all phrases, without their intents. Confused most often:

{table(["phrase of", "understood as", "times"], rows)}

The same with Rasa's own command: [Rasa's commands](rasa.md#testing-the-understanding)."""


def _stock(stock: Figures) -> str:
    ours, theirs = stock["pipelines"]["ours"], stock["pipelines"]["stock"]
    rows: list[list[Any]] = []
    for file, styles in ours["right"].items():
        for style in [*sorted(styles), None]:
            name = f"{file}, {style or '**all**'}"
            shares = [_right(found["right"][file], style) for found in (ours, theirs)]
            rows.append([name, *shares])
    for title, key, unit in (
        ("training", "training_seconds", "s"),
        ("processor time for it", "training_cpu_seconds", "s"),
        ("most memory while training", "training_peak_mb", "MB"),
        ("memory once loaded", "resident_mb", "MB"),
        ("processor time for a message, median", "median_cpu_ms", "ms"),
        ("the same, 95 of 100 below", "p95_cpu_ms", "ms"),
    ):
        rows.append([title, *(f"{found[key]:,} {unit}" for found in (ours, theirs))])
    return f"""## Beside Rasa's own pipeline

Both trained on the same {stock["phrases"]:,} phrases, {stock["each"]} of each of {stock["intents"]} intents
drawn by chance, on {stock["date"]} from commit `{stock["commit"]}`; not on all of them, because DIET takes hours
for those on two cores. "Rasa's own" is `benchmarks/stock/config.yml`: our tokenizer, for Rasa's own refuses
Japanese, CountVectors of words and of characters, 1 to 4 in a row, and DIET with {stock["epochs"]} epochs. The
share of questions whose best intent, or the same wish, is right; no bound decides, so it is the classifiers
that are compared. {stock["remark"]}

{table(["", "`config.yml`", "Rasa's own"], rows)}

`bot/.venv/bin/python benchmarks/stock/compare.py` measures it anew; `make report` takes what is in
`benchmarks/stock/result.json`."""


def _right(styles: Mapping[str, Sequence[int]], style: str | None) -> str:
    chosen = styles.values() if style is None else [styles[style]]
    right, count = (sum(column) for column in zip(*chosen, strict=True))
    return percent(right, count)


def _costs(found: Figures) -> str:
    used = found["understanding"]
    rows = [
        ["training on all phrases", f"{found['training_seconds']} s"],
        ["one message, median", f"{used['median_ms']} ms"],
        ["one message, 95 of 100 below", f"{used['p95_ms']} ms"],
        ["memory of a process with the model", f"{used['resident_mb']} MB"],
    ]
    return f"""## What the whole model costs

Understanding alone, on one core, no message twice (`benchmarks/understanding.py`). Whole conversations are
measured by `make bench`.

{table(["", ""], rows)}"""


def _generality(found: Figures | None) -> str:
    sets = found["sets"] if found else []
    return "\n\n".join(["## Other data sets", *(map(_other, sets) if sets else [_UNPROVEN])])


_UNPROVEN = """Not measured. That the same `config.yml` does well on other Japanese data is unproven. With
a public data set at hand, `bot/.venv/bin/python benchmarks/generality.py ja-JP.jsonl` trains with our pipeline
on MASSIVE's training part and counts on its test part; xSID's two files can be given as well."""


def _other(found: Figures) -> str:
    pipelines = found["pipelines"]
    rows: list[list[Any]] = []
    for title, file in (
        ("all test phrases", "test.jsonl"),
        ("those that are not training phrases word for word", "unseen.jsonl"),
    ):
        styles = pipelines["ours"]["right"][file]
        for style in [*sorted(styles), None]:
            shares = [_right(one["right"][file], style) for one in pipelines.values()]
            rows.append([f"{title}, {style or '**all**'}", *shares])
    for title, key, unit in (
        ("processor time for training", "training_cpu_seconds", "s"),
        ("processor time for a message, median", "median_cpu_ms", "ms"),
    ):
        rows.append([title, *(f"{one[key]:,} {unit}" for one in pipelines.values())])
    names = {"ours": "`config.yml`", "stock": f"Rasa's own, {found['epochs']} epochs"}
    return f"""### {found["name"]}

{found["trained"]:,} training phrases for {found["intents"]} intents, {found["tested"]:,} test phrases, of which
{found["unseen"]:,} are not among the training phrases word for word and {found["untrained"]:,} mean something that no
training phrase means. Measured on {found["date"]} from commit `{found["commit"]}` with the pipeline of `config.yml`,
without the shops' catalogue and bounds (`benchmarks/generality.py`). {found["remark"]}

{table(["best intent right", *(names[which] for which in pipelines)], rows)}"""


def percent(part: int, whole: int) -> str:
    """Return a share with one digit."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
