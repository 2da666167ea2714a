"""The menu below the chat on LINE: what its buttons do, and how an account gets it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from linebot.v3.messaging import (
    PostbackAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)

from madoguchi.channels.line.meaning import MenuChoice
from madoguchi.channels.postbacks import command

MENUS = Path(__file__).resolve().parent / "menus"
WIDTH, HEIGHT = 2500, 1686
LARGEST_PICTURE = 1_000_000

_COLUMNS = 3
# Menus with other names are the shop's own and are left alone.
_OURS = "madoguchi:"


class RichMenuClient(Protocol):
    """What setting a menu needs of LINE's API. Every method raises LineError."""

    async def create_rich_menu(self, menu: RichMenuRequest) -> str: ...  # noqa: D102

    async def upload_rich_menu(  # noqa: D102
        self, menu_id: str, picture: bytes, content_type: str
    ) -> None: ...

    async def rich_menus(self) -> dict[str, str]: ...  # noqa: D102

    async def default_rich_menu(self) -> str | None: ...  # noqa: D102

    async def set_default_rich_menu(self, menu_id: str) -> None: ...  # noqa: D102

    async def delete_rich_menu(self, menu_id: str) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Button:
    """One button. It asks the assistant for an ``intent``, or the channel by its name."""

    name: str
    label: str
    intent: str | None


@dataclass(frozen=True)
class Menu:
    """A menu with its picture; ``version`` differs when anything about it does."""

    site: str
    bar: str
    buttons: tuple[Button, ...]
    picture: bytes
    version: str

    @property
    def title(self) -> str:
        """The name by which the menu is known again at LINE; customers never see it."""
        return f"{_OURS}{self.site}:{self.version}"


def menu_of(site: str | None) -> Menu:
    """Return the menu of a shop (``store``, ``rental``), or of both for None."""
    name = site or "both"
    described = (MENUS / f"{name}.yml").read_bytes()
    picture = (MENUS / f"{name}.png").read_bytes()
    content: dict[str, Any] = yaml.safe_load(described)
    return Menu(
        site=name,
        bar=content["bar"],
        buttons=tuple(
            Button(button["name"], button["label"], button.get("intent"))
            for button in content["buttons"]
        ),
        picture=picture,
        version=hashlib.sha256(described + b"\0" + picture).hexdigest()[:12],
    )


def menu_choices(site: str | None) -> dict[str, MenuChoice]:
    """Return what the menu's buttons ask the assistant, by name; those for the channel are none."""
    return {
        button.name: MenuChoice(button.label, f"/{button.intent}")
        for button in menu_of(site).buttons
        if button.intent is not None
    }


async def set_menu(client: RichMenuClient, site: str | None) -> list[str]:
    """Show a shop's menu to everybody, and return what was done, a sentence each.

    Menus that were made here before are deleted; one that is already shown stays, so nothing
    changes when this is repeated. Raises LineError; the menu before it is shown on, then.
    """
    menu, done = menu_of(site), list[str]()
    there, shown = await client.rich_menus(), await client.default_rich_menu()
    if shown is not None and there.get(shown) == menu.title:
        done.append(f"The menu is shown already: {shown}")
    else:
        shown = await _make(client, menu)
        done.append(f"Made the menu with {len(menu.buttons)} buttons: {shown}")
        done.append("Everybody sees it now")
    for old, title in there.items():
        if old != shown and title.startswith(_OURS):
            await client.delete_rich_menu(old)
            done.append(f"Deleted an older menu: {old}")
    return done


def request_of(menu: Menu) -> RichMenuRequest:
    """Return a menu as LINE wants to have it described."""
    rows = -(-len(menu.buttons) // _COLUMNS)
    areas = [
        RichMenuArea(
            bounds=_bounds(place % _COLUMNS, place // _COLUMNS, rows),
            action=PostbackAction(
                label=button.label, data=command(button.name), displayText=button.label
            ),
        )
        for place, button in enumerate(menu.buttons)
    ]
    return RichMenuRequest(
        size=RichMenuSize(width=WIDTH, height=HEIGHT),
        selected=True,
        name=menu.title,
        chatBarText=menu.bar,
        areas=areas,
    )


async def _make(client: RichMenuClient, menu: Menu) -> str:
    # What is left when this fails halfway is deleted by the next try.
    made = await client.create_rich_menu(request_of(menu))
    await client.upload_rich_menu(made, menu.picture, "image/png")
    await client.set_default_rich_menu(made)
    return made


def _bounds(column: int, row: int, rows: int) -> RichMenuBounds:
    """Return a button's rectangle. Together they leave no pixel out: 2500 is not three thirds."""
    left, right = column * WIDTH // _COLUMNS, (column + 1) * WIDTH // _COLUMNS
    top, bottom = row * HEIGHT // rows, (row + 1) * HEIGHT // rows
    return RichMenuBounds(x=left, y=top, width=right - left, height=bottom - top)
