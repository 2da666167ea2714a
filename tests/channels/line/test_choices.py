"""Choices as quick replies and as buttons."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.channels.line.choices import fit_quick_replies, titles_of
from madoguchi.conversations.model import Choice, Kind
from tests.channels.line.shapes import choices, message, reachable, sent

SLOW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def test_thirteen_choices_are_quick_replies_and_fourteen_are_buttons() -> None:
    titles = [f"{number}時" for number in range(14)]
    [few] = sent([message("何時がよろしいですか。", *titles[:13])])
    [many] = sent([message("何時がよろしいですか。", *titles)])
    assert (len(few.quick_replies), len(few.buttons)) == (13, 0)
    assert (len(many.quick_replies), len(many.buttons)) == (0, 14)
    assert many.message["contents"]["type"] == "carousel"


def test_every_page_of_buttons_says_which_it_is() -> None:
    [bubble] = sent([message("いつがよろしいですか。", *(f"12月{day}日" for day in range(1, 26)))])
    assert "いつがよろしいですか。\n12月1日" in bubble.text
    assert "下からお選びください（3/3）\n12月21日" in bubble.text
    assert bubble.alt_text.startswith(
        "いつがよろしいですか。 12月1日 / 12月2日 / 12月3日 / 12月4日 ほか21件"
    )


def test_choices_that_would_look_alike_are_buttons() -> None:
    start = "腕時計のレンタル期間を延長したいときの"
    [bubble] = sent([message("どちらですか。", f"{start}料金について", f"{start}手続きについて")])
    assert bubble.quick_replies == []
    assert f"{start}料金について\n{start}手続きについて" in bubble.text


@pytest.mark.parametrize(
    ("titles", "fit"),
    [
        (["はい", "いいえ"], True),
        (["あ" * 21, "い" * 21], True),
        (["あ" * 20 + "い", "あ" * 20 + "う"], False),
        (["Yes", "YES"], False),
        (["はい", "はい"], True),
        ([], False),
    ],
)
def test_quick_replies_have_to_be_told_apart(titles: list[str], *, fit: bool) -> None:
    assert fit_quick_replies([Choice(title, "/x") for title in titles]) is fit


def test_a_choice_without_a_title_is_numbered() -> None:
    untitled = [Choice("はい", "/x"), Choice(" \x00", "/x"), Choice("次\n へ", "/x")]
    assert titles_of(untitled) == ["はい", "選択肢2", "次 へ"]


@given(choices(60, st.text(min_size=100, max_size=200)), st.sampled_from([Kind.ASK, Kind.ANSWER]))
@SLOW
def test_however_many_and_long_they_are_all_can_be_tapped(
    offered: tuple[Choice, ...], kind: Kind
) -> None:
    asked = message("どれですか。", *(each.title for each in offered), kind=kind)
    assert reachable(sent([asked])) == [each.id for each in asked.choices]
