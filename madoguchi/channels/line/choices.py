"""Choices: quick replies below the last message, or buttons that stay in the chat.

LINE shows quick replies only below the last message, and they go when anything new is said. They
suit next steps. What stays as buttons in a bubble:

- choices of a question (kind ``ask``): the customer may look something up before answering it;
- choices of a message that another one follows: its quick replies would never be seen;
- choices that would look alike when cut to 20 characters;
- more than 13 choices: all of them, because a list in two places is hard to read.

A tapped choice says its whole title in the chat, so the chat reads as a conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from linebot.v3.messaging import (
    FlexBox,
    FlexBubble,
    FlexComponent,
    PostbackAction,
    QuickReply,
    QuickReplyItem,
)

from madoguchi.channels.line import flex
from madoguchi.channels.line.limits import (
    LONGEST_DISPLAY_TEXT,
    LONGEST_QUICK_REPLY_LABEL,
    MOST_QUICK_REPLIES,
    clean,
    label,
    shorten,
)
from madoguchi.channels.line.wording import wording
from madoguchi.conversations.model import Choice

type Postback = Callable[[Choice], str]

# More would not fit on a phone's screen.
_MOST_IN_BUBBLE = 10
_MOST_IN_ALT = 4


def fit_quick_replies(choices: Sequence[Choice]) -> bool:
    """Return whether LINE can show all of them as quick replies that can be told apart."""
    titles = titles_of(choices)
    labels = {label(title, LONGEST_QUICK_REPLY_LABEL).casefold() for title in titles}
    return 0 < len(choices) <= MOST_QUICK_REPLIES and len(labels) == len(set(titles))


def quick_replies(choices: Sequence[Choice], postback: Postback) -> QuickReply:
    """Return choices as quick replies; ``postback`` makes the data that a tap brings back."""
    return QuickReply(
        items=[
            QuickReplyItem(action=_action(title, postback(choice), LONGEST_QUICK_REPLY_LABEL))
            for choice, title in zip(choices, titles_of(choices), strict=True)
        ]
    )


def button_groups(choices: Sequence[Choice], postback: Postback) -> list[list[FlexBox]]:
    """Return choices as buttons in groups, each of which fits into half a bubble."""
    groups: list[list[FlexBox]] = []
    room = 0
    for choice, title in zip(choices, titles_of(choices), strict=True):
        button = flex.tappable(
            shorten(title, LONGEST_DISPLAY_TEXT), _action(title, postback(choice))
        )
        size = flex.size_in_bytes(button)
        if not groups or size > room or len(groups[-1]) == _MOST_IN_BUBBLE:
            groups.append([])
            room = flex.HALF_BUBBLE_BYTES
        groups[-1].append(button)
        room -= size
    return groups


def choice_bubbles(
    choices: Sequence[Choice], postback: Postback, question: str = ""
) -> list[tuple[FlexBubble, str]]:
    """Return bubbles of choices with their alternative texts, the question in the first one."""
    groups = button_groups(choices, postback)
    alt = choices_alt(choices, question)
    bubbles: list[tuple[FlexBubble, str]] = []
    for page, group in enumerate(groups, start=1):
        head = _head(question, page, len(groups))
        bubbles.append((flex.bubble([*head, *group]), alt))
    return bubbles


def choices_alt(choices: Sequence[Choice], question: str = "") -> str:
    """Return what a notification says: the question and the first choices."""
    titles = titles_of(choices)
    listed = " / ".join(
        shorten(title, LONGEST_QUICK_REPLY_LABEL) for title in titles[:_MOST_IN_ALT]
    )
    if len(titles) > _MOST_IN_ALT:
        listed = f"{listed} {wording('more', n=len(titles) - _MOST_IN_ALT)}"
    return wording("alt.choices", text=question or wording("choose"), titles=listed)


def titles_of(choices: Sequence[Choice]) -> list[str]:
    """Return what the choices are called; one without a title is numbered."""
    return [
        " ".join(clean(choice.title).split()) or wording("untitled", n=number)
        for number, choice in enumerate(choices, start=1)
    ]


def _head(question: str, page: int, pages: int) -> Iterator[FlexComponent]:
    if question and page == 1:
        yield flex.words(question, size="md")
    elif pages > 1:
        yield flex.words(wording("choose_page", page=page, pages=pages), color=flex.FAINT)
    else:
        yield flex.words(wording("choose"), color=flex.FAINT)


def _action(title: str, data: str, longest: int | None = None) -> PostbackAction:
    return PostbackAction(
        label=label(title, longest) if longest else label(title),
        data=data,
        displayText=shorten(title, LONGEST_DISPLAY_TEXT),
    )
