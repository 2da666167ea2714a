"""A card is one element with what has room there, and words for the rest."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.channels.messenger.cards import draw
from madoguchi.channels.messenger.words import words


def a_card(**changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "title": "二つ折り財布 ボルドー",
        "rows": [{"label": "注文番号", "value": "A-20261120-0001"}],
        "links": [{"title": "荷物を追跡", "url": "https://carrier.example/1"}],
        "state": {"label": "発送済み", "tone": "good"},
    }
    return usual | changed


def test_a_small_card_is_all_element() -> None:
    drawn = draw(a_card(image="https://shop.example/1.jpg"), words())
    assert drawn.words == ""
    assert drawn.element == {
        "title": "二つ折り財布 ボルドー",
        "subtitle": "発送済み / 注文番号: A-20261120-0001",
        "image_url": "https://shop.example/1.jpg",
        "buttons": [{"type": "web_url", "url": "https://carrier.example/1", "title": "荷物を追跡"}],
    }


def test_rows_without_room_are_written_out() -> None:
    rows = [{"label": f"項目{number}", "value": "とても長い値" * 3} for number in range(6)]
    drawn = draw(a_card(rows=rows), words())
    assert drawn.element is not None
    assert drawn.element["subtitle"] == "発送済み"
    assert drawn.words.splitlines()[:3] == [
        "二つ折り財布 ボルドー",
        "発送済み",
        "項目0: とても長い値とても長い値とても長い値",
    ]
    assert len(drawn.words.splitlines()) == 8


def test_a_fourth_link_and_a_telephone_are_written_out() -> None:
    links = [{"title": f"ページ{n}", "url": f"https://shop.example/{n}"} for n in range(4)]
    links.append({"title": "電話", "url": "tel:03-1234-5678"})
    drawn = draw(a_card(links=links), words())
    assert drawn.element is not None
    assert [each["title"] for each in drawn.element["buttons"]] == ["ページ0", "ページ1", "ページ2"]
    assert drawn.words.splitlines()[-2:] == [
        "ページ3: https://shop.example/3",
        "電話: 03-1234-5678",
    ]


def test_a_link_whose_title_is_cut_is_written_out_too() -> None:
    title = "配送会社のページで荷物の状況をくわしく確認する"
    drawn = draw(a_card(links=[{"title": title, "url": "https://carrier.example/1"}]), words())
    assert drawn.element is not None
    assert drawn.element["buttons"][0]["title"] == title[:19] + "…"
    assert f"{title}: https://carrier.example/1" in drawn.words


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "/relative", "", "https://", "https://[x"]
)
def test_a_link_to_nowhere_good_is_left_out(url: str) -> None:
    drawn = draw(a_card(links=[{"title": "押して", "url": url}]), words())
    assert drawn.element is not None
    assert "buttons" not in drawn.element
    assert "押して" not in drawn.words


@pytest.mark.parametrize("image", ["/static/1.jpg", "http://shop.example/1.jpg", 5, None])
def test_a_picture_that_meta_could_not_fetch_is_left_out(image: object) -> None:
    drawn = draw(a_card(image=image), words())
    assert drawn.element is not None
    assert "image_url" not in drawn.element


def test_a_title_alone_is_words() -> None:
    drawn = draw({"title": "財布"}, words())
    assert (drawn.element, drawn.words) == (None, "財布")


def test_a_card_without_a_title_is_words() -> None:
    drawn = draw(a_card(title=None), words())
    assert drawn.element is None
    assert drawn.words.splitlines() == [
        "発送済み",
        "注文番号: A-20261120-0001",
        "荷物を追跡: https://carrier.example/1",
    ]


def test_an_empty_card_is_nothing() -> None:
    drawn = draw({}, words())
    assert (drawn.element, drawn.words) == (None, "")
