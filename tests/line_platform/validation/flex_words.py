"""The properties of Flex Messages' components and the values that each may have."""

from __future__ import annotations

import re

_OFFSETS = {"position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"}
_TEXT_STYLE = {"text", "size", "color", "weight", "style", "decoration"}

# Every component's properties; anything else is refused as an unknown field.
FIELDS: dict[str, set[str]] = {
    "bubble": {"size", "direction", "header", "hero", "body", "footer", "styles", "action"},
    "carousel": {"contents"},
    "box": _OFFSETS
    | {"layout", "contents", "flex", "spacing", "margin", "backgroundColor", "borderColor"}
    | {"borderWidth", "cornerRadius", "width", "maxWidth", "height", "maxHeight", "paddingAll"}
    | {"paddingTop", "paddingBottom", "paddingStart", "paddingEnd", "action", "justifyContent"}
    | {"alignItems", "background"},
    "button": _OFFSETS
    | {"action", "flex", "margin", "height", "style", "color", "gravity", "adjustMode", "scaling"},
    "image": _OFFSETS
    | {"url", "flex", "margin", "align", "gravity", "size", "aspectRatio", "aspectMode"}
    | {"backgroundColor", "action", "animated"},
    "video": {"url", "previewUrl", "altContent", "aspectRatio", "action"},
    "icon": _OFFSETS | {"url", "margin", "size", "aspectRatio", "scaling"},
    "text": _OFFSETS
    | _TEXT_STYLE
    | {"contents", "flex", "margin", "align", "gravity", "wrap", "lineSpacing", "maxLines"}
    | {"action", "adjustMode", "scaling"},
    "span": _TEXT_STYLE,
    "separator": {"margin", "color"},
    "filler": {"flex"},
}
# What a box of each layout may hold, what stands in each block of a bubble.
IN_BOX = {
    "horizontal": ("box", "button", "image", "text", "separator", "filler", "video"),
    "vertical": ("box", "button", "image", "text", "separator", "filler", "video"),
    "baseline": ("icon", "text", "filler", "separator"),
}
BLOCKS = {"header": ("box",), "hero": ("box", "image", "video"), "body": ("box",)}
BLOCKS["footer"] = ("box",)
BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")

_PIXELS = r"\d+(?:\.\d+)?px"
_SPACING = rf"none|xs|sm|md|lg|xl|xxl|{_PIXELS}"
_PERCENT = r"\d+(?:\.\d+)?%"
_TEXT_SIZE = rf"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|{_PIXELS}"
_COLOR = r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?"
_PADDING = rf"{_SPACING}|{_PERCENT}"


def _patterns(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for names, pattern in words.items() for name in names.split()}


# The values of a property in any component, and where a component differs.
VALUES = _patterns(
    {
        "margin spacing": _SPACING,
        "color backgroundColor borderColor separatorColor startColor endColor centerColor": _COLOR,
        "offsetTop offsetBottom offsetStart offsetEnd": rf"-?(?:{_PADDING})",
        "paddingAll paddingTop paddingBottom paddingStart paddingEnd": _PADDING,
        "borderWidth": rf"none|light|normal|medium|semi-bold|bold|{_PIXELS}",
        "cornerRadius": _SPACING,
        "width maxWidth height maxHeight": rf"{_PIXELS}|{_PERCENT}",
        "position": "relative|absolute",
        "justifyContent": "center|flex-start|flex-end|space-between|space-around|space-evenly",
        "alignItems": "center|flex-start|flex-end",
        "align": "start|end|center",
        "gravity": "top|bottom|center",
        "weight": "regular|bold",
        "decoration": "none|underline|line-through",
        "adjustMode": "shrink-to-fit",
        "aspectRatio": r"\d+(?:\.\d+)?:\d+(?:\.\d+)?",
        "aspectMode": "cover|fit",
        "lineSpacing": _PIXELS,
        "direction": "ltr|rtl",
        "layout": "|".join(IN_BOX),
    }
)
VALUES_IN = {
    "button": _patterns({"height": "sm|md", "style": "primary|secondary|link"}),
    "image": _patterns({"size": rf"{_TEXT_SIZE}|full|{_PERCENT}"}),
    "icon": _patterns({"size": _TEXT_SIZE}),
    "text": _patterns({"size": _TEXT_SIZE, "style": "normal|italic"}),
    "span": _patterns({"size": _TEXT_SIZE, "style": "normal|italic"}),
    "bubble": _patterns({"size": "|".join(BUBBLE_SIZES)}),
}
NUMBERS = {"flex", "maxLines"}
SWITCHES = {"wrap", "scaling", "animated", "separator"}
