"""A sample of the training phrases is always the same one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sample import read_phrases, sample, write_phrases

phrases = st.dictionaries(
    st.sampled_from(["store_receipt", "rental_buyout", "out_of_scope"]),
    st.lists(st.text("送料はいくら？", min_size=1), min_size=1, unique=True),
)


@given(phrases, st.integers(1, 5), st.integers(0, 9))
def test_a_sample_holds_so_many_phrases_of_every_intent_and_no_other(
    known: dict[str, list[str]], each: int, seed: int
) -> None:
    drawn = sample(known, each, seed)
    assert drawn.keys() == known.keys()
    for intent, lines in drawn.items():
        assert len(lines) == min(each, len(known[intent]))
        assert set(lines) <= set(known[intent])


@given(phrases, st.integers(1, 5), st.integers(0, 9))
def test_phrases_of_another_intent_change_nothing(
    known: dict[str, list[str]], each: int, seed: int
) -> None:
    more = {**known, "store_discount": ["安くなる？", "値引き"]}
    drawn = sample(known, each, seed)
    assert {**drawn, **sample(more, each, seed)} == sample(more, each, seed)


def test_another_seed_draws_others() -> None:
    known = {"store_receipt": [str(number) for number in range(100)]}
    assert sample(known, 10, 1) != sample(known, 10, 2)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    known = {
        "store_receipt": ["領収書: ほしい", "「領収書」#1", "- 領収書"],
        "act_receipt": ["発行"],
    }
    write_phrases(known, tmp_path / "nlu.yml")
    assert read_phrases(tmp_path) == known


def test_the_assistant_s_own_phrases_are_read(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: a\n  examples: |\n    - 送料\n    - いくら\n'
        "- lookup: x\n  examples: |\n    - 銀座\n",
        encoding="utf-8",
    )
    assert read_phrases(tmp_path) == {"a": ["送料", "いくら"]}
