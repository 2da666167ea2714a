"""What Flex Messages are built of."""

from __future__ import annotations

import pytest
from linebot.v3.messaging import FlexBubble, PostbackAction

from madoguchi.channels.line import flex
from madoguchi.channels.line.limits import LARGEST_CAROUSEL_BYTES
from tests.channels.line.shapes import accepted


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("front", "back"),
    [
        *((color, flex.GROUND) for color in (flex.INK, flex.FAINT, flex.TAP)),
        *((flex.ON_TONE, tone) for tone in flex.TONES.values()),
    ],
)
def test_every_colour_can_be_read_on_its_ground(front: str, back: str) -> None:
    darker, lighter = sorted((_luminance(front), _luminance(back)))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_button_shows_all_its_words() -> None:
    title = "ご注文の商品がまだ届いていない場合について問い合わせる"
    action = PostbackAction(label="届かない", data="c1", displayText=title)
    [bubble] = accepted(flex.messages([(_bubble(flex.tappable(title, action)), "代わり")]))
    [part] = bubble.message["contents"]["body"]["contents"]
    assert part["contents"][0]["text"] == title
    assert part["contents"][0]["wrap"] is True


def test_one_bubble_is_no_carousel() -> None:
    [bubble] = accepted(flex.messages([(_bubble(flex.words("はい")), "代わり")]))
    assert bubble.message["contents"]["type"] == "bubble"
    assert bubble.alt_text == "代わり"


def test_a_carousel_has_twelve_bubbles_at_most() -> None:
    many = [(_bubble(flex.words(f"{number}")), f"{number}") for number in range(25)]
    bubbles = accepted(flex.messages(many))
    assert [bubble.alt_text for bubble in bubbles] == ["0（ほか11件）", "12（ほか11件）", "24"]
    assert "\n".join(bubble.text for bubble in bubbles).split() == [f"{n}" for n in range(25)]


def test_a_carousel_is_no_larger_than_line_allows_however_it_counts() -> None:
    large = [(_bubble(flex.words("あ" * 4_000)), "代わり") for _ in range(5)]
    made = flex.messages(large)
    assert [len(each.contents.to_dict().get("contents", [1])) for each in made] == [2, 2, 1]
    assert all(flex.size_in_bytes(each.contents) <= LARGEST_CAROUSEL_BYTES for each in made)
    accepted(made)


def test_an_alternative_text_is_cut_to_what_line_takes() -> None:
    bubbles = [(_bubble(flex.words("はい")), "あ" * 2_000)] * 2
    [one] = accepted(flex.messages(bubbles[:1]))
    [several] = accepted(flex.messages(bubbles))
    assert len(one.alt_text) == 1_500
    assert several.alt_text.endswith("…（ほか1件）")


def _bubble(part: object) -> FlexBubble:
    return flex.bubble([part])
